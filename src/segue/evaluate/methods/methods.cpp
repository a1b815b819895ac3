#include "segue/evaluate/methods/methods.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::evaluate {

namespace {

std::vector<std::unique_ptr<NextSongModel>> make_all(const EvaluateOptions& options, const model::BlendWeights& blend) {
  std::vector<std::unique_ptr<NextSongModel>> models;
  models.push_back(make_random());
  models.push_back(make_popularity());
  models.push_back(make_recent_popularity());
  models.push_back(make_personal_top());
  models.push_back(make_markov());
  models.push_back(make_sequential_rules());
  models.push_back(make_co_count(HeardUse::last_song));
  models.push_back(make_co_count(HeardUse::decayed));
  models.push_back(make_item_knn());
  models.push_back(make_vsknn());
  models.push_back(make_vstan());
  models.push_back(make_als());
  models.push_back(make_sgns(HeardUse::last_song, options.vector_metric));
  models.push_back(make_sgns(HeardUse::decayed, options.vector_metric));
  models.push_back(make_blend(blend));
  return models;
}

}  // namespace

std::vector<std::unique_ptr<NextSongModel>> make_models(std::string_view names, const EvaluateOptions& options,
                                                        const model::BlendWeights& blend) {
  std::vector<std::unique_ptr<NextSongModel>> models = make_all(options, blend);
  if (names == "all") return models;
  std::vector<std::string_view> known;
  for (const std::unique_ptr<NextSongModel>& model : models) known.push_back(model->name());
  std::vector<bool> chosen(models.size());
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) {
      std::string list = "all";
      for (const std::string_view one : known) list += ", " + std::string(one);
      fail(ErrorCode::wrong_use, "--baselines: expected some of {}, found \"{}\"{}", list, name,
           did_you_mean(name, known));
    }
    chosen[static_cast<std::size_t>(found - known.begin())] = true;
  }
  std::vector<std::unique_ptr<NextSongModel>> kept;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (chosen[i]) kept.push_back(std::move(models[i]));
  }
  if (kept.empty()) fail(ErrorCode::wrong_use, "--baselines: expected at least one name, found none");
  return kept;
}

}  // namespace segue::evaluate
