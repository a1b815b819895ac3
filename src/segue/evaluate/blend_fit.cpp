#include "segue/evaluate/blend_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/evaluate/blend_batch.h"
#include "segue/recommend/blend_query.h"

namespace segue::evaluate {

namespace {

using recommend::Evidence;
using recommend::TermRow;
using recommend::TermWeights;

constexpr std::size_t kCutoff = 10;
// Of the candidates at a position, the best so many compete for the first ten places, however weights change in a
// round.
constexpr std::size_t kCompeting = 150;

bool in_range(const model::BlendWeights& weights) {
  for (const OptionRow& row : OptionsOf<model::BlendWeights>::rows) {
    const double value = std::get<double>(row.value(&weights));
    if (value < row.range.least || value > row.range.most) return false;
  }
  return true;
}

// A position and the songs that compete there, with their evidence: the target first.
struct Contest {
  std::uint32_t unit = 0;
  std::vector<Evidence> songs;  // empty if the target cannot be predicted
};

// NDCG@10 of the target.
double gain_of(const Contest& contest, const TermWeights& weights) {
  if (contest.songs.empty()) return 0;
  const math::ScoredRow target{contest.songs[0].song, weights.score(contest.songs[0])};
  std::size_t rank = 1;
  for (const Evidence& other : std::span(contest.songs).subspan(1)) {
    if (math::is_better({other.song, weights.score(other)}, target) && ++rank > kCutoff) return 0;
  }
  return 1 / std::log2(1.0 + static_cast<double>(rank));
}

class Fitter {
 public:
  Fitter(const data::Dataset& dataset, const Split& split, Ingredients& ingredients, const BlendFitOptions& options)
      : dataset_(dataset),
        split_(split),
        ingredients_(ingredients),
        options_(options),
        sources_(sources_of(ingredients, options)),
        unit_rows_(ingredients.packed_unit_vectors()) {
    SEGUE_ASSERT(ingredients.knowledge() != nullptr);
    choose_positions();
  }

  BlendFit run(const model::BlendWeights& start) {
    const std::size_t varied = recommend::kTerms + recommend::kShapeRows.size();
    ingredients_.progress().begin("fit the blend", (options_.rounds + 1) * varied, "weights");
    BlendFit fit;
    fit.positions = position_count_;
    find_candidates(start);
    fit.ndcg_before = mean(gains(start));
    model::BlendWeights weights = start;
    for (std::uint32_t round = 0; round < options_.rounds; ++round) {
      if (round > 0) find_candidates(weights);
      std::vector<double> ndcg = gains(weights);
      bool moved = climb_terms(weights, ndcg);
      if (round == 0 && try_context(weights, ndcg)) moved = true;
      if (climb_shapes(weights, ndcg)) moved = true;
      if (!moved) break;
    }
    find_candidates(weights);
    judge_teacher(weights);
    fit.ndcg = mean(gains(weights));
    fit.worth = worth_of_terms(weights);
    fit.weights = weights;
    ingredients_.progress().end();
    return fit;
  }

 private:
  static recommend::BlendSources sources_of(Ingredients& ingredients, const BlendFitOptions& options) {
    recommend::BlendSources sources = ingredients.blend_sources();
    sources.teacher = options.teacher;
    return sources;
  }

  // Drops a teacher that is not certain to help.
  void judge_teacher(model::BlendWeights& weights) const {
    if (weights.blend_teacher == 0) return;
    model::BlendWeights without = weights;
    without.blend_teacher = 0;
    if (certain_gain(gains(without), gains(weights)) <= 0) weights = without;
  }

