#include "segue/data/dataset/listen_store.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>

#include "segue/base/memory.h"
#include "segue/base/parallel.h"

namespace segue::data {

ListenStore::ListenStore(std::uint64_t most_bytes, std::filesystem::path folder)
    : most_bytes_(most_bytes), listens_file_(folder), cut_file_(std::move(folder)) {}

void ListenStore::begin_log() {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i].log_begin = size(i);
  last_user_ = std::numeric_limits<std::uint32_t>::max();  // nobody
  ascending_ = descending_ = 0;
}

void ListenStore::end_log() {
  // Nearly every step, so that a shuffled log stays as it is.
  if (descending_ <= 4 * ascending_) return;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (buckets_[i].log_begin < size(i)) buckets_[i].backwards.emplace_back(buckets_[i].log_begin, size(i));
  }
}

std::size_t ListenStore::in_memory(std::size_t bucket) const {
  return buckets_[bucket].chunks.size() * kChunk - static_cast<std::size_t>(tails_[bucket].end - tails_[bucket].next);
}

void ListenStore::add_chunk(std::size_t bucket) {
  if (chunks_ * kChunk * sizeof(StoredListen) >= most_bytes_) spill();
  Chunk chunk;
  if (unused_.empty()) {
    chunk = std::make_unique_for_overwrite<StoredListen[]>(kChunk);
  } else {
    chunk = std::move(unused_.back());
    unused_.pop_back();
  }
  tails_[bucket] = {chunk.get(), chunk.get() + kChunk};
  buckets_[bucket].chunks.push_back(std::move(chunk));
  ++chunks_;
}

void ListenStore::spill() {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    Bucket& bucket = buckets_[i];
    std::size_t left = in_memory(i);
    if (left > 0) bucket.spilled.push_back({listens_file_.size(), left});
    bucket.spilled_size += left;
    for (Chunk& chunk : bucket.chunks) {
      const std::size_t count = std::min(left, kChunk);
      append_items(listens_file_, std::span<const StoredListen>(chunk.get(), count));
      left -= count;
      unused_.push_back(std::move(chunk));
    }
    bucket.chunks.clear();
    tails_[i] = {};
  }
  chunks_ = 0;
}

// Moves the listens of a bucket to `listens`, in the order of their logs.
void ListenStore::take(std::size_t index, std::vector<StoredListen>& listens) {
  Bucket& bucket = buckets_[index];
  listens.resize(size(index));
  std::size_t at = 0;
  for (const Segment& segment : bucket.spilled) {
    read_items(listens_file_, segment.position, std::span(listens).subspan(at, segment.count));
    at += segment.count;
  }
  for (Chunk& chunk : bucket.chunks) {
    const std::size_t count = std::min(kChunk, listens.size() - at);
    std::copy_n(chunk.get(), count, listens.data() + at);
    at += count;
    chunk.reset();
  }
  for (const auto& [begin, end] : bucket.backwards) std::reverse(listens.data() + begin, listens.data() + end);
}

CutCounts ListenStore::cut(const Rules& rules, std::size_t threads) {
  if (spilled()) {  // all of them, which frees the memory for what is made of them
    spill();
    unused_.clear();
    release_free_memory();
  }
  cut_.resize(kBuckets);
  CutCounts all;
  std::mutex mutex;
  std::atomic<std::size_t> next = 0;
  run_workers(std::min(threads, kBuckets), [&](std::size_t) {
    std::vector<StoredListen> listens;
    ListenSorter sorter;
    for (std::size_t i = next++; i < kBuckets; i = next++) {
      take(i, listens);
      for (StoredListen& listen : listens) {
        listen.song = rules.song_of[listen.song];
        listen.user = rules.user_order[listen.user];
      }
      CutCounts counts;
      sorter.sort(listens, counts);
      counts.add(cut_sessions(listens, rules.sessions, cut_[i].queues, &cut_[i].skips));
      const std::lock_guard lock(mutex);
      if (spilled()) cut_[i].spill(cut_file_);
      all.add(counts);
    }
  });
  release_free_memory();
  return all;
}

}  // namespace segue::data
