// The weights of a model's vectors and transitions in recommendations (recommend/blend_terms.h).
//
// `segue tune` fits them to a dataset, `segue train` writes them into the model. The defaults were fitted to held-out
// playlists and do well on sessions too (docs/quality.md).
#pragma once

#include <array>
#include <string_view>

#include "segue/base/options.h"

namespace segue::model {

struct BlendWeights {
  double blend_transition_half_life = 1.8;
  double blend_transition_power = 0.8;
  double blend_backward = 0.7;
  double blend_seed_damping = 0.5;
  double blend_popularity_damping = 0.1;
  double blend_floor = 0.02;
  double blend_vector_half_life = 3;
  double blend_last_song = 1;
  double blend_recent_songs = 1.5;
  double blend_last_context = 0;
  double blend_recent_context = 0;
  double blend_last_artist = 1;
  double blend_recent_artists = 0.1;
  double blend_version = 1;
  double blend_trend_days = 0.001;
  double blend_trend_weeks = 0.001;
  double blend_trend_months = 0.001;
  double blend_own_transitions = 10;
  double blend_returns = 0.3;
  double blend_known_artist = 0;
  double blend_familiar = 0.1;
  double blend_repeater = 0;
  double blend_teacher = 0;
};

// With a teacher, unless a fit finds a better weight.
inline constexpr double kTeacherWeight = 1;

// The weights of a model for either kind of list.
struct Blend {
  BlendWeights discover;  // songs not heard just now
  BlendWeights next;      // whatever is played next, heard or not
};

}  // namespace segue::model

namespace segue {

template <>
struct OptionsOf<model::BlendWeights> {
  static constexpr std::string_view section = "blend";
  static constexpr std::array rows = {
      option<&model::BlendWeights::blend_transition_half_life>(
          "blend_transition_half_life",
          "Transitions from a song count half as much as those from one played this many songs later",
          between(0.1, 1000)),
      option<&model::BlendWeights::blend_transition_power>(
          "blend_transition_power",
          "Power of a transition's weight: below 1, agreement of many songs beats one frequent pair", between(0.05, 4)),
      option<&model::BlendWeights::blend_backward>(
          "blend_backward", "Weight of a song played before, relative to one played after", between(0, 4)),
      option<&model::BlendWeights::blend_seed_damping>(
          "blend_seed_damping", "Transitions from a song are divided by its plays to this power", between(-1, 2)),
      option<&model::BlendWeights::blend_popularity_damping>(
          "blend_popularity_damping", "A song's score is divided by its plays to this power", between(-1, 2)),
      option<&model::BlendWeights::blend_floor>(
          "blend_floor", "Added to the sum of transitions: the score of a song without any", between(1e-9, 100)),
      option<&model::BlendWeights::blend_vector_half_life>(
          "blend_vector_half_life",
          "A song counts half as much in the mean of recent songs as one played this many songs later",
          between(0.1, 1000)),
      option<&model::BlendWeights::blend_last_song>("blend_last_song", "Weight of the cosine to the last song",
                                                    between(-100, 100)),
      option<&model::BlendWeights::blend_recent_songs>(
          "blend_recent_songs", "Weight of the cosine to the mean of recent songs", between(-100, 100)),
      option<&model::BlendWeights::blend_last_context>(
          "blend_last_context", "Weight of the cosine of the last song and the context vector", between(-100, 100)),
      option<&model::BlendWeights::blend_recent_context>(
          "blend_recent_context", "Weight of the cosine of the mean of recent songs and the context vector",
          between(-100, 100)),
      option<&model::BlendWeights::blend_last_artist>("blend_last_artist", "Bonus for the artist of the last song",
                                                      between(-100, 100)),
      option<&model::BlendWeights::blend_recent_artists>(
          "blend_recent_artists", "Bonus for each recent song by the same artist, in full for the last one",
          between(-100, 100)),
      option<&model::BlendWeights::blend_version>(
          "blend_version", "Penalty for a song heard before, or another version of it", between(-100, 100)),
      option<&model::BlendWeights::blend_trend_days>(
          "blend_trend_days", "Weight of popularity with a half-life of 4 days", between(0, 1e6)),
      option<&model::BlendWeights::blend_trend_weeks>(
          "blend_trend_weeks", "Weight of popularity with a half-life of 20 days", between(0, 1e6)),
      option<&model::BlendWeights::blend_trend_months>(
          "blend_trend_months", "Weight of popularity with a half-life of 90 days", between(0, 1e6)),
      option<&model::BlendWeights::blend_own_transitions>(
          "blend_own_transitions", "Weight of what the listener played after the last song before, beside transitions",
          between(0, 1e6)),
      option<&model::BlendWeights::blend_returns>(
          "blend_returns", "Weight of how likely a song returns, beside transitions", between(0, 1e6)),
      option<&model::BlendWeights::blend_known_artist>(
          "blend_known_artist", "Weight of the logarithm of how often the listener played the artist",
          between(-100, 100)),
      option<&model::BlendWeights::blend_familiar>(
          "blend_familiar", "Power of how likely a song returns, compared with one that was never played",
          between(-10, 10)),
      option<&model::BlendWeights::blend_repeater>(
          "blend_repeater", "Power of how much more the listener repeats than others do", between(-10, 10)),
      option<&model::BlendWeights::blend_teacher>(
          "blend_teacher", "Weight of what a teacher would play next (segue distil), beside transitions",
          between(0, 1e6)),
  };
};
SEGUE_CHECK_OPTIONS(model::BlendWeights);

}  // namespace segue
