// What a user played and hated, as songs of a model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "segue/data/dataset/song_row.h"
#include "segue/serve/models.h"
#include "segue/store/store.h"

namespace segue::serve {

// So many listens tell which songs come back.
inline constexpr std::size_t kPastListens = 2000;

// Listens to songs without a vector are only in `ever`.
struct PlayedSongs {
  std::vector<data::SongRow> past;  // of the newest listens, the newest last
  std::vector<std::int64_t> times;  // of each of them: seconds since 1970
  std::vector<data::SongRow> ever;  // every song once, ascending

  // The newest `count` of `past`, or all of it.
  std::span<const data::SongRow> newest(std::size_t count) const;
};

// `count`: how many of the newest listens `past` has. Waits for the store and throws as it does.
PlayedSongs played_by(store::ListenStore& store, const ServedModel& served, std::string_view user,
                      std::size_t count = kPastListens);

// Likewise the songs that the user hates.
std::vector<data::SongRow> hated_songs(store::ListenStore& store, const ServedModel& served, std::string_view user);

// Likewise those of the user's newest `count` skips, the newest first.
std::vector<data::SongRow> skipped_songs(store::ListenStore& store, const ServedModel& served, std::string_view user,
                                         std::size_t count);

}  // namespace segue::serve
