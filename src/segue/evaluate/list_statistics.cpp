#include "segue/evaluate/list_statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace segue::evaluate {

namespace {

// Sorted ascending, x_1 ... x_n: sum (2 i - n - 1) x_i / (n sum x).
double gini_of(std::vector<std::uint32_t> counts) {
  std::ranges::sort(counts);
  const auto n = static_cast<double>(counts.size());
  double weighted = 0;
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * counts[i];
    sum += counts[i];
  }
  return sum == 0 ? 0 : weighted / (n * sum);
}

double skew_of(std::span<const std::uint32_t> counts) {
  const auto n = static_cast<double>(counts.size());
  const double mean = std::accumulate(counts.begin(), counts.end(), 0.0) / n;
  double square = 0;
  double cube = 0;
  for (const std::uint32_t count : counts) {
    const double difference = count - mean;
    square += difference * difference;
    cube += difference * difference * difference;
  }
  return square == 0 ? 0 : cube / n / std::pow(square / n, 1.5);
}

}  // namespace

ListCounts::ListCounts(std::uint32_t song_count) {
  for (std::vector<std::uint32_t>& counts : occurrences_) counts.resize(song_count);
}

void ListCounts::add(std::span<const math::ScoredRow> list, std::span<const std::uint32_t> artists) {
  ++lists_;
  songs_ += list.size();
  for (std::size_t i = 0; i < kCutoffs.size(); ++i) {
    for (const math::ScoredRow& song : list.first(std::min<std::size_t>(kCutoffs[i], list.size()))) {
      ++occurrences_[i][song.row];
    }
  }
  const std::span<const math::ScoredRow> top = list.first(std::min<std::size_t>(kCutoffs[0], list.size()));
  for (std::size_t i = 0; i < top.size(); ++i) {
    const std::uint32_t artist = artists[top[i].row];
    if (artist == 0) continue;
    ++artists_known_;
    const auto above = top.first(i);
    if (std::ranges::any_of(above, [&](const math::ScoredRow& other) { return artists[other.row] == artist; })) {
      ++artist_repeats_;
    }
  }
}

void ListCounts::merge(const ListCounts& other) {
  lists_ += other.lists_;
  songs_ += other.songs_;
  artists_known_ += other.artists_known_;
  artist_repeats_ += other.artist_repeats_;
  for (std::size_t i = 0; i < kCutoffs.size(); ++i) {
    std::ranges::transform(occurrences_[i], other.occurrences_[i], occurrences_[i].begin(), std::plus());
  }
}

ListStatistics ListCounts::statistics(std::span<const std::uint64_t> plays) const {
  ListStatistics result;
  const auto share = [](double part, double whole) { return whole == 0 ? 0 : part / whole; };
  for (std::size_t i = 0; i < kCutoffs.size(); ++i) {
    const auto shown = std::ranges::count_if(occurrences_[i], [](std::uint32_t count) { return count > 0; });
    result.coverage[i] = share(static_cast<double>(shown), static_cast<double>(plays.size()));
  }
  const double all_plays = std::accumulate(plays.begin(), plays.end(), 0.0);
  double count = 0;
  for (std::size_t song = 0; song < plays.size(); ++song) {
    const double times = occurrences_[0][song];
    count += times;
    result.popularity_rank += times * static_cast<double>(song + 1);
    result.self_information -= times * std::log2(static_cast<double>(plays[song]) / all_plays);
  }
  result.popularity_rank = share(result.popularity_rank, count);
  result.self_information = share(result.self_information, count);
  result.gini = gini_of(occurrences_[0]);
  result.hubness = skew_of(occurrences_[0]);
  result.artist_repeats = share(static_cast<double>(artist_repeats_), static_cast<double>(artists_known_));
  result.mean_length = share(static_cast<double>(songs_), static_cast<double>(lists_));
  return result;
}

}  // namespace segue::evaluate
