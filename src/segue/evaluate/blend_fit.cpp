#include "segue/evaluate/blend_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/evaluate/blend_batch.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kCutoff = 10;
constexpr std::size_t kScored = 150;

// How a weight is varied: by added steps or by factors.
struct Variation {
  double model::BlendWeights::*weight;
  bool by_factor;
  std::array<double, 4> steps;  // 0: none
  bool changes_evidence;        // T or q, not just their weights in the sum
};

constexpr std::array<Variation, 21> kVariations = {{
    {&model::BlendWeights::blend_familiar, false, {-0.3, -0.1, 0.1, 0.3}, false},
    {&model::BlendWeights::blend_returns, true, {0.1, 0.33, 3, 10}, false},
    {&model::BlendWeights::blend_own_transitions, true, {0.1, 0.33, 3, 10}, false},
    {&model::BlendWeights::blend_trend_days, true, {0.1, 0.33, 3, 10}, false},
    {&model::BlendWeights::blend_trend_weeks, true, {0.1, 0.33, 3, 10}, false},
    {&model::BlendWeights::blend_trend_months, true, {0.1, 0.33, 3, 10}, false},
    {&model::BlendWeights::blend_repeater, false, {-0.5, 0.5, 1, 0}, true},
    {&model::BlendWeights::blend_transition_half_life, true, {0.75, 1.3, 0, 0}, true},
    {&model::BlendWeights::blend_seed_damping, false, {-0.2, 0.2, 0, 0}, true},
    {&model::BlendWeights::blend_transition_power, true, {0.85, 1.2, 0, 0}, true},
    {&model::BlendWeights::blend_backward, true, {0.7, 1.4, 0, 0}, true},
    {&model::BlendWeights::blend_popularity_damping, false, {-0.1, -0.05, 0.05, 0.1}, false},
    {&model::BlendWeights::blend_recent_context, false, {-2, -1, 1, 2}, false},
    {&model::BlendWeights::blend_recent_songs, false, {-1, -0.5, 0.5, 1}, false},
    {&model::BlendWeights::blend_last_song, false, {-1, -0.5, 0.5, 1}, false},
    {&model::BlendWeights::blend_last_context, false, {-1, -0.5, 0.5, 1}, false},
    {&model::BlendWeights::blend_last_artist, false, {-0.5, -0.2, 0.2, 0.5}, false},
    {&model::BlendWeights::blend_recent_artists, false, {-0.1, 0.1, 0.2, 0.4}, false},
    {&model::BlendWeights::blend_version, false, {-1, -0.5, 0.5, 1}, false},
    {&model::BlendWeights::blend_floor, true, {0.1, 0.33, 3, 10}, false},
    {&model::BlendWeights::blend_vector_half_life, true, {0.7, 1.5, 0, 0}, true},
}};

bool in_range(const model::BlendWeights& weights) {
  for (const OptionRow& row : OptionsOf<model::BlendWeights>::rows) {
    const double value = std::get<double>(row.value(&weights));
    if (value < row.range.least || value > row.range.most) return false;
  }
  return true;
}

// The evidence of the candidates at one position, the target first.
struct CandidateRange {
  std::uint32_t unit = 0;
  std::uint32_t begin = 0;  // in Fitter::evidence_
  std::uint32_t count = 0;
};

class Fitter {
 public:
  Fitter(const data::Dataset& dataset, const Split& split, Ingredients& ingredients, const BlendFitOptions& options)
      : dataset_(dataset),
        split_(split),
        ingredients_(ingredients),
        options_(options),
        knowledge_(*ingredients.knowledge()),
        sources_(ingredients.blend_sources()),
        unit_rows_(ingredients.packed_unit_vectors()) {
    choose_positions();
  }

