#include "segue/plays/trend.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "segue/math/top_k.h"

namespace segue::plays {

namespace {

constexpr double kDay = 86400e6;      // microseconds
constexpr std::size_t kLeaders = 60;  // for each half-life
constexpr std::int64_t kLeadersEvery = 6 * 3600 * std::int64_t{1'000'000};

TrendPlays times(TrendPlays plays, const TrendPlays& factors) {
  for (std::size_t i = 0; i < plays.size(); ++i) plays[i] *= factors[i];
  return plays;
}

}  // namespace

TrendPlays decay_over(std::int64_t microseconds) {
  TrendPlays decay;
  for (std::size_t i = 0; i < decay.size(); ++i) {
    decay[i] = static_cast<float>(std::exp2(-static_cast<double>(microseconds) / kDay / kTrendHalfLives[i]));
  }
  return decay;
}

std::vector<data::SongRow> leaders_of(std::uint32_t songs,
                                      const std::function<TrendPlays(data::SongRow song)>& plays_of) {
  std::vector<math::TopK> best(kTrendHalfLives.size(), math::TopK(std::min<std::size_t>(kLeaders, songs)));
  for (data::SongRow song = 0; song < songs; ++song) {
    const TrendPlays plays = plays_of(song);
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (plays[i] > 0) best[i].offer({song, plays[i]});
    }
  }
  std::vector<data::SongRow> rows;
  for (math::TopK& one : best) {
    for (const math::ScoredRow& leader : one.take()) rows.push_back(leader.row);
  }
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

TrendOfPlays::TrendOfPlays(std::vector<Play> plays, std::size_t songs, std::int64_t leaders_from)
    : offsets_(songs + 1) {
  std::ranges::stable_sort(plays, {}, &Play::at);
  for (const Play& play : plays) ++offsets_[play.song + 1];
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  sums_.resize(plays.size());
  std::vector<std::size_t> next(offsets_.begin(), offsets_.end() - 1);
  Sum all;
  std::vector<Sum> now(songs);
  std::int64_t day = std::numeric_limits<std::int64_t>::min();
  const auto lead = [&](std::int64_t at) {
    days_.push_back(at);
    leaders_.push_back(leaders_of(static_cast<std::uint32_t>(songs), [&](data::SongRow song) {
      TrendPlays decayed = now[song].plays;
      if (decayed[0] == 0 && decayed.back() == 0) return decayed;
      return times(decayed, decay_over(at - now[song].at));
    }));
  };
  for (const Play& play : plays) {
    if (play.at >= std::max(leaders_from, day)) {
      day = play.at + kLeadersEvery;
      lead(play.at);
    }
    const auto add = [&](Sum& sum) {
      sum.plays = times(sum.plays, decay_over(std::max<std::int64_t>(0, play.at - sum.at)));
      for (float& one : sum.plays) ++one;
      sum.at = play.at;
    };
    add(now[play.song]);
    sums_[next[play.song]++] = now[play.song];
    add(all);
    all_.push_back(all);
  }
}

TrendPlays TrendOfPlays::decayed(std::span<const Sum> sums, std::int64_t at) const {
  const auto after = std::ranges::lower_bound(sums, at, {}, &Sum::at);
  if (after == sums.begin()) return {};
  const Sum& last = *(after - 1);
  return times(last.plays, decay_over(at - last.at));
}

TrendPlays TrendOfPlays::of(data::SongRow song, std::int64_t at) const {
  return decayed(std::span(sums_).subspan(offsets_[song], offsets_[song + 1] - offsets_[song]), at);
}

TrendPlays TrendOfPlays::mean(std::int64_t at) const {
  TrendPlays plays = decayed(all_, at);
  for (float& one : plays) one /= static_cast<float>(offsets_.size() - 1);
  return plays;
}

std::vector<data::SongRow> TrendOfPlays::leaders(std::int64_t at) const {
  const auto after = std::ranges::upper_bound(days_, at);
  if (after == days_.begin()) return {};
  return leaders_[static_cast<std::size_t>(after - days_.begin()) - 1];
}

}  // namespace segue::plays
