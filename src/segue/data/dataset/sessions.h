// Cuts plays into sessions.
//
// The rule for each user: plays are sorted by time, those of one time in the order of the input; a play that starts
// more than `gap` after the start of the previous play begins a new session; then immediate repeats within a session
// are folded into the first play, unless they are kept; then sessions of fewer than `min_session` songs are dropped.
// (Plays that were too short are dropped before: they neither bridge a gap nor separate two plays of one song.)
//
// Memory: 16 bytes a play while plays come in, in buckets by user. Each bucket is then sorted by one thread
// and freed, which leaves 4 bytes a play plus 24 a session.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace segue::data {

struct Play {
  std::uint32_t user = 0;
  std::uint32_t song = 0;
  std::int64_t time = 0;  // microseconds since 1970-01-01 UTC
};
static_assert(sizeof(Play) == 16);

struct SessionRules {
  std::int64_t gap = 0;  // microseconds
  bool keep_repeats = false;
  std::uint32_t min_session = 2;
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

struct DroppedPlays {
  std::uint64_t repeats = 0;
  std::uint64_t short_sessions = 0;  // plays in them that were not repeats
};

// REQUIRES: plays sorted by user, then time. Adds the sessions to `out` in that order.
DroppedPlays cut_sessions(std::span<const Play> plays, const SessionRules& rules, QueueStore& out);

// Drops songs that follow themselves, in place; returns how many.
std::uint64_t fold_repeats(std::vector<std::uint32_t>& songs);

// All plays of a log. Not thread safe.
class PlayStore {
 public:
  static constexpr std::size_t kBuckets = 256;

  void add(const Play& play);
  std::uint64_t size() const { return size_; }

  // The sessions of all users. Store u % kBuckets holds those of user u, by time, users ascending. Empties this.
  struct Sessions {
    std::vector<QueueStore> stores;
    DroppedPlays dropped;
  };
  Sessions take_sessions(const SessionRules& rules, std::size_t threads);

 private:
  static constexpr std::size_t kChunk = 4096;
  using Chunk = std::unique_ptr<Play[]>;
  struct Bucket {
    std::vector<Chunk> chunks;
    std::size_t used = kChunk;  // plays in the last chunk
  };
  static std::vector<Play> take_sorted(Bucket& bucket);

  std::array<Bucket, kBuckets> buckets_;
  std::uint64_t size_ = 0;
};

}  // namespace segue::data