  // Evenly spaced. Those with an unknown target count but always score 0.
  void choose_positions() {
    const Mode mode = split_.kind == SplitKind::last_song ? Mode::any : options_.mode;
    std::vector<Position> candidates;
    for (const Position& position : list_positions(dataset_, split_, options_.heard)) {
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

  // Every weight of the score once.
  bool climb_terms(model::BlendWeights& weights, std::vector<double>& ndcg) {
    bool moved = false;
    for (const TermRow& row : recommend::kTermRows) {
      if (row.weight != nullptr) moved |= improve(row.weight, row.steps, weights, ndcg, false);
      note(ndcg);
    }
    return moved;
  }

  // Every parameter of the evidence once.
  bool climb_shapes(model::BlendWeights& weights, std::vector<double>& ndcg) {
    bool moved = false;
    for (const recommend::ShapeRow& row : recommend::kShapeRows) {
      moved |= improve(row.parameter, row.steps, weights, ndcg, true);
      note(ndcg);
    }
    return moved;
  }

  // A second start: from weights without context vectors, the way to a large weight for them leads downhill at first.
  bool try_context(model::BlendWeights& weights, std::vector<double>& ndcg) {
    model::BlendWeights other = weights;
    other.blend_recent_context += 4;
    other.blend_recent_songs = 0;
    std::vector<double> other_ndcg = gains(other);
    climb_terms(other, other_ndcg);
    if (certain_gain(ndcg, other_ndcg) <= 0) return false;
    weights = other;
    ndcg = std::move(other_ndcg);
    return true;
  }

  void note(std::span<const double> ndcg) {
    ingredients_.check_stop("the blend");
    ingredients_.progress().update(++done_, fmt::format("NDCG@10 {:.4f}", mean(ndcg)));
  }

  bool improve(double model::BlendWeights::*weight, const recommend::WeightSteps& steps, model::BlendWeights& weights,
               std::vector<double>& ndcg, bool changes_evidence) {
    model::BlendWeights best = weights;
    std::vector<double> best_ndcg;
    double best_gain = 0;
    for (const double step : steps.steps) {
      if (step == 0) continue;
      model::BlendWeights tried = weights;
      tried.*weight = steps.by_factor ? tried.*weight * step : tried.*weight + step;
      if (!in_range(tried)) continue;
      if (changes_evidence) gather_evidence(tried);
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
    if (changes_evidence) gather_evidence(weights);
    return best_gain > 0;
  }

  // The total gain if it is more than its standard error over units, else 0.
  double certain_gain(std::span<const double> before, std::span<const double> after) const {
    std::vector<double> by_unit(split_.units);
    double sum = 0;
    for (std::size_t i = 0; i < contests_.size(); ++i) {
      by_unit[contests_[i].unit] += after[i] - before[i];
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

  std::array<double, recommend::kTerms> worth_of_terms(const model::BlendWeights& weights) const {
    std::array<double, recommend::kTerms> worth{};
    const double whole = mean(gains(weights));
    for (const TermRow& row : recommend::kTermRows) {
      if (row.weight == nullptr || row.term == recommend::Term::floor || weights.*row.weight == 0) continue;
      model::BlendWeights without = weights;
      without.*row.weight = 0;
      worth[static_cast<std::size_t>(row.term)] = whole - mean(gains(without));
    }
    return worth;
  }

  // Sets contests_ to the songs that compete at each position with these weights, in batches shared by the threads.
  void find_candidates(const model::BlendWeights& weights) {
    constexpr std::size_t kBatch = index::kBatchQueries;
    contests_.assign(positions_.size(), {});
    parallel_for((positions_.size() + kBatch - 1) / kBatch, 1, ingredients_.threads(),
                 [&](std::size_t begin, std::size_t end) {
                   for (std::size_t batch = begin; batch < end; ++batch) {
                     const std::size_t first = batch * kBatch;
                     find_candidates(weights, first, std::min(kBatch, positions_.size() - first));
                   }
                 });
  }

  void find_candidates(const model::BlendWeights& weights, std::size_t first, std::size_t count) {
    QueryBatch batch(dataset_, split_, *ingredients_.knowledge(), options_.heard);
    const model::Blend both{weights, weights};
    BlendBatch blend(sources_, both, unit_rows_);
    const TermWeights term_weights(weights);
    for (std::size_t i = first; i < first + count; ++i) {
      contests_[i].unit = split_.held_out[positions_[i].held_out].unit;
    }
    blend.for_each(batch.make(positions_, first, count), kCutoff,
                   [&](std::size_t i, const recommend::BlendQuery& query, std::span<const std::uint32_t> candidates) {
                     const std::uint32_t target = positions_[first + i].target;
                     if (!std::ranges::binary_search(candidates, target)) return;  // cannot be predicted
                     contests_[first + i].songs = competitors(query.evidence(candidates), target, term_weights);
                   });
  }

  // The target, then the best others, best first, so that most of a loss is known early.
  static std::vector<Evidence> competitors(std::vector<Evidence> songs, std::uint32_t target,
                                           const TermWeights& weights) {
    std::vector<std::pair<float, std::size_t>> order;
    for (std::size_t i = 0; i < songs.size(); ++i) {
      const bool is_target = songs[i].song == target;
      order.emplace_back(is_target ? -std::numeric_limits<float>::infinity() : -weights.score(songs[i]), i);
    }
    const auto kept = static_cast<std::ptrdiff_t>(std::min(order.size(), kCompeting + 1));
    std::ranges::partial_sort(order, order.begin() + kept);
    std::vector<Evidence> best;
    for (const auto& [score, i] : std::span(order.begin(), order.begin() + kept)) best.push_back(songs[i]);
    return best;
  }

  // Computes the evidence of the competing songs anew.
  void gather_evidence(const model::BlendWeights& weights) {
    parallel_for(contests_.size(), 64, ingredients_.threads(), [&](std::size_t begin, std::size_t end) {
      QueryBatch batch(dataset_, split_, *ingredients_.knowledge(), options_.heard);
      for (std::size_t i = begin; i < end; ++i) {
        Contest& contest = contests_[i];
        if (contest.songs.empty()) continue;
        const Query& query = batch.make(positions_, i, 1).front();
        std::vector<data::SongRow> rows;
        for (const Evidence& song : contest.songs) rows.push_back(song.song);
        contest.songs = recommend::BlendQuery(sources_, weights, query.heard, {query.past, query.start}).evidence(rows);
      }
    });
  }

  // NDCG@10 of each contest.
  std::vector<double> gains(const model::BlendWeights& weights) const {
    const TermWeights term_weights(weights);
    std::vector<double> ndcg(contests_.size());
    parallel_for(contests_.size(), 64, ingredients_.threads(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) ndcg[i] = gain_of(contests_[i], term_weights);
    });
    return ndcg;
  }

  const data::Dataset& dataset_;
  const Split& split_;
  Ingredients& ingredients_;
  const BlendFitOptions options_;
  const recommend::BlendSources sources_;
  const math::PackedRows& unit_rows_;
  std::vector<Position> positions_;
  std::size_t position_count_ = 0;  // including those with an unknown target
  std::uint64_t done_ = 0;          // weights
  std::vector<Contest> contests_;   // of each position
};

}  // namespace

BlendFit fit_blend(const data::Dataset& dataset, const Split& split, Ingredients& ingredients,
                   const model::BlendWeights& start, const BlendFitOptions& options) {
  return Fitter(dataset, split, ingredients, options).run(start);
}

}  // namespace segue::evaluate
