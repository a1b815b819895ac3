// All listens of the logs being read, by user, in memory or, beyond a limit, in a temporary file.
//
// Users are divided among 256 buckets. Each is sorted and cut by itself, so what has to be in memory at once is a
// bucket for each thread, whatever the input. In memory a listen takes 24 bytes until its bucket is cut, then 4 bytes
// and 24 a session.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "segue/data/dataset/cut_bucket.h"
#include "segue/data/dataset/sessions.h"
#include "segue/data/dataset/spill_file.h"

namespace segue::data {

class ListenStore {
 public:
  static constexpr std::size_t kBuckets = 256;

  // Keeps at most about `most_bytes` in memory, the rest in a file in `folder`.
  ListenStore(std::uint64_t most_bytes, std::filesystem::path folder);

  // Another limit for the listens to come.
  void limit(std::uint64_t most_bytes) { most_bytes_ = most_bytes; }

  // A log begins or ends. One whose listens go backwards in time was written newest first.
  void begin_log();
  void end_log();
  void add(const StoredListen& listen) {
    if (last_user_ == listen.user) {
      ascending_ += last_time_ < listen.time ? 1 : 0;
      descending_ += last_time_ > listen.time ? 1 : 0;
    }
    last_user_ = listen.user;
    last_time_ = listen.time;
    Tail& tail = tails_[listen.user % kBuckets];
    if (tail.next == tail.end) add_chunk(listen.user % kBuckets);
    *tail.next++ = listen;
  }

  bool spilled() const { return listens_file_.size() > 0; }

  struct Rules {
    SessionRules sessions;
    std::span<const std::uint32_t> song_of;     // what each song turned out to be
    std::span<const std::uint32_t> user_order;  // of each user: its place among all
  };
  // Cuts everything into sessions. Call once, after all logs. A store that spilled its listens spills these too.
  CutCounts cut(const Rules& rules, std::size_t threads);

  // After cut(): kBuckets of them, with users as in user_order.
  std::span<const CutBucket> buckets() const { return cut_; }

 private:
  static constexpr std::size_t kChunk = 2048;
  using Chunk = std::unique_ptr<StoredListen[]>;
  struct Segment {
    std::uint64_t position = 0;
    std::size_t count = 0;
  };
  // Where a bucket's next listen goes; apart from the buckets, so that all of them stay in the fastest cache.
  struct Tail {
    StoredListen* next = nullptr;
    StoredListen* end = nullptr;
  };
  struct Bucket {
    std::vector<Segment> spilled;
    std::size_t spilled_size = 0;
    std::vector<Chunk> chunks;
    std::size_t log_begin = 0;                                   // its size when the current log began
    std::vector<std::pair<std::size_t, std::size_t>> backwards;  // listens of logs written newest first
  };

  std::size_t in_memory(std::size_t bucket) const;
  std::size_t size(std::size_t bucket) const { return buckets_[bucket].spilled_size + in_memory(bucket); }
  void add_chunk(std::size_t bucket);
  void spill();
  void take(std::size_t bucket, std::vector<StoredListen>& listens);

  std::uint64_t most_bytes_;
  SpillFile listens_file_;
  SpillFile cut_file_;
  std::array<Tail, kBuckets> tails_;
  std::array<Bucket, kBuckets> buckets_;
  std::vector<CutBucket> cut_;
  std::vector<Chunk> unused_;  // chunks that were spilled
  std::uint64_t chunks_ = 0;   // in buckets
  std::uint32_t last_user_ = 0;
  std::int64_t last_time_ = 0;
  std::uint64_t ascending_ = 0;
  std::uint64_t descending_ = 0;
};

}  // namespace segue::data
