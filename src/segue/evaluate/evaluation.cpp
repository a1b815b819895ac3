#include "segue/evaluate/evaluation.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <unordered_map>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/measure.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kShownPositions = 400;  // whose lists are kept to choose examples from
constexpr std::size_t kExamples = 6;
constexpr std::size_t kExampleHeard = 4;
constexpr std::uint64_t kBootstrapStream = 0xb007;

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<std::uint32_t> number_artists(const data::Dataset& dataset, const Split& split) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  std::vector<std::uint32_t> artists;
  for (const std::uint32_t row : split.rows) {
    const std::string_view artist = dataset.songs.song(row).artist;
    const auto next = static_cast<std::uint32_t>(numbers.size() + 1);
    artists.push_back(artist.empty() ? 0 : numbers.try_emplace(artist, next).first->second);
  }
  return artists;
}

// The decile of each song; each decile has a tenth of the plays.
std::vector<std::uint8_t> deciles_of(std::span<const std::uint64_t> plays) {
  const double total = std::accumulate(plays.begin(), plays.end(), 0.0);
  std::vector<std::uint8_t> deciles;
  double before = 0;
  for (const std::uint64_t count : plays) {
    deciles.push_back(static_cast<std::uint8_t>(std::min<double>(kDeciles - 1, before / total * kDeciles)));
    before += static_cast<double>(count);
  }
  return deciles;
}

std::size_t history_group(std::uint32_t at) {
  const auto above = std::ranges::upper_bound(kHistoryLengths, std::max<std::uint32_t>(at, 1));
  return static_cast<std::size_t>(above - kHistoryLengths.begin()) - 1;
}

class Evaluator {
 public:
  Evaluator(const data::Dataset& dataset, const Split& split, const EvaluateOptions& options,
            const train::TrainOptions& train, Progress& progress, std::stop_token stop)
      : dataset_(dataset),
        split_(split),
        options_(options),
        train_(train),
        progress_(progress),
        stop_(std::move(stop)),
        knowledge_(dataset, split),
        positions_(list_positions(dataset, split, options.heard)),
        artists_(number_artists(dataset, split)),
        deciles_(deciles_of(split.training.plays)) {}

  Evaluation run(std::vector<std::unique_ptr<Method>> methods) {
    describe();
    choose_shown();
    Ingredients ingredients(split_.training, train_, progress_, stop_, &knowledge_);
    fit_all(methods, ingredients);
    math::MatrixView<const float> unit_vectors;
    if (ingredients.has_vectors()) unit_vectors = ingredients.unit_vectors().view();
    const MeasurementInput input{dataset_,   split_,   knowledge_,   options_.heard,
                                 positions_, artists_, unit_vectors, shown_};
    for (std::size_t i = 0; i < methods.size(); ++i) {
      const Clock::time_point start = Clock::now();
      measured_.push_back(measure(*methods[i], input, thread_count(train_.threads), progress_, stop_));
      result_.methods[i].rank_seconds = seconds_since(start);
      for (const ModeSummary& mode : result_.modes) result_.methods[i].modes.push_back(score(mode, measured_[i]));
    }
    for (std::size_t mode = 0; mode < result_.modes.size(); ++mode) compare(mode);
    choose_examples();
    return std::move(result_);
  }

 private:
  void describe() {
    result_.seed = train_.seed;
    result_.split = split_.kind;
    result_.training_queues = split_.training.queues.size();
    result_.training_plays = split_.training_plays;
    result_.songs = split_.training.song_count();
    result_.held_out_queues = split_.held_out.size();
    result_.units = split_.units;
    for (const Mode mode : kAllModes) {
      ModeSummary summary{.mode = mode};
      for (const Position& position : positions_) {
        if (!belongs(position, mode)) continue;
        ++summary.positions;
        ++summary.by_history[history_group(position.at)];
        if (position.target == kUnknownSong) {
          ++summary.unknown;
        } else {
          ++summary.by_popularity[deciles_[position.target]];
        }
      }
      if (summary.positions > 0) result_.modes.push_back(summary);
    }
  }

