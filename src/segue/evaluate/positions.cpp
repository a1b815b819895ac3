#include "segue/evaluate/positions.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace segue::evaluate {

namespace {

std::size_t heard_from(std::uint32_t at, std::uint32_t heard) {
  return heard == 0 || heard > at ? 0 : at - heard;
}

// The number of distinct songs in songs[at ...], for every at.
std::vector<std::uint32_t> count_later(std::span<const std::uint32_t> songs) {
  std::unordered_set<std::uint32_t> seen;
  std::vector<std::uint32_t> later(songs.size() + 1);
  for (std::size_t at = songs.size(); at-- > 0;) {
    seen.insert(songs[at]);
    later[at] = static_cast<std::uint32_t>(seen.size());
  }
  return later;
}

}  // namespace

std::vector<Position> list_positions(const data::Dataset& dataset, const Split& split, std::uint32_t heard) {
  std::vector<Position> positions;
  positions.reserve(split.positions());
  std::unordered_map<std::uint32_t, std::uint32_t> last_at;
  for (std::uint32_t number = 0; number < split.held_out.size(); ++number) {
    const HeldOutQueue& queue = split.held_out[number];
    const std::span<const std::uint32_t> songs = dataset.queues.songs(queue.queue).first(queue.end);
    const std::vector<std::uint32_t> later = count_later(songs);
    last_at.clear();
    for (std::uint32_t at = 0; at < songs.size(); ++at) last_at[songs[at]] = at;
    for (std::uint32_t at = queue.first; at < queue.end; ++at) {
      Position position{number, at, split.songs[songs[at]], later[at], Mode::any};
      if (split.kind != SplitKind::last_song) {
        const std::size_t from = heard_from(at, heard);
        const auto just_heard = songs.subspan(from, at - from);
        position.again = std::ranges::find(just_heard, songs[at]) != just_heard.end();
        position.mode = Mode::next;
        if (!position.again) {
          Position masked = position;
          masked.mode = Mode::discovery;
          for (const std::uint32_t song : std::unordered_set<std::uint32_t>(just_heard.begin(), just_heard.end())) {
            if (last_at.at(song) >= at) --masked.relevant;
          }
          positions.push_back(masked);
        }
      }
      positions.push_back(position);
    }
  }
  return positions;
}

QueryBatch::QueryBatch(const data::Dataset& dataset, const Split& split, const Knowledge& knowledge,
                       std::uint32_t heard)
    : dataset_(dataset), split_(split), knowledge_(knowledge), heard_(heard) {}

QueryBatch::Range QueryBatch::append(const Position& position) {
  const std::span<const std::uint32_t> songs = dataset_.queues.songs(split_.held_out[position.held_out].queue);
  Range range{songs_.size(), 0, 0, 0};
  for (std::size_t at = position.at; at-- > 0 && songs_.size() - range.heard_begin < kHeardKept;) {
    if (split_.songs[songs[at]] != kUnknownSong) songs_.push_back(split_.songs[songs[at]]);
  }
  std::reverse(songs_.begin() + static_cast<std::ptrdiff_t>(range.heard_begin), songs_.end());
  range.heard_end = range.masked_begin = songs_.size();
  if (position.mode == Mode::discovery) {
    for (std::size_t at = heard_from(position.at, heard_); at < position.at; ++at) {
      if (split_.songs[songs[at]] != kUnknownSong) songs_.push_back(split_.songs[songs[at]]);
    }
    const auto begin = songs_.begin() + static_cast<std::ptrdiff_t>(range.masked_begin);
    std::sort(begin, songs_.end());
    songs_.erase(std::unique(begin, songs_.end()), songs_.end());
  }
  range.masked_end = songs_.size();
  return range;
}

std::span<const Query> QueryBatch::make(std::span<const Position> positions, std::size_t first, std::size_t count) {
  songs_.clear();
  ranges_.clear();
  queries_.clear();
  for (std::size_t i = first; i < first + count; ++i) ranges_.push_back(append(positions[i]));
  // Spans only now: songs_ no longer grows.
  for (std::size_t i = 0; i < count; ++i) {
    const HeldOutQueue& queue = split_.held_out[positions[first + i].held_out];
    const Range& range = ranges_[i];
    const std::span<const std::uint32_t> songs(songs_);
    queries_.push_back({songs.subspan(range.heard_begin, range.heard_end - range.heard_begin),
                        songs.subspan(range.masked_begin, range.masked_end - range.masked_begin), queue.user,
                        dataset_.queues.start(queue.queue),
                        knowledge_.past(positions[first + i].held_out, positions[first + i].at), first + i,
                        task_of(positions[first + i].mode)});
  }
  return queries_;
}

}  // namespace segue::evaluate
