// What one listen is, and how listens become sessions.
//
// For each user: listens are sorted by the time in the log, those of one time in the order of the log (turned round for
// a log written newest first). The same song at the same time is one listen, however many rows say so. Listens that
// were skipped or too short are counted and taken out: they neither bridge a gap nor separate two plays of one song.
// A silence of more than `gap`, from the end of one play to the start of the next where lengths are known, else from
// start to start, begins a new session; so does the first play that starts `longest` or more after its session, because
// a radio station is never silent. Then immediate repeats within a session are folded into the first play, unless
// they are kept; then sessions of fewer than `min_session` songs are dropped.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace segue::data {

struct StoredListen {
  static constexpr std::int32_t kUnknown = -1;

  std::int64_t time = 0;  // microseconds since 1970-01-01 UTC, as in the log
  std::uint32_t user = 0;
  std::uint32_t song = 0;
  std::int32_t length_ms = kUnknown;  // how long it played; or, with length_is_songs, how long the song is
  bool time_is_end = false;
  bool length_is_songs = false;
  bool marked_skipped = false;
  bool too_short = false;

  bool skipped() const { return marked_skipped || too_short; }
};
static_assert(sizeof(StoredListen) == 24);

struct SessionRules {
  std::int64_t gap = 0;  // microseconds
  bool keep_repeats = false;
  std::uint32_t min_session = 2;
  std::int64_t longest = std::numeric_limits<std::int64_t>::max();  // microseconds
};

// Queues being collected. Not thread safe.
class QueueStore {
 public:
  struct Entry {
    std::uint32_t user = 0;
    std::uint32_t length = 0;
    std::int64_t start = 0;
    std::uint64_t begin_and_timed = 0;  // 2 * first song + whether it has a time: an entry takes 24 bytes

    std::optional<std::int64_t> start_time() const {
      return (begin_and_timed & 1) != 0 ? std::optional(start) : std::nullopt;
    }
  };

  void add(std::uint32_t user, std::optional<std::int64_t> start, std::span<const std::uint32_t> songs);

  const std::vector<Entry>& entries() const { return entries_; }
  std::span<const std::uint32_t> songs(const Entry& entry) const {
    return std::span(songs_).subspan(entry.begin_and_timed / 2, entry.length);
  }
  std::span<const std::uint32_t> all_songs() const { return songs_; }

 private:
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> songs_;
};

// How often a user skipped a song.
struct SkipCount {
  std::uint32_t user = 0;
  std::uint32_t song = 0;
  std::uint32_t times = 0;
};

struct CutCounts {
  std::uint64_t same_listens = 0;
  std::uint64_t too_short = 0;
  std::uint64_t marked_skipped = 0;
  std::uint64_t repeats = 0;
  std::uint64_t short_sessions = 0;  // plays in them that were not repeats
  std::int64_t first_time = 0;       // of listens kept; first > last if there are none
  std::int64_t last_time = -1;

  void add(const CutCounts& other);
};

// Sorts listens by user, then time, keeping the order of equal ones, and removes those said twice. Keeps its memory for
// the next call. Not thread safe.
class ListenSorter {
 public:
  void sort(std::vector<StoredListen>& listens, CutCounts& counts);

 private:
  void sort_by_user_and_time(std::vector<StoredListen>& listens);

  std::vector<std::uint32_t> users_;
  std::vector<std::uint32_t> place_;  // of each listen's user among them
  std::vector<std::size_t> next_;     // where the next listen of each user goes
  std::vector<StoredListen> sorted_;
};

// REQUIRES: listens sorted by a ListenSorter. Adds the sessions to `out` in that order, and the skips to `skips`, which
// may be null.
CutCounts cut_sessions(std::span<const StoredListen> listens, const SessionRules& rules, QueueStore& out,
                       std::vector<SkipCount>* skips);

// Drops songs that follow themselves, in place; returns how many.
std::uint64_t fold_repeats(std::vector<std::uint32_t>& songs);

}  // namespace segue::data
