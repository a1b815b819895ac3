#include "segue/recommend/blend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "segue/base/error.h"
#include "segue/math/kernels.h"
#include "segue/math/prefetch.h"

namespace segue {

namespace {

// Songs heard so long ago that they count less than this do not count.
constexpr double kLeastWeight = 0.01;

double decay_of(double half_life) {
  return std::exp2(-1 / half_life);
}

// By row, stable, so that each sum adds up in the same order whatever else is there: digit by digit, least first, a
// fraction of what comparisons take for a few thousand.
void sort_by_row(std::vector<ScoredRow>& parts) {
  constexpr std::uint32_t kBits = 11;
  constexpr std::uint32_t kDigits = 1U << kBits;
  std::uint32_t largest = 0;
  for (const ScoredRow& part : parts) largest = std::max(largest, part.row);
  std::vector<ScoredRow> sorted(parts.size());
  for (std::uint32_t shift = 0; shift < 32 && largest >> shift != 0; shift += kBits) {
    std::array<std::uint32_t, kDigits + 1> begins{};
    for (const ScoredRow& part : parts) ++begins[(part.row >> shift) % kDigits + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    for (const ScoredRow& part : parts) sorted[begins[(part.row >> shift) % kDigits]++] = part;
    parts.swap(sorted);
  }
}

float damped(float score, double plays, double damping) {
  return static_cast<float>(score * std::pow(plays, -damping));
}

}  // namespace

float Evidence::score(const BlendWeights& weights) const {
  const double sum = std::log(static_cast<double>(transitions) + weights.blend_floor) -
                     weights.blend_popularity_damping * log_plays + weights.blend_last_song * last_song +
                     weights.blend_recent_songs * recent_songs + weights.blend_last_context * last_context +
                     weights.blend_recent_context * recent_context + weights.blend_last_artist * last_artist +
                     weights.blend_recent_artists * recent_artists - weights.blend_version * version;
  return static_cast<float>(sum);
}

BlendQuery::BlendQuery(const BlendSources& sources, const BlendWeights& weights, std::span<const std::uint32_t> heard)
    : sources_(sources), weights_(weights), recent_(sources.vectors.columns) {
  SEGUE_ASSERT(!heard.empty());
  const std::size_t used = std::min(heard.size(), kBlendHeard);
  heard_.assign(heard.rbegin(), heard.rbegin() + static_cast<std::ptrdiff_t>(used));

  const double vector_decay = decay_of(weights.blend_vector_half_life);
  double weight = 1;
  for (const std::uint32_t song : heard_) {
    keys_.push_back(sources.keys(song));
    artist_weights_.push_back(static_cast<float>(weight));
    const float scale = static_cast<float>(weight) * sources.inverse_norms[song];
    if (scale > 0) best_kernels().axpy(scale, sources.vectors.row(song), recent_.data(), recent_.size());
    weight *= vector_decay;
  }
  const float length = std::sqrt(best_kernels().squared_norm(recent_.data(), recent_.size()));
  if (length > 0) best_kernels().scale(1 / length, recent_.data(), recent_.size());

  const double transition_decay = decay_of(weights.blend_transition_half_life);
  const auto power = static_cast<float>(weights.blend_transition_power);
  const auto backward = static_cast<float>(weights.blend_backward);
  weight = 1;
  for (const std::uint32_t song : heard_) {
    if (weight < kLeastWeight) break;
    const auto plays = static_cast<double>(sources.plays(song));
    const auto scale = static_cast<float>(weight * std::pow(plays, -weights.blend_seed_damping));
    const TransitionsOf near = sources.transitions(song);
    for (std::size_t i = 0; i < near.neighbours.size(); ++i) {
      const float pairs = near.forward[i] + backward * near.backward[i];
      if (pairs > 0) by_transitions_.push_back({near.neighbours[i], scale * std::pow(pairs, power)});
    }
    weight *= transition_decay;
  }
  sort_by_row(by_transitions_);
  std::size_t kept = 0;
  for (const ScoredRow& part : by_transitions_) {
    if (kept > 0 && by_transitions_[kept - 1].row == part.row) {
      by_transitions_[kept - 1].score += part.score;
    } else {
      by_transitions_[kept++] = part;
    }
  }
  by_transitions_.resize(kept);
}

std::vector<std::uint32_t> BlendQuery::candidates(std::size_t count, std::span<const ScoredRow> near,
                                                  const std::function<bool(std::uint32_t)>& keeps) const {
  TopK best(count);
  for (const ScoredRow& song : by_transitions_) {
    // Damping only lowers: no need to work out by how much.
    if (weights_.blend_popularity_damping >= 0 && !best.would_keep(song)) continue;
    const auto plays = static_cast<double>(sources_.plays(song.row));
    const ScoredRow candidate{song.row, damped(song.score, plays, weights_.blend_popularity_damping)};
    if (best.would_keep(candidate) && keeps(song.row)) best.offer(candidate);
  }
  std::vector<std::uint32_t> rows;
  for (const ScoredRow& song : best.take()) rows.push_back(song.row);
  for (const ScoredRow& song : near) rows.push_back(song.row);
  std::ranges::sort(rows);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

bool BlendQuery::has_context(EvidenceOf of) const {
  return of == EvidenceOf::all || weights_.blend_last_context != 0 || weights_.blend_recent_context != 0;
}

void BlendQuery::prefetch_song(std::uint32_t song) const {
  prefetch(sources_.vectors[song]);
  if (has_context(EvidenceOf::weighted)) prefetch(sources_.context[song]);
}

Evidence BlendQuery::evidence(std::uint32_t song, EvidenceOf of) const {
  Evidence evidence;
  evidence.song = song;
  const auto found = std::ranges::lower_bound(by_transitions_, song, {}, &ScoredRow::row);
  if (found != by_transitions_.end() && found->row == song) evidence.transitions = found->score;
  evidence.log_plays = static_cast<float>(std::log(static_cast<double>(sources_.plays(song))));

  const Kernels& kernels = best_kernels();
  const std::size_t dim = recent_.size();
  const float* const vector = sources_.vectors.row(song);
  const float* const last = sources_.vectors.row(heard_.front());
  const float last_scale = sources_.inverse_norms[heard_.front()];
  const float scale = sources_.inverse_norms[song];
  evidence.last_song = last_scale * scale * kernels.dot(last, vector, dim);
  evidence.recent_songs = scale * kernels.dot(recent_.data(), vector, dim);
  if (has_context(of)) {
    const float* const context = sources_.context.row(song);
    const float square = kernels.squared_norm(context, dim);
    const float context_scale = square > 0 ? 1 / std::sqrt(square) : 0;
    evidence.last_context = last_scale * context_scale * kernels.dot(last, context, dim);
    evidence.recent_context = context_scale * kernels.dot(recent_.data(), context, dim);
  }

  const SongKeys keys = sources_.keys(song);
  for (std::size_t ago = 0; ago < heard_.size(); ++ago) {
    if (keys.artist != keys_[ago].artist) continue;
    if (ago == 0) evidence.last_artist = 1;
    evidence.recent_artists += artist_weights_[ago];
    if (keys.recording == keys_[ago].recording) evidence.version = 1;
  }
  return evidence;
}

}  // namespace segue
