#include "segue/evaluate/tuning/search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "segue/base/error.h"
#include "segue/base/options_json.h"
#include "segue/evaluate/tuning/propose.h"

namespace segue::evaluate {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFinalists = 3;  // this many are measured at all positions
constexpr std::size_t kGroups = 4;
constexpr std::size_t kLeastTrials = 8;

// Stops a trial when the time is up. Trials report progress many times a second, so this needs no thread of its own.
class UntilDeadline final : public Progress {
 public:
  UntilDeadline(Progress& shown, Clock::time_point deadline) : shown_(shown), deadline_(deadline) {}

  void begin(std::string_view what, std::uint64_t total, std::string_view unit) override {
    shown_.begin(what, total, unit);
  }
  void update(std::uint64_t done, std::string_view note) override {
    if (Clock::now() >= deadline_) source_.request_stop();
    shown_.update(done, note);
  }
  void end() override { shown_.end(); }

  std::stop_source& source() { return source_; }

 private:
  Progress& shown_;
  const Clock::time_point deadline_;
  std::stop_source source_;
};

class Search {
 public:
  Search(const SearchPlan& plan, const TrialRunner& runner, Journal& journal, SearchObserver& observer,
         Progress& progress, const std::stop_token& stop)
      : plan_(plan),
        runner_(runner),
        journal_(journal),
        observer_(observer),
        progress_(progress),
        stop_(stop),
        time_(plan.options.time.count() > 0 ? std::chrono::duration<double>(plan.options.time).count()
                                            : std::numeric_limits<double>::infinity()),
        started_(Clock::now()),
        before_(spent_on(journal.trials())) {}

  SearchEnd run() {
    for (;;) {
      if (stop_.stop_requested()) return SearchEnd::stopped;
      if (left() <= 0 && !journal_.trials().empty()) return SearchEnd::time;
      const std::optional<Trial> trial = next();
      if (!trial) return is_short_ ? SearchEnd::time : SearchEnd::trials;
      if (!run(*trial)) return stop_.stop_requested() ? SearchEnd::stopped : SearchEnd::time;
    }
  }

 private:
  double left() const { return time_ - before_ - std::chrono::duration<double>(Clock::now() - started_).count(); }

  std::optional<Trial> next() {
    const std::vector<Trial>& trials = journal_.trials();
    if (trials.empty()) return Trial{.options = plan_.space.given};
    const std::uint32_t most =
        plan_.options.trials > 0 ? plan_.options.trials : std::numeric_limits<std::uint32_t>::max();
    const std::optional<Step> step = next_step(trials, plan_.rungs.size(), plan_.options.reduction, most,
                                               [this](const Step& one) { return is_affordable(one); });
    if (!step) return std::nullopt;
    Trial trial{.number = step->number, .rung = step->rung};
    if (step->rung == 0) {
      trial.options = propose(plan_.space, step->number, trials, plan_.seed);
    } else {
      trial.options = std::ranges::find(trials, step->number, &Trial::number)->options;
    }
    trial.options.epochs = plan_.rungs[step->rung];
    return trial;
  }

  // Estimates: the time of a promoted trial grows with its epochs, and a new trial takes the median time of new trials.
  bool is_affordable(const Step& step) {
    if (std::isinf(time_)) return true;
    std::vector<double> seconds;
    for (const Trial& trial : journal_.trials()) {
      if (trial.is_given()) continue;
      if (step.rung == 0 && trial.rung == 0) seconds.push_back(trial.seconds);
      if (step.rung > 0 && trial.number == step.number && trial.rung + 1 == step.rung) {
        seconds.push_back(trial.seconds * plan_.rungs[step.rung] / plan_.rungs[trial.rung]);
      }
    }
    if (seconds.empty()) return true;
    const auto median = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    std::ranges::nth_element(seconds, median);
    const bool fits = *median <= left();
    is_short_ |= !fits;
    return fits;
  }

  // The least NDCG of the sample for which a trial is measured at all positions.
  double worth_all(const Trial& trial) const {
    if (trial.is_given()) return 0;
    std::vector<double> scores;
    for (const Trial& one : journal_.trials()) {
      if (one.failure.empty()) scores.push_back(one.sample.ndcg);
    }
    if (scores.size() < kFinalists) return 0;
    std::ranges::sort(scores, std::greater());
    return scores[kFinalists - 1];
  }

