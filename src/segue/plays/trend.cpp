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

TrendShares decay_over(std::int64_t microseconds) {
  TrendShares decay;
  for (std::size_t i = 0; i < decay.size(); ++i) {
    decay[i] = static_cast<float>(std::exp2(-static_cast<double>(microseconds) / kDay / kTrendHalfLives[i]));
  }
  return decay;
}

}  // namespace

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
    std::vector<data::SongRow>& rows = leaders_.emplace_back();
    days_.push_back(at);
    for (std::size_t half_life = 0; half_life < kTrendHalfLives.size(); ++half_life) {
      math::TopK best(std::min(kLeaders, songs));
      for (data::SongRow song = 0; song < songs; ++song) {
        if (now[song].plays[half_life] == 0) continue;
        best.offer({song, now[song].plays[half_life] * decay_over(at - now[song].at)[half_life]});
      }
      for (const math::ScoredRow& one : best.take()) rows.push_back(one.row);
    }
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  };
  for (const Play& play : plays) {
    if (play.at >= std::max(leaders_from, day)) {
      day = play.at + kLeadersEvery;
      lead(play.at);
    }
    const auto add = [&](Sum& sum) {
      const TrendShares decay = decay_over(play.at - sum.at);
      for (std::size_t i = 0; i < decay.size(); ++i) sum.plays[i] = (sum.at == 0 ? 0 : sum.plays[i] * decay[i]) + 1;
      sum.at = play.at;
    };
    add(now[play.song]);
    sums_[next[play.song]++] = now[play.song];
    add(all);
    all_.push_back(all);
  }
}

TrendShares TrendOfPlays::decayed(std::span<const Sum> sums, std::int64_t at) const {
  const auto after = std::ranges::lower_bound(sums, at, {}, &Sum::at);
  if (after == sums.begin()) return {};
  const Sum& last = *(after - 1);
  TrendShares shares = decay_over(at - last.at);
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i] *= last.plays[i];
  return shares;
}

TrendShares TrendOfPlays::of(data::SongRow song, std::int64_t at) const {
  TrendShares mine = decayed(std::span(sums_).subspan(offsets_[song], offsets_[song + 1] - offsets_[song]), at);
  const TrendShares all = decayed(all_, at);
  const auto songs = static_cast<float>(offsets_.size() - 1);
  for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = all[i] > 0 ? mine[i] * songs / all[i] : 0;
  return mine;
}

std::vector<data::SongRow> TrendOfPlays::leaders(std::int64_t at) const {
  const auto after = std::ranges::upper_bound(days_, at);
  if (after == days_.begin()) return {};
  return leaders_[static_cast<std::size_t>(after - days_.begin()) - 1];
}

}  // namespace segue::plays
