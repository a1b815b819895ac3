// What the past of one listener and the present of all say about the next song.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"
#include "segue/math/top_k.h"
#include "segue/model/blend_weights.h"
#include "segue/plays/past.h"
#include "segue/plays/returns.h"
#include "segue/plays/trend.h"
#include "segue/recommend/blend_terms.h"

namespace segue::recommend {

// Who listens and when; either may be unknown.
struct Listening {
  plays::PastUntil past = {};           // ends with the songs heard
  std::optional<std::int64_t> at = {};  // microseconds since 1970-01-01 UTC
};

// Terms of a term's source that is missing are 0. Views its arguments; thread safe.
class ListenerEvidence {
 public:
  // `returns` and `trend`: nullptr if nothing is known, or not wanted. `songs`: of the model.
  ListenerEvidence(const plays::ReturnRates* returns, const plays::Trend* trend, const model::BlendWeights& weights,
                   const Listening& listening, std::size_t songs);

  // Songs to score besides those that transitions and vectors find, ascending: of the newest plays, of what followed
  // the last song before, and the most popular now.
  const std::vector<data::SongRow>& candidates() const { return candidates_; }
  // Whether returns of songs just heard are judged by their rates.
  bool knows_returns() const { return returns_ != nullptr && listening_.past; }
  // Sets the terms of the evidence. `artist`: of the song, as PastUntil::plays_by() expects it.
  void add_to(Evidence& evidence, std::uint64_t artist) const;

 private:
  void follow_last_song();
  void add_newest();
  void measure_repeats();

  const plays::ReturnRates* returns_;
  const plays::Trend* trend_;
  const Listening listening_;
  const float songs_;
  std::vector<data::SongRow> candidates_;
  std::vector<math::ScoredRow> own_;  // what followed the last song before, ascending by row
  float repeater_ = 1;                // how much more this listener repeats than others do
  plays::TrendPlays of_mean_song_{};  // decayed plays
};

}  // namespace segue::recommend
