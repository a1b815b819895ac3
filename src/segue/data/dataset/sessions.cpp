#include "segue/data/dataset/sessions.h"

#include <algorithm>

#include "segue/base/parallel.h"

namespace segue::data {

void QueueStore::add(std::uint32_t user, std::optional<std::int64_t> start, std::span<const std::uint32_t> songs) {
  entries_.push_back(
      {user, static_cast<std::uint32_t>(songs.size()), start.value_or(0), songs_.size() * 2 + (start ? 1 : 0)});
  songs_.insert(songs_.end(), songs.begin(), songs.end());
}

std::uint64_t fold_repeats(std::vector<std::uint32_t>& songs) {
  const auto repeats = std::unique(songs.begin(), songs.end());
  const auto count = static_cast<std::uint64_t>(songs.end() - repeats);
  songs.erase(repeats, songs.end());
  return count;
}

DroppedPlays cut_sessions(std::span<const Play> plays, const SessionRules& rules, QueueStore& out) {
  DroppedPlays dropped;
  std::vector<std::uint32_t> songs;
  for (std::size_t begin = 0; begin < plays.size();) {
    songs.clear();
    std::size_t end = begin;
    do {
      songs.push_back(plays[end].song);
      ++end;
      // Times lie in the years 1 to 9999, so their difference does not overflow.
    } while (end < plays.size() && plays[end].user == plays[begin].user &&
             plays[end].time - plays[end - 1].time <= rules.gap);
    if (!rules.keep_repeats) dropped.repeats += fold_repeats(songs);
    if (songs.size() < rules.min_session) {
      dropped.short_sessions += songs.size();
    } else {
      out.add(plays[begin].user, plays[begin].time, songs);
    }
    begin = end;
  }
  return dropped;
}

void PlayStore::add(const Play& play) {
  Bucket& bucket = buckets_[play.user % kBuckets];
  if (bucket.used == kChunk) {
    bucket.chunks.push_back(std::make_unique_for_overwrite<Play[]>(kChunk));
    bucket.used = 0;
  }
  bucket.chunks.back()[bucket.used++] = play;
  ++size_;
}

std::vector<Play> PlayStore::take_sorted(Bucket& bucket) {
  std::vector<Play> plays;
  if (bucket.chunks.empty()) return plays;
  plays.reserve((bucket.chunks.size() - 1) * kChunk + bucket.used);
  for (Chunk& chunk : bucket.chunks) {
    const std::size_t count = &chunk == &bucket.chunks.back() ? bucket.used : kChunk;
    plays.insert(plays.end(), chunk.get(), chunk.get() + count);
    chunk.reset();
  }
  bucket = Bucket();
  std::ranges::stable_sort(
      plays, [](const Play& a, const Play& b) { return a.user != b.user ? a.user < b.user : a.time < b.time; });
  return plays;
}

PlayStore::Sessions PlayStore::take_sessions(const SessionRules& rules, std::size_t threads) {
  Sessions sessions;
  sessions.stores.resize(kBuckets);
  std::vector<DroppedPlays> dropped(kBuckets);
  parallel_for(kBuckets, 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      dropped[i] = cut_sessions(take_sorted(buckets_[i]), rules, sessions.stores[i]);
    }
  });
  for (const DroppedPlays& bucket : dropped) {
    sessions.dropped.repeats += bucket.repeats;
    sessions.dropped.short_sessions += bucket.short_sessions;
  }
  size_ = 0;
  return sessions;
}

}  // namespace segue::data
