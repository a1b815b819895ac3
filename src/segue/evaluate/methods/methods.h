// Every method of the table; each is defined in the file of its name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/evaluate/options.h"
#include "segue/model/blend_weights.h"

namespace segue::evaluate {

enum class HeardUse { last_song, decayed };  // the last song alone, or the last kHeardUsed songs with decay

std::unique_ptr<NextSongModel> make_random();
std::unique_ptr<NextSongModel> make_popularity();
std::unique_ptr<NextSongModel> make_recent_popularity();
std::unique_ptr<NextSongModel> make_personal_top();
std::unique_ptr<NextSongModel> make_markov();
std::unique_ptr<NextSongModel> make_sequential_rules();
std::unique_ptr<NextSongModel> make_co_count(HeardUse use);
std::unique_ptr<NextSongModel> make_item_knn();
std::unique_ptr<NextSongModel> make_vsknn();
std::unique_ptr<NextSongModel> make_vstan();
std::unique_ptr<NextSongModel> make_als();
std::unique_ptr<NextSongModel> make_sgns(HeardUse use, VectorMetric metric);
std::unique_ptr<NextSongModel> make_blend(const model::BlendWeights& weights);

// Every method, in the order of the table, or those that `names` lists with commas between ("all" is all). Throws
// wrong_use for a name that is not known, with the nearest one that is.
std::vector<std::unique_ptr<NextSongModel>> make_models(std::string_view names, const EvaluateOptions& options,
                                                        const model::BlendWeights& blend = {});

}  // namespace segue::evaluate