  // False if it was interrupted.
  bool run(Trial trial) {
    // The given options are measured regardless of the time, so that there is something to compare with.
    const bool has_deadline = !std::isinf(time_) && !trial.is_given();
    UntilDeadline progress(progress_, has_deadline ? Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                                        std::chrono::duration<double>(left()))
                                                   : Clock::time_point::max());
    const std::stop_callback pass_on(stop_, [&] { progress.source().request_stop(); });
    observer_.started(trial, journal_.trials());
    try {
      runner_.run(trial, worth_all(trial), progress, progress.source().get_token());
    } catch (const Error& error) {
      if (error.code() != ErrorCode::interrupted) throw;
      progress.end();
      return false;
    }
    if (trial.is_given() && !trial.failure.empty()) throw Error(ErrorCode::wrong_use, trial.failure);
    journal_.add(trial);
    observer_.finished(journal_.trials());
    return true;
  }

  const SearchPlan& plan_;
  const TrialRunner& runner_;
  Journal& journal_;
  SearchObserver& observer_;
  Progress& progress_;
  const std::stop_token& stop_;
  const double time_;  // seconds
  const Clock::time_point started_;
  const double before_;    // seconds of the trials already in the journal
  bool is_short_ = false;  // a step was left, but no time for it
};

}  // namespace

std::uint32_t whole_queue_length(const data::Queues& queues) {
  constexpr double kShare = 0.9;
  constexpr std::uint64_t kMostWindow = 1000;
  std::map<std::size_t, std::uint64_t> plays_by_length;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const std::size_t length = queues.songs(queue).size();
    plays_by_length[length] += length;
  }
  std::uint64_t plays = 0;
  for (const auto& [length, count] : plays_by_length) {
    plays += count;
    if (static_cast<double>(plays) >= kShare * static_cast<double>(queues.plays())) {
      return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(length, 2, kMostWindow));
    }
  }
  return 2;
}

json::object about_search(const data::Dataset& dataset, const Split& split, const SplitOptions& split_options,
                          const EvaluateOptions& evaluate, const SearchPlan& plan) {
  json::object given = options_to_json(plan.space.given);
  given.erase("threads");
  return {{"dataset", dataset.manifest.digest},
          {"split", choice_name(split.kind)},
          {"held_out", split_options.held_out},
          {"gap", detail::duration_text(split_options.gap)},
          {"heard", evaluate.heard},
          {"vector_metric", choice_name(evaluate.vector_metric)},
          {"space", to_json(plan.space)},
          {"reduction", plan.options.reduction},
          {"query", choice_name(plan.options.query)},
          {"positions", plan.options.positions},
          {"seed", plan.seed},
          {"given", std::move(given)}};
}

SearchEnd search(const SearchPlan& plan, const TrialRunner& runner, Journal& journal, SearchObserver& observer,
                 Progress& progress, const std::stop_token& stop) {
  return Search(plan, runner, journal, observer, progress, stop).run();
}

std::vector<double> importance_of(const Space& space, std::span<const Trial> trials) {
  std::vector<const Trial*> lowest;
  for (const Trial& trial : trials) {
    if (!trial.is_given() && trial.rung == 0 && trial.failure.empty()) lowest.push_back(&trial);
  }
  std::vector<double> importance(space.dimensions.size());
  if (lowest.size() < kLeastTrials) return importance;
  const auto count = static_cast<double>(lowest.size());
  double mean = 0;
  for (const Trial* const trial : lowest) mean += trial->sample.ndcg / count;
  double variance = 0;
  for (const Trial* const trial : lowest) variance += std::pow(trial->sample.ndcg - mean, 2);
  if (variance <= 0) return importance;
  for (std::size_t d = 0; d < importance.size(); ++d) {
    const Dimension& dimension = space.dimensions[d];
    std::ranges::stable_sort(lowest, {}, [&](const Trial* trial) { return dimension.unit_of(trial->options); });
    // The groups of a choice are its values; numbers are cut into groups of equal size.
    std::map<std::size_t, std::pair<double, double>> groups;  // sum and count
    for (std::size_t i = 0; i < lowest.size(); ++i) {
      const double unit = dimension.unit_of(lowest[i]->options);
      const std::size_t group = dimension.is_choice()
                                    ? static_cast<std::size_t>(unit * static_cast<double>(dimension.values.size()))
                                    : i * kGroups / lowest.size();
      groups[group].first += lowest[i]->sample.ndcg;
      groups[group].second += 1;
    }
    for (const auto& [number, group] : groups) {
      importance[d] += group.second * std::pow(group.first / group.second - mean, 2) / variance;
    }
  }
  return importance;
}

}  // namespace segue::evaluate
