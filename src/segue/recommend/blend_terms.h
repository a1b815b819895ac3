// The terms of the blend: what its score is made of, one row each.
//
// A candidate's score is the logarithm of a sum of chances plus a sum of boosts, all of them weighted:
//
//     score(x) = log(sum of w chance(x)) + sum of w boost(x)
//
// Chances say independently of each other that x may come next (a mixture): it was played after these songs, it comes
// back to this listener, everybody plays it now, or anything may come (the floor). Boosts make whatever chance there is
// larger or smaller (a product): x sounds like these songs, is by the same artist.
//
// Scoring, the fit of the weights, `--by transitions` and the bound by codes walk this table. To add a term, add its
// row here, its weight to model/blend_weights.h and its evidence to blend_query.cpp or listener.cpp.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "segue/data/dataset/song_row.h"
#include "segue/model/blend_weights.h"

namespace segue::recommend {

// Chances first.
enum class Term : std::uint8_t {
  transitions,
  teacher,
  own_transitions,
  returns,
  floor,
  trend_days,
  trend_weeks,
  trend_months,
  popularity,
  last_song,
  recent_songs,
  last_context,
  recent_context,
  last_artist,
  recent_artists,
  known_artist,
  familiar,
  version,
};
inline constexpr std::size_t kTerms = static_cast<std::size_t>(Term::version) + 1;
inline constexpr std::size_t kChances = static_cast<std::size_t>(Term::popularity);

// Which cosine a term is, of the last song or of the mean of the recent ones, with a candidate's vector or context
// vector: cosines are bounded by codes before they are computed.
enum class CosineOf : std::uint8_t { none, last_song, recent_songs, last_context, recent_context };

// Where a term's evidence is from, beside songs and the songs heard: without weight nothing is read there.
enum class Reads : std::uint8_t { songs, past, trend, teacher };

// What a term is as a reason for a song. A reason of several terms has their parts together.
enum class ReasonKind : std::uint8_t { none, together, habit, lately, last_song, mean, artist, known_artist, popular };

inline constexpr std::array<std::string_view, 9> kReasonKindNames = {
    "none", "together", "habit", "lately", "last_song", "mean", "artist", "known_artist", "popular"};
constexpr std::span<const std::string_view> names(ReasonKind) {
  return kReasonKindNames;
}

// How the fit varies a weight: by added steps or by factors; 0: no step.
struct WeightSteps {
  bool by_factor = false;
  std::array<double, 4> steps{};
};

struct TermRow {
  Term term;
  std::string_view name;                // in reports
  double model::BlendWeights::*weight;  // nullptr: always 1
  float sign = 1;                       // of the weight in the score
  CosineOf cosine = CosineOf::none;
  Reads reads = Reads::songs;
  bool by_transitions = false;  // whether `--by transitions` keeps it
  ReasonKind reason = ReasonKind::none;
  WeightSteps steps = {};
};

inline constexpr WeightSteps kChanceSteps{true, {0.1, 0.33, 3, 10}};
inline constexpr WeightSteps kCosineSteps{false, {-1, -0.5, 0.5, 1}};

inline constexpr std::array<TermRow, kTerms> kTermRows = {{
    {.term = Term::transitions,
     .name = "transitions",
     .weight = nullptr,
     .by_transitions = true,
     .reason = ReasonKind::together},
    {.term = Term::teacher,
     .name = "teacher",
     .weight = &model::BlendWeights::blend_teacher,
     .reads = Reads::teacher,
     .reason = ReasonKind::together,
     .steps = kChanceSteps},
    {.term = Term::own_transitions,
     .name = "own_transitions",
     .weight = &model::BlendWeights::blend_own_transitions,
     .reads = Reads::past,
     .reason = ReasonKind::habit,
     .steps = kChanceSteps},
    {.term = Term::returns,
     .name = "returns",
     .weight = &model::BlendWeights::blend_returns,
     .reads = Reads::past,
     .reason = ReasonKind::habit,
     .steps = kChanceSteps},
    {.term = Term::floor,
     .name = "floor",
     .weight = &model::BlendWeights::blend_floor,
     .by_transitions = true,
     .steps = kChanceSteps},
    {.term = Term::trend_days,
     .name = "trend_days",
     .weight = &model::BlendWeights::blend_trend_days,
     .reads = Reads::trend,
     .reason = ReasonKind::lately,
     .steps = kChanceSteps},
    {.term = Term::trend_weeks,
     .name = "trend_weeks",
     .weight = &model::BlendWeights::blend_trend_weeks,
     .reads = Reads::trend,
     .reason = ReasonKind::lately,
     .steps = kChanceSteps},
    {.term = Term::trend_months,
     .name = "trend_months",
     .weight = &model::BlendWeights::blend_trend_months,
     .reads = Reads::trend,
     .reason = ReasonKind::lately,
     .steps = kChanceSteps},
    {.term = Term::popularity,
     .name = "popularity",
     .weight = &model::BlendWeights::blend_popularity_damping,
     .sign = -1,
     .by_transitions = true,
     .reason = ReasonKind::popular,
     .steps = {false, {-0.1, -0.05, 0.05, 0.1}}},
    {.term = Term::last_song,
     .name = "last_song",
     .weight = &model::BlendWeights::blend_last_song,
     .cosine = CosineOf::last_song,
     .reason = ReasonKind::last_song,
     .steps = kCosineSteps},
    {.term = Term::recent_songs,
     .name = "recent_songs",
     .weight = &model::BlendWeights::blend_recent_songs,
     .cosine = CosineOf::recent_songs,
     .reason = ReasonKind::mean,
     .steps = kCosineSteps},
    {.term = Term::last_context,
     .name = "last_context",
     .weight = &model::BlendWeights::blend_last_context,
     .cosine = CosineOf::last_context,
     .reason = ReasonKind::last_song,
     .steps = kCosineSteps},
    {.term = Term::recent_context,
     .name = "recent_context",
     .weight = &model::BlendWeights::blend_recent_context,
     .cosine = CosineOf::recent_context,
     .reason = ReasonKind::mean,
     .steps = {false, {-2, -1, 1, 2}}},
    {.term = Term::last_artist,
     .name = "last_artist",
     .weight = &model::BlendWeights::blend_last_artist,
     .reason = ReasonKind::artist,
     .steps = {false, {-0.5, -0.2, 0.2, 0.5}}},
    {.term = Term::recent_artists,
     .name = "recent_artists",
     .weight = &model::BlendWeights::blend_recent_artists,
     .reason = ReasonKind::artist,
     .steps = {false, {-0.1, 0.1, 0.2, 0.4}}},
    {.term = Term::known_artist,
     .name = "known_artist",
     .weight = &model::BlendWeights::blend_known_artist,
     .reads = Reads::past,
     .reason = ReasonKind::known_artist,
     .steps = {false, {-0.2, -0.1, 0.1, 0.2}}},
    {.term = Term::familiar,
     .name = "familiar",
     .weight = &model::BlendWeights::blend_familiar,
     .reads = Reads::past,
     .reason = ReasonKind::habit,
     .steps = {false, {-0.3, -0.1, 0.1, 0.3}}},
    {.term = Term::version,
     .name = "version",
     .weight = &model::BlendWeights::blend_version,
     .sign = -1,
     .steps = kCosineSteps},
}};

// Everything the score of one candidate is computed from, but for the weights.
struct Evidence {
  data::SongRow song = 0;
  std::array<float, kTerms> values{};