  // Evenly spaced over the positions of the first mode whose next song is known.
  void choose_shown() {
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t i = 0; i < positions_.size(); ++i) {
      if (belongs(positions_[i], result_.modes[0].mode) && positions_[i].target != kUnknownSong)
        candidates.push_back(i);
    }
    const std::size_t count = std::min(kShownPositions, candidates.size());
    for (std::size_t i = 0; i < count; ++i) shown_.push_back(candidates[i * candidates.size() / count]);
  }

  void fit_all(std::vector<std::unique_ptr<Method>>& methods, Ingredients& ingredients) {
    std::vector<std::unique_ptr<Method>> fitted;
    for (std::unique_ptr<Method>& method : methods) {
      ingredients.check_stop(method->name());
      const Clock::time_point start = Clock::now();
      if (!method->fit(ingredients)) {
        result_.skipped.emplace_back(method->name());
        continue;
      }
      MethodScore& score = result_.methods.emplace_back();
      score.name = method->name();
      score.summary = method->summary();
      score.baseline = method->is_baseline();
      score.fit_seconds = seconds_since(start);
      score.settings = all_settings_of(*method);
      fitted.push_back(std::move(method));
    }
    methods = std::move(fitted);
    if (methods.empty()) {
      fail(ErrorCode::wrong_use, "--baselines {}: expected one that applies to this dataset, found none",
           options_.baselines);
    }
  }

  ModeScore score(const ModeSummary& mode, const Measurements& measured) const {
    ModeScore result;
    AccuracySum sum;
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      const Position& position = positions_[i];
      if (!belongs(position, mode.mode)) continue;
      const Outcome& outcome = measured.outcomes[i];
      sum.add(outcome, position.relevant);
      const double hit = outcome.rank > 0 && outcome.rank <= kCutoffs[0] ? 1 : 0;
      const double ndcg = ndcg_of(outcome, kCutoffs[0]);
      const auto add = [&](SliceScore& slice, std::uint64_t count) {
        slice.hit_rate += hit / static_cast<double>(count);
        slice.ndcg += ndcg / static_cast<double>(count);
      };
      const std::size_t group = history_group(position.at);
      add(result.by_history[group], mode.by_history[group]);
      if (position.target == kUnknownSong) continue;
      const std::uint8_t decile = deciles_[position.target];
      add(result.by_popularity[decile], mode.by_popularity[decile]);
    }
    result.accuracy = sum.mean();
    result.lists = measured.lists[static_cast<std::size_t>(mode.mode)];
    return result;
  }

  // Finds the reference of a mode and every method's difference from it.
  void compare(std::size_t mode) {
    std::size_t reference = 0;
    for (std::size_t i = 1; i < result_.methods.size(); ++i) {
      const auto rank = [&](std::size_t method) {
        return std::pair(result_.methods[method].baseline, result_.methods[method].modes[mode].accuracy.ndcg[0]);
      };
      if (rank(i) > rank(reference)) reference = i;
    }
    result_.references.push_back(reference);
    const Accuracy best = result_.methods[reference].modes[mode].accuracy;
    for (MethodScore& method : result_.methods) {
      ModeScore& mine = method.modes[mode];
      mine.hit_rate_gain = mine.accuracy.hit_rate[0] - best.hit_rate[0];
      mine.ndcg_gain = mine.accuracy.ndcg[0] - best.ndcg[0];
    }
    if (options_.resamples > 0) add_intervals(mode, reference);
  }

  void add_intervals(std::size_t mode, std::size_t reference) {
    // Numbers the units that have positions of this mode.
    std::vector<std::uint32_t> place(split_.units, kNobody);
    std::vector<std::uint32_t> counts;
    const auto unit_of = [&](const Position& position) { return split_.held_out[position.held_out].unit; };
    for (const Position& position : positions_) {
      if (!belongs(position, result_.modes[mode].mode)) continue;
      std::uint32_t& mine = place[unit_of(position)];
      if (mine == kNobody) {
        mine = static_cast<std::uint32_t>(counts.size());
        counts.push_back(0);
      }
      ++counts[mine];
    }
    std::vector<UnitSums> metrics;  // HitRate and NDCG of the first method, of the second, ...
    std::vector<std::size_t> references;
    for (const Measurements& measured : measured_) {
      UnitSums hits(counts.size());
      UnitSums ndcg(counts.size());
      for (std::size_t i = 0; i < positions_.size(); ++i) {
        const Outcome& outcome = measured.outcomes[i];
        if (!belongs(positions_[i], result_.modes[mode].mode)) continue;
        if (outcome.rank == 0 || outcome.rank > kCutoffs[0]) continue;
        hits[place[unit_of(positions_[i])]] += 1;
        ndcg[place[unit_of(positions_[i])]] += ndcg_of(outcome, kCutoffs[0]);
      }
      metrics.push_back(std::move(hits));
      metrics.push_back(std::move(ndcg));
      references.push_back(2 * reference);
      references.push_back(2 * reference + 1);
    }
    const BootstrapResult intervals = bootstrap(metrics, references, counts, options_.resamples,
                                                train_.seed ^ kBootstrapStream, thread_count(train_.threads));
    for (std::size_t i = 0; i < result_.methods.size(); ++i) {
      ModeScore& mine = result_.methods[i].modes[mode];
      mine.hit_rate = intervals.means[2 * i];
      mine.ndcg = intervals.means[2 * i + 1];
      mine.hit_rate_gain_interval = intervals.differences[2 * i];
      mine.ndcg_gain_interval = intervals.differences[2 * i + 1];
    }
  }

  // Right and wrong predictions of the method with the best NDCG@10 in the first mode, at most one from each queue.
  void choose_examples() {
    std::size_t best = 0;
    for (std::size_t i = 1; i < result_.methods.size(); ++i) {
      const auto ndcg = [&](std::size_t method) { return result_.methods[method].modes[0].accuracy.ndcg[0]; };
      if (ndcg(i) > ndcg(best)) best = i;
    }
    result_.example_method = result_.methods[best].name;
    std::uint32_t last_queue = kNobody;
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const Position& position = positions_[shown_[i]];
      const std::uint32_t rank = measured_[best].outcomes[shown_[i]].rank;
      if (position.held_out == last_queue || measured_[best].shown[i].empty()) continue;
      std::vector<ExamplePrediction>* const kind = rank > 0 && rank <= 3 ? &result_.good
                                                   : rank == 0           ? &result_.bad
                                                                         : nullptr;
      if (kind == nullptr || kind->size() == kExamples) continue;
      last_queue = position.held_out;
      kind->push_back(example_of(position, rank, measured_[best].shown[i]));
    }
  }

  ExamplePrediction example_of(const Position& position, std::uint32_t rank,
                               std::span<const std::uint32_t> list) const {
    const std::span<const std::uint32_t> songs = dataset_.queues.songs(split_.held_out[position.held_out].queue);
    const std::size_t from = position.at - std::min<std::size_t>(kExampleHeard, position.at);
    ExamplePrediction example;
    example.target = songs[position.at];
    example.rank = rank;
    example.heard.assign(songs.begin() + static_cast<std::ptrdiff_t>(from),
                         songs.begin() + static_cast<std::ptrdiff_t>(position.at));
    for (const std::uint32_t song : list) example.list.push_back(split_.rows[song]);
    return example;
  }

  const data::Dataset& dataset_;
  const Split& split_;
  const EvaluateOptions& options_;
  const train::TrainOptions& train_;
  Progress& progress_;
  const std::stop_token stop_;
  const Knowledge knowledge_;
  const std::vector<Position> positions_;
  const std::vector<std::uint32_t> artists_;
  const std::vector<std::uint8_t> deciles_;
  std::vector<std::uint32_t> shown_;    // positions
  std::vector<Measurements> measured_;  // of each method
  Evaluation result_;
};

}  // namespace

Evaluation evaluate(const data::Dataset& dataset, const Split& split, std::vector<std::unique_ptr<Method>> methods,
                    const EvaluateOptions& options, const train::TrainOptions& train, Progress& progress,
                    std::stop_token stop) {
  return Evaluator(dataset, split, options, train, progress, std::move(stop)).run(std::move(methods));
}

}  // namespace segue::evaluate
