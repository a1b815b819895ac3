#include "segue/recommend/listener.h"

#include <algorithm>
#include <cmath>

namespace segue::recommend {

namespace {

// Of the last song, only its newest plays before are followed, and only so far.
constexpr std::size_t kFollowed = 30;
constexpr std::size_t kFollowing = 3;
// Of the newest plays, so many are candidates: the rate of return falls with every play since.
constexpr std::size_t kNewest = 300;
// The share of repeats is that among so many plays, drawn towards that of everybody by a few.
constexpr std::size_t kRepeatMemory = 50;
constexpr float kRepeatPrior = 5;

void sort_distinct(std::vector<data::SongRow>& rows) {
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

}  // namespace

ListenerEvidence::ListenerEvidence(const plays::ReturnRates* returns, const plays::Trend* trend,
                                   const model::BlendWeights& weights, const Listening& listening, std::size_t songs)
    : returns_(returns), trend_(trend), listening_(listening), songs_(static_cast<float>(songs)) {
  if (knows_returns()) {
    follow_last_song();
    add_newest();
    measure_repeats();
    repeater_ = std::pow(repeater_, static_cast<float>(weights.blend_repeater));
  }
  if (trend_ != nullptr && listening_.at) {
    of_mean_song_ = trend_->mean(*listening_.at);
    const std::vector<data::SongRow> leaders = trend_->leaders(*listening_.at);
    candidates_.insert(candidates_.end(), leaders.begin(), leaders.end());
  }
  sort_distinct(candidates_);
}

// What came after the last song, each time it was played before: the strongest evidence where people replay sequences.
void ListenerEvidence::follow_last_song() {
  const std::span<const data::SongRow> past = listening_.past.songs();
  const plays::Past::Plays plays = listening_.past.of(past.back());
  const std::size_t before = plays.size() - 1;  // the last of these is the play just heard
  std::vector<math::ScoredRow> parts;
  float all = 1;  // so that a single time counts half
  for (std::size_t i = before - std::min(before, kFollowed); i < before; ++i) {
    const std::size_t place = plays.place(i);
    // Also coming from the same song makes it the same sequence.
    const bool same = place > 0 && past.size() > 1 && past[place - 1] == past[past.size() - 2];
    const float weight = same ? 2 : 1;
    all += weight;
    for (std::size_t after = 1; after <= kFollowing && place + after < past.size(); ++after) {
      parts.push_back({past[place + after], weight / static_cast<float>(after)});
    }
  }
  std::ranges::stable_sort(parts, {}, &math::ScoredRow::row);
  for (const math::ScoredRow& part : parts) {
    if (own_.empty() || own_.back().row != part.row) own_.push_back({part.row, 0});
    own_.back().score += part.score / all;
  }
  for (const math::ScoredRow& one : own_) candidates_.push_back(one.row);
}

void ListenerEvidence::add_newest() {
  const std::span<const data::SongRow> past = listening_.past.songs();
  const std::span<const data::SongRow> newest = past.last(std::min(past.size(), kNewest));
  candidates_.insert(candidates_.end(), newest.begin(), newest.end());
}

void ListenerEvidence::measure_repeats() {
  constexpr float kLeastShare = 1e-4F;
  const plays::PastUntil& past = listening_.past;
  const std::size_t memory = std::min(kRepeatMemory, past.end);
  const auto repeats = static_cast<float>(past.past->repeats(past.end) - past.past->repeats(past.end - memory));
  const float usual = std::max(kLeastShare, returns_->repeats);
  repeater_ = (repeats + kRepeatPrior * usual) / (static_cast<float>(memory) + kRepeatPrior) / usual;
}

void ListenerEvidence::add_to(Evidence& evidence, std::uint64_t artist) const {
  if (trend_ != nullptr && listening_.at) {
    const plays::TrendPlays plays = trend_->of(evidence.song, *listening_.at);
    constexpr std::array kTrends = {Term::trend_days, Term::trend_weeks, Term::trend_months};
    for (std::size_t i = 0; i < kTrends.size(); ++i) {
      if (of_mean_song_[i] > 0) evidence[kTrends[i]] = plays[i] / of_mean_song_[i];
    }
  }
  if (!knows_returns()) return;
  evidence[Term::known_artist] = std::log1p(static_cast<float>(listening_.past.plays_by(artist)));
  const plays::Past::Plays plays = listening_.past.of(evidence.song);
  if (plays.empty()) return;
  const float rate = repeater_ * returns_->of(listening_.past.end - plays.last(), plays.size());
  evidence[Term::returns] = rate;
  // Compared with a song chosen by chance.
  evidence[Term::familiar] = std::log(std::max(1e-20F, rate * songs_));
  const auto own = std::ranges::lower_bound(own_, evidence.song, {}, &math::ScoredRow::row);
  if (own != own_.end() && own->row == evidence.song) evidence[Term::own_transitions] = own->score;
}

}  // namespace segue::recommend