  float& operator[](Term term) { return values[static_cast<std::size_t>(term)]; }
  float operator[](Term term) const { return values[static_cast<std::size_t>(term)]; }
};

// The weights as the score needs them: in the order of the table, signed.
class TermWeights {
 public:
  TermWeights() = default;
  explicit TermWeights(const model::BlendWeights& weights) {
    for (std::size_t i = 0; i < kTerms; ++i) {
      const TermRow& row = kTermRows[i];
      weights_[i] = row.weight == nullptr ? 1 : row.sign * static_cast<float>(weights.*row.weight);
    }
  }

  float operator[](Term term) const { return weights_[static_cast<std::size_t>(term)]; }

  float score(const Evidence& evidence) const {
    float chance = 0;
    for (std::size_t i = 0; i < kChances; ++i) chance += weights_[i] * evidence.values[i];
    float boost = 0;
    for (std::size_t i = kChances; i < kTerms; ++i) boost += weights_[i] * evidence.values[i];
    return std::log(chance) + boost;
  }

 private:
  std::array<float, kTerms> weights_{};
};

// Whether some term that reads this has a weight.
bool has_weight(const model::BlendWeights& weights, Reads reads);

// The weights with those terms switched off that `--by transitions` does without.
model::BlendWeights transitions_alone(model::BlendWeights weights);

// The parameters of the evidence itself, which the fit varies too.
struct ShapeRow {
  double model::BlendWeights::*parameter;
  WeightSteps steps;
};
inline constexpr std::array<ShapeRow, 6> kShapeRows = {{
    {&model::BlendWeights::blend_transition_half_life, {true, {0.6, 1.6, 0, 0}}},
    {&model::BlendWeights::blend_transition_power, {true, {0.85, 1.2, 0, 0}}},
    {&model::BlendWeights::blend_backward, {true, {0.5, 2, 0, 0}}},
    {&model::BlendWeights::blend_seed_damping, {false, {-0.2, 0.2, 0, 0}}},
    {&model::BlendWeights::blend_vector_half_life, {true, {0.6, 2, 0, 0}}},
    {&model::BlendWeights::blend_repeater, {false, {-0.5, 0.5, 0, 0}}},
}};

}  // namespace segue::recommend
