#include "segue/data/dataset/listen_store.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "segue/base/parallel.h"

namespace segue::data {

namespace {

constexpr std::size_t kPieceEntries = 512;

}  // namespace

const QueueStore::Entry* SessionReader::next() {
  if (memory_ != nullptr) {
    if (at_ == memory_->entries().size()) return nullptr;
    const QueueStore::Entry& entry = memory_->entries()[at_++];
    songs_ = memory_->songs(entry);
    return &entry;
  }
  if (at_ == count_) return nullptr;
  if (entries_used_ == entries_.size()) {
    entries_.resize(std::min(kPieceEntries, count_ - at_));
    read_items(*file_, entries_at_ + at_ * sizeof(QueueStore::Entry), std::span(entries_));
    entries_used_ = 0;
    std::size_t songs = 0;
    for (const QueueStore::Entry& entry : entries_) songs += entry.length;
    piece_.resize(songs);
    read_items(*file_, songs_at_ + entries_.front().begin_and_timed / 2 * sizeof(std::uint32_t), std::span(piece_));
  }
  const QueueStore::Entry& entry = entries_[entries_used_++];
  const std::uint64_t first = entries_.front().begin_and_timed / 2;
  songs_ = std::span(piece_).subspan(entry.begin_and_timed / 2 - first, entry.length);
  ++at_;
  return &entry;
}

ListenStore::ListenStore(std::uint64_t most_bytes, std::filesystem::path folder)
    : most_bytes_(most_bytes), listens_file_(folder), sessions_file_(std::move(folder)) {}

void ListenStore::begin_log() {
  newest_first_.push_back(false);
  last_.user = std::numeric_limits<std::uint32_t>::max();  // nobody
  ascending_ = descending_ = 0;
}

void ListenStore::end_log() {
  // Nearly every step, so that a shuffled log stays as it is.
  newest_first_.back() = descending_ > 4 * ascending_;
}

void ListenStore::add(const StoredListen& listen) {
  if (last_.user == listen.user) {
    ascending_ += last_.time < listen.time ? 1 : 0;
    descending_ += last_.time > listen.time ? 1 : 0;
  }
  last_ = listen;
  Bucket& bucket = buckets_[listen.user % kBuckets];
  if (bucket.used == kChunk) {
    if (chunks_ * kChunk * sizeof(StoredListen) >= most_bytes_) spill();
    bucket.chunks.push_back(std::make_unique_for_overwrite<StoredListen[]>(kChunk));
    bucket.used = 0;
    ++chunks_;
  }
  bucket.chunks.back()[bucket.used++] = listen;
  ++bucket.size;
  const auto log = static_cast<std::uint32_t>(newest_first_.size() - 1);
  if (bucket.logs.empty() || bucket.logs.back().first != log) bucket.logs.emplace_back(log, 0);
  bucket.logs.back().second = bucket.size;
}

void ListenStore::spill() {
  for (Bucket& bucket : buckets_) {
    const std::size_t count = bucket.in_memory();
    for (std::size_t i = 0; i < bucket.chunks.size(); ++i) {
      const std::size_t listens = i + 1 == bucket.chunks.size() ? bucket.used : kChunk;
      const std::uint64_t at =
          append_items(listens_file_, std::span<const StoredListen>(bucket.chunks[i].get(), listens));
      if (i == 0) bucket.spilled.push_back({at, count});
    }
    bucket.chunks.clear();
    bucket.used = kChunk;
  }
  chunks_ = 0;
}

std::vector<StoredListen> ListenStore::take(Bucket& bucket) const {
  std::vector<StoredListen> listens(bucket.size);
  std::size_t at = 0;
  for (const Segment& segment : bucket.spilled) {
    read_items(listens_file_, segment.position, std::span(listens).subspan(at, segment.count));
    at += segment.count;
  }
  for (Chunk& chunk : bucket.chunks) {
    const std::size_t count = &chunk == &bucket.chunks.back() ? bucket.used : kChunk;
    std::copy_n(chunk.get(), count, listens.begin() + static_cast<std::ptrdiff_t>(at));
    at += count;
    chunk.reset();
  }
  std::size_t begin = 0;
  for (const auto& [log, end] : bucket.logs) {
    if (newest_first_[log]) {
      std::reverse(listens.begin() + static_cast<std::ptrdiff_t>(begin),
                   listens.begin() + static_cast<std::ptrdiff_t>(end));
    }
    begin = end;
  }
  bucket = Bucket();
  return listens;
}

// A store that spilled its listens spills its sessions too.
void ListenStore::keep(CutBucket& cut) {
  if (!spilled()) return;
  cut.count = cut.queues.entries().size();
  cut.entries_at = append_items(sessions_file_, std::span(cut.queues.entries()));
  cut.songs_at = append_items(sessions_file_, cut.queues.all_songs());
  cut.queues = QueueStore();
  cut.spilled = true;
}

CutCounts ListenStore::cut(const Rules& rules, std::size_t threads) {
  cut_.resize(kBuckets);
  CutCounts all;
  std::mutex mutex;
  parallel_for(kBuckets, 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::vector<StoredListen> listens = take(buckets_[i]);
      for (StoredListen& listen : listens) {
        listen.song = rules.song_of[listen.song];
        listen.user = rules.user_order[listen.user];
      }
      CutCounts counts;
      sort_listens(listens, counts);
      std::vector<SkipCount> skips;
      counts.add(cut_sessions(listens, rules.sessions, cut_[i].queues, rules.count_skips ? &skips : nullptr));
      const std::lock_guard lock(mutex);
      keep(cut_[i]);
      skips_.insert(skips_.end(), skips.begin(), skips.end());
      all.add(counts);
    }
  });
  std::ranges::sort(skips_, [](const SkipCount& a, const SkipCount& b) {
    return a.user != b.user ? a.user < b.user : a.song < b.song;
  });
  return all;
}

SessionReader ListenStore::sessions(std::size_t bucket) const {
  SessionReader reader;
  const CutBucket& cut = cut_[bucket];
  if (!cut.spilled) {
    reader.memory_ = &cut.queues;
  } else {
    reader.file_ = &sessions_file_;
    reader.entries_at_ = cut.entries_at;
    reader.songs_at_ = cut.songs_at;
    reader.count_ = cut.count;
  }
  return reader;
}

}  // namespace segue::data
