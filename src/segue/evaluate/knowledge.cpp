#include "segue/evaluate/knowledge.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace segue::evaluate {

Knowledge::Knowledge(const data::Dataset& dataset, const Split& split) : places_(split.held_out.size()) {
  collect_pasts(dataset, split);
  collect_trend(dataset, split);
  count_returns(split);
}

plays::PastUntil Knowledge::past(std::uint32_t held_out, std::uint32_t at) const {
  const PlaceInPast& place = places_[held_out];
  return {&pasts_[place.past], place.known[at]};
}

void Knowledge::collect_pasts(const data::Dataset& dataset, const Split& split) {
  // The queues of each listener, those held out among them.
  std::unordered_map<std::string_view, std::uint32_t> listeners;
  std::vector<std::vector<std::size_t>> queues;
  std::vector<std::uint32_t> held_out_of(dataset.queues.size(), kNobody);
  const bool alone = split.kind == SplitKind::queues;
  for (std::uint32_t number = 0; number < split.held_out.size(); ++number) {
    const std::size_t queue = split.held_out[number].queue;
    held_out_of[queue] = number;
    const std::string_view user = dataset.queues.user(queue);
    if (alone || user.empty()) {
      queues.push_back({queue});
    } else if (listeners.try_emplace(user, static_cast<std::uint32_t>(queues.size())).second) {
      queues.emplace_back();
    }
  }
  if (!listeners.empty()) {
    for (std::size_t queue = 0; queue < dataset.queues.size(); ++queue) {
      const auto found = listeners.find(dataset.queues.user(queue));
      if (found != listeners.end()) queues[found->second].push_back(queue);
    }
  }
  for (std::vector<std::size_t>& mine : queues) {
    std::ranges::stable_sort(mine, {}, [&](std::size_t queue) { return dataset.queues.start(queue); });
    std::vector<data::SongRow> songs;
    for (const std::size_t queue : mine) {
      const std::uint32_t number = held_out_of[queue];
      // Training does not see the end of a queue whose last song is held out, and neither do other queues.
      std::span<const std::uint32_t> rows = dataset.queues.songs(queue);
      if (number != kNobody) {
        places_[number].past = static_cast<std::uint32_t>(pasts_.size());
        rows = rows.first(split.held_out[number].end);
      }
      for (const std::uint32_t row : rows) {
        if (number != kNobody) places_[number].known.push_back(static_cast<std::uint32_t>(songs.size()));
        if (split.songs[row] != kUnknownSong) songs.push_back(split.songs[row]);
      }
    }
    std::vector<std::uint64_t> artists;
    artists.reserve(songs.size());
    for (const data::SongRow song : songs) {
      artists.push_back(split.training.keys.empty() ? song : split.training.keys[song].artist);
    }
    pasts_.emplace_back(std::move(songs), artists);
  }
}

void Knowledge::collect_trend(const data::Dataset& dataset, const Split& split) {
  std::vector<plays::TrendOfPlays::Play> plays;
  const auto add = [&](std::size_t queue, std::size_t songs) {
    const std::optional<std::int64_t> start = dataset.queues.start(queue);
    if (!start) return;
    for (const std::uint32_t row : dataset.queues.songs(queue).first(songs)) {
      if (split.songs[row] != kUnknownSong) plays.push_back({*start, split.songs[row]});
    }
  };
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const HeldOutQueue& queue : split.held_out) {
    first = std::min(first, dataset.queues.start(queue.queue).value_or(first));
  }
  if (split.kind == SplitKind::time) {
    for (std::size_t queue = 0; queue < dataset.queues.size(); ++queue) {
      if (split.drawn.empty() || split.drawn[queue]) add(queue, dataset.queues.songs(queue).size());
    }
  } else {
    for (const std::size_t queue : split.training_queues) add(queue, dataset.queues.songs(queue).size());
  }
  if (plays.empty()) return;
  trend_ = std::make_unique<plays::TrendOfPlays>(std::move(plays), split.training.song_count(), first);
}

void Knowledge::count_returns(const Split& split) {
  const TrainingSet& training = split.training;
  plays::ReturnCounts counts;
  if (split.kind == SplitKind::queues) {
    for (std::size_t queue = 0; queue < training.queues.own(); ++queue) counts.add(training.queues.songs(queue));
  } else {
    std::vector<std::size_t> order(training.queues.own());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, {}, [&](std::size_t queue) { return std::pair(training.users[queue], training.starts[queue]); });
    std::vector<data::SongRow> songs;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::span<const std::uint32_t> more = training.queues.songs(order[i]);
      songs.insert(songs.end(), more.begin(), more.end());
      if (i + 1 < order.size() && training.users[order[i + 1]] == training.users[order[i]]) continue;
      counts.add(songs);
      songs.clear();
    }
  }
  returns_ = counts.rates();
}

}  // namespace segue::evaluate
