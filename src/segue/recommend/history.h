// What a user of a dataset played, as songs of a model.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/dataset.h"

namespace segue::recommend {

struct History {
  std::vector<data::SongRow> songs;  // rows of the model, in the order they were played, the newest last
  std::uint64_t unknown_plays = 0;   // plays of songs that the model does not have
};

// All queues of `user`, by start time; those without one keep the dataset's order and come first. Songs are matched by
// id, so the model may come from another dataset. Throws not_found, with the nearest user, when nobody is called that.
History history_of(const data::Dataset& dataset, const data::Catalogue& model_songs, std::string_view user);

}  // namespace segue::recommend
