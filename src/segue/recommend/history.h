// The history of a user of a dataset, as songs of a model.
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

// All queues of `user`, by start time; those without one come first, in the order of the dataset. Songs are matched by
// id, so the model may come from another dataset. Throws not_found, with the nearest name, for an unknown user.
History history_of(const data::Dataset& dataset, const data::Catalogue& model_songs, std::string_view user);

}  // namespace segue::recommend
