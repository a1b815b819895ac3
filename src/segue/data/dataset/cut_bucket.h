// What became of the listens of a bucket of users: their sessions and skips, in memory or in a temporary file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <span>
#include <vector>

#include "segue/data/dataset/sessions.h"
#include "segue/data/dataset/spill_file.h"

namespace segue::data {

class CutBucket;

// The sessions of a bucket, one by one, users in ascending order.
class SessionReader {
 public:
  explicit SessionReader(const CutBucket& bucket) : bucket_(&bucket) {}

  // nullptr at the end. Valid until the next call.
  const QueueStore::Entry* next();
  std::span<const std::uint32_t> songs() const { return songs_; }  // of the entry from next()

 private:
  void read_piece();

  const CutBucket* bucket_;
  std::size_t at_ = 0;
  std::vector<QueueStore::Entry> piece_;  // of a spilled bucket, with its songs
  std::size_t used_ = 0;
  std::vector<std::uint32_t> songs_of_piece_;
  std::span<const std::uint32_t> songs_;
};

// The skips of a bucket, by user and song.
class SkipReader {
 public:
  explicit SkipReader(const CutBucket& bucket) : bucket_(&bucket) {}

  // nullptr at the end. Valid until the next call.
  const SkipCount* next();

 private:
  const CutBucket* bucket_;
  std::size_t at_ = 0;
  std::vector<SkipCount> piece_;  // of a spilled bucket
  std::size_t used_ = 0;
};

// Filled by cut_sessions(), then read. Readers view it.
class CutBucket {
 public:
  QueueStore queues;
  std::vector<SkipCount> skips;

  // Moves everything to the file, which stays.
  void spill(SpillFile& file);

 private:
  friend class SessionReader;
  friend class SkipReader;

  const SpillFile* file_ = nullptr;
  std::size_t entry_count_ = 0;
  std::size_t skip_count_ = 0;
  std::uint64_t entries_at_ = 0;
  std::uint64_t songs_at_ = 0;
  std::uint64_t skips_at_ = 0;
};

// Calls visit(item, reader) for every item of the readers, users in ascending order. REQUIRES: no user is in two
// readers.
template <class Reader, class Visit>
void merge_by_user(std::vector<Reader> readers, Visit visit) {
  using Item = decltype(readers.front().next());
  struct Next {
    std::uint32_t user;
    std::size_t reader;
    Item item;
    bool operator<(const Next& other) const { return user > other.user; }
  };
  std::priority_queue<Next> first;
  const auto push = [&](std::size_t reader, Item item) {
    if (item != nullptr) first.push({item->user, reader, item});
  };
  for (std::size_t i = 0; i < readers.size(); ++i) push(i, readers[i].next());
  while (!first.empty()) {
    const Next next = first.top();
    first.pop();
    Reader& reader = readers[next.reader];
    Item item = next.item;
    for (; item != nullptr && item->user == next.user; item = reader.next()) visit(*item, reader);
    push(next.reader, item);
  }
}

}  // namespace segue::data