  BlendFit run(const model::BlendWeights& start) {
    Progress& progress = ingredients_.progress();
    progress.begin("fit the blend", kVariations.size() * (2 + options_.rounds), "weights");
    BlendFit fit;
    fit.positions = position_count_;
    gather(start);
    std::vector<double> ndcg = gains(start);
    fit.ndcg_before = mean(ndcg);
    model::BlendWeights weights = start;
    climb(weights, ndcg, false);
    // A second start: from weights without context vectors, the way to a large weight for them leads downhill at first.
    model::BlendWeights other = start;
    other.blend_recent_context += 4;
    other.blend_recent_songs = 0;  // the evidence is that of `start`
    std::vector<double> other_ndcg = gains(other);
    climb(other, other_ndcg, false);
    if (certain_gain(ndcg, other_ndcg) > 0) {
      weights = other;
      ndcg = std::move(other_ndcg);
    }
    gather(weights);
    for (std::uint32_t round = 0; round < options_.rounds; ++round) {
      if (!climb(weights, ndcg, true)) break;
    }
    progress.end();
    fit.weights = weights;
    fit.ndcg = mean(ndcg);
    return fit;
  }

 private:
  // Evenly spaced positions of discovery mode. Those with an unknown target count but always score 0.
  void choose_positions() {
    const std::vector<Position> all = list_positions(dataset_, split_, options_.heard);
    std::vector<Position> candidates;
    const Mode mode = split_.kind == SplitKind::last_song ? Mode::any : options_.mode;
    for (const Position& position : all) {
      if (belongs(position, mode)) candidates.push_back(position);
    }
    position_count_ = std::min<std::size_t>(candidates.size(), options_.most_positions);
    for (std::size_t i = 0; i < position_count_; ++i) {
      const Position& position = candidates[i * candidates.size() / position_count_];
      if (position.target != kUnknownSong) positions_.push_back(position);
    }
    if (positions_.empty()) {
      fail(ErrorCode::bad_input, "the blend: expected validation positions whose next song is known, found none of {}",
           position_count_);
    }
  }

  // One pass over all weights, or over those that do not change the evidence. Returns whether one was moved.
  bool climb(model::BlendWeights& weights, std::vector<double>& ndcg, bool all) {
    bool moved = false;
    for (const Variation& variation : kVariations) {
      ingredients_.check_stop("the blend");
      if (all || !variation.changes_evidence) moved |= improve(variation, weights, ndcg);
      ingredients_.progress().update(++done_, fmt::format("NDCG@10 {:.4f}", mean(ndcg)));
    }
    return moved;
  }

  bool improve(const Variation& variation, model::BlendWeights& weights, std::vector<double>& ndcg) {
    model::BlendWeights best = weights;
    std::vector<double> best_ndcg;
    double best_gain = 0;
    for (const double step : variation.steps) {
      if (step == 0) continue;
      model::BlendWeights tried = weights;
      tried.*variation.weight = variation.by_factor ? tried.*variation.weight * step : tried.*variation.weight + step;
      if (!in_range(tried)) continue;
      if (variation.changes_evidence) gather(tried);
      std::vector<double> mine = gains(tried);
      const double gain = certain_gain(ndcg, mine);
      if (gain <= best_gain) continue;
      best = tried;
      best_gain = gain;
      best_ndcg = std::move(mine);
    }
    if (best_gain > 0) {
      weights = best;
      ndcg = std::move(best_ndcg);
    }
    if (variation.changes_evidence) gather(weights);
    return best_gain > 0;
  }

