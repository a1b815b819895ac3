// What a user played most, counted from their listens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "segue/serve/listenbrainz/stats_range.h"
#include "segue/serve/models.h"
#include "segue/store/store.h"

namespace segue::serve {

struct PlayCount {
  std::string artist;
  std::string title;           // "" if artists are counted
  std::string recording_mbid;  // "" if no listen has one
  std::uint64_t listens = 0;
  std::int64_t newest = 0;  // when it was last played
};

enum class CountedBy { song, artist };

// The most played first, ties by the last time. Names that differ by case, width and spaces only are one, spelt as in
// the newest listen. Listens without names have those of the song in `served`; others without are not counted. Takes
// memory by songs, not by listens.
std::vector<PlayCount> top_played(store::ListenStore& store, const ServedModel& served, std::string_view user,
                                  const TimeRange& range, CountedBy by);

}  // namespace segue::serve
