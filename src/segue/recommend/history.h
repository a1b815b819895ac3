// The history of a user of a dataset, as songs of a model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
// id, else by artist and title (search/song_matcher.h), so the model may come from another dataset. Throws not_found,
// with the nearest name, for an unknown user.
History history_of(const data::Dataset& dataset, const data::Catalogue& model_songs, std::string_view user);

// The rows of the model for all songs of a dataset, found as in history_of(), for callers with many users. Thread safe.
class RowsInModel {
 public:
  // `threads` 0: all cores.
  RowsInModel(const data::Catalogue& dataset_songs, const data::Catalogue& model_songs, std::size_t threads);

  std::optional<data::SongRow> of(data::SongRow song) const {
    return rows_[song] == kNone ? std::nullopt : std::optional(rows_[song]);
  }

 private:
  static constexpr data::SongRow kNone = ~data::SongRow{0};
  std::vector<data::SongRow> rows_;
};

}  // namespace segue::recommend