  // The total gain if it is more than its standard error over units, else 0.
  double certain_gain(std::span<const double> before, std::span<const double> after) const {
    std::vector<double> by_unit(split_.units);
    double sum = 0;
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      by_unit[ranges_[i].unit] += after[i] - before[i];
      sum += after[i] - before[i];
    }
    double squares = 0;
    for (const double gain : by_unit) squares += gain * gain;
    return sum > std::sqrt(squares) ? sum : 0;
  }

  double mean(std::span<const double> ndcg) const {
    double sum = 0;
    for (const double one : ndcg) sum += one;
    return sum / static_cast<double>(position_count_);
  }

  // Collects the evidence of every candidate at every position, in batches shared by the threads.
  void gather(const model::BlendWeights& weights) {
    constexpr std::size_t kBatch = index::kBatchQueries;
    const std::size_t batches = (positions_.size() + kBatch - 1) / kBatch;
    std::vector<std::vector<recommend::Evidence>> evidence(batches);
    std::vector<std::vector<CandidateRange>> ranges(batches);
    parallel_for(batches, 1, ingredients_.threads(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t batch = begin; batch < end; ++batch) {
        const std::size_t first = batch * kBatch;
        const std::size_t count = std::min(kBatch, positions_.size() - first);
        gather_batch(weights, first, count, evidence[batch], ranges[batch]);
      }
    });
    evidence_.clear();
    ranges_.clear();
    for (std::size_t batch = 0; batch < batches; ++batch) {
      for (CandidateRange& range : ranges[batch]) {
        range.begin += static_cast<std::uint32_t>(evidence_.size());
        ranges_.push_back(range);
      }
      evidence_.insert(evidence_.end(), evidence[batch].begin(), evidence[batch].end());
      evidence[batch] = {};
    }
  }

  void gather_batch(const model::BlendWeights& weights, std::size_t first, std::size_t count,
                    std::vector<recommend::Evidence>& evidence, std::vector<CandidateRange>& ranges) const {
    QueryBatch batch(dataset_, split_, knowledge_, options_.heard);
    for (const Position& position : std::span(positions_).subspan(first, count)) {
      ranges.push_back({.unit = split_.held_out[position.held_out].unit});
    }
    BlendBatch blend(sources_, weights, unit_rows_);
    blend.for_each(batch.make(positions_, first, count), kCutoff,
                   [&](std::size_t i, const recommend::BlendQuery& query, std::span<const std::uint32_t> candidates) {
                     const std::uint32_t target = positions_[first + i].target;
                     if (!std::ranges::binary_search(candidates, target)) return;  // cannot be predicted
                     ranges[i].begin = static_cast<std::uint32_t>(evidence.size());
                     evidence.push_back(query.evidence(target));
                     std::vector<recommend::Evidence> others = query.evidence(candidates);
                     if (others.size() > kScored) {
                       std::vector<std::pair<float, std::uint32_t>> scores;
                       for (std::uint32_t o = 0; o < others.size(); ++o)
                         scores.emplace_back(-others[o].score(weights), o);
                       std::ranges::nth_element(scores, scores.begin() + kScored);
                       std::vector<recommend::Evidence> kept;
                       for (std::size_t o = 0; o < kScored; ++o) kept.push_back(others[scores[o].second]);
                       others = std::move(kept);
                     }
                     std::uint32_t count_kept = 1;
                     for (const recommend::Evidence& other : others) {
                       if (other.song == target) continue;
                       evidence.push_back(other);
                       ++count_kept;
                     }
                     ranges[i].count = count_kept;
                   });
  }

  // NDCG@10 at each position.
  std::vector<double> gains(const model::BlendWeights& weights) const {
    std::vector<double> ndcg(ranges_.size());
    parallel_for(ranges_.size(), 64, ingredients_.threads(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) ndcg[i] = gain(ranges_[i], weights);
    });
    return ndcg;
  }

  double gain(const CandidateRange& range, const model::BlendWeights& weights) const {
    if (range.count == 0) return 0;
    const std::span<const recommend::Evidence> candidates = std::span(evidence_).subspan(range.begin, range.count);
    const math::ScoredRow target{candidates[0].song, candidates[0].score(weights)};
    std::size_t rank = 1;
    for (const recommend::Evidence& other : candidates.subspan(1)) {
      if (math::is_better({other.song, other.score(weights)}, target) && ++rank > kCutoff) return 0;
    }
    return 1 / std::log2(1.0 + static_cast<double>(rank));
  }

  const data::Dataset& dataset_;
  const Split& split_;
  Ingredients& ingredients_;
  const BlendFitOptions options_;
  const Knowledge& knowledge_;
  const recommend::BlendSources sources_;
  const math::PackedRows& unit_rows_;
  std::vector<Position> positions_;
  std::size_t position_count_ = 0;  // including those with an unknown target
  std::uint64_t done_ = 0;          // weights
  std::vector<CandidateRange> ranges_;
  std::vector<recommend::Evidence> evidence_;
};

}  // namespace

BlendFit fit_blend(const data::Dataset& dataset, const Split& split, Ingredients& ingredients,
                   const model::BlendWeights& start, const BlendFitOptions& options) {
  return Fitter(dataset, split, ingredients, options).run(start);
}

}  // namespace segue::evaluate
