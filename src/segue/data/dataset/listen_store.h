// All listens of the logs being read, by user, in memory or, beyond a limit, in a temporary file.
//
// Users are divided among 256 buckets. Each is sorted and cut by itself, so what has to be in memory at once is a
// bucket for each thread, whatever the input. In memory a listen takes 24 bytes until its bucket is cut, then 4 bytes
// and 24 a session.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "segue/data/dataset/sessions.h"
#include "segue/data/dataset/spill_file.h"

namespace segue::data {

// The sessions of a bucket, read one by one in the order of users that the store was given.
class SessionReader {
 public:
  // nullptr at the end. Valid until the next call.
  const QueueStore::Entry* next();
  std::span<const std::uint32_t> songs() const { return songs_; }  // of the entry from next()

 private:
  friend class ListenStore;

  const QueueStore* memory_ = nullptr;
  // Spilled: entries and songs, in pieces.
  const SpillFile* file_ = nullptr;
  std::uint64_t entries_at_ = 0;
  std::uint64_t songs_at_ = 0;
  std::size_t count_ = 0;
  std::size_t at_ = 0;
  std::vector<QueueStore::Entry> entries_;
  std::size_t entries_used_ = 0;
  std::vector<std::uint32_t> piece_;
  std::span<const std::uint32_t> songs_;
};

class ListenStore {
 public:
  static constexpr std::size_t kBuckets = 256;

  // Keeps at most about `most_bytes` in memory, the rest in a file in `folder`.
  ListenStore(std::uint64_t most_bytes, std::filesystem::path folder);

  // A log begins or ends. One whose listens go backwards in time was written newest first.
  void begin_log();
  void end_log();
  void add(const StoredListen& listen);

  bool spilled() const { return listens_file_.size() > 0; }

  struct Rules {
    SessionRules sessions;
    std::span<const std::uint32_t> song_of;     // what each song turned out to be
    std::span<const std::uint32_t> user_order;  // of each user: its place among all
    bool count_skips = true;
  };
  // Cuts everything into sessions. Call once, after all logs.
  CutCounts cut(const Rules& rules, std::size_t threads);

  // After cut().
  SessionReader sessions(std::size_t bucket) const;
  std::vector<SkipCount>& skips() { return skips_; }

 private:
  static constexpr std::size_t kChunk = 2048;
  using Chunk = std::unique_ptr<StoredListen[]>;
  struct Segment {
    std::uint64_t position = 0;
    std::size_t count = 0;
  };
  struct Bucket {
    std::vector<Segment> spilled;
    std::vector<Chunk> chunks;
    std::size_t used = kChunk;  // listens in the last chunk
    std::size_t size = 0;       // spilled and in memory
    // Logs with listens in it, and how many it held after each.
    std::vector<std::pair<std::uint32_t, std::size_t>> logs;

    std::size_t in_memory() const { return chunks.empty() ? 0 : (chunks.size() - 1) * kChunk + used; }
  };
  struct CutBucket {
    QueueStore queues;
    std::uint64_t entries_at = 0;
    std::uint64_t songs_at = 0;
    std::size_t count = 0;
    bool spilled = false;
  };

  void spill();
  std::vector<StoredListen> take(Bucket& bucket) const;
  void keep(CutBucket& cut);

  std::uint64_t most_bytes_;
  SpillFile listens_file_;
  SpillFile sessions_file_;
  std::array<Bucket, kBuckets> buckets_;
  std::vector<CutBucket> cut_;
  std::vector<SkipCount> skips_;
  std::uint64_t chunks_ = 0;
  std::vector<bool> newest_first_;  // of each log
  StoredListen last_;
  std::uint64_t ascending_ = 0;
  std::uint64_t descending_ = 0;
};

}  // namespace segue::data
