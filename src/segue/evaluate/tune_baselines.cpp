#include "segue/evaluate/tune_baselines.h"

#include <algorithm>
#include <array>

#include "segue/base/random.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/measure.h"

namespace segue::evaluate {

namespace {

constexpr std::uint64_t kTuningStream = 0x7a5e;

// At most kTuningPositions of each task, in their order.
std::vector<Position> tuning_positions(std::span<const Position> all, std::uint64_t seed) {
  std::array<std::uint64_t, kAllTasks.size()> left{};
  for (const Position& position : all) ++left[static_cast<std::size_t>(task_of(position.mode))];
  std::array<std::uint64_t, kAllTasks.size()> wanted{};
  for (std::size_t task = 0; task < wanted.size(); ++task) wanted[task] = std::min(left[task], kTuningPositions);
  std::vector<Position> drawn;
  Random random(seed, kTuningStream);
  for (const Position& position : all) {
    const auto task = static_cast<std::size_t>(task_of(position.mode));
    if (random.uniform() * static_cast<double>(left[task]--) >= static_cast<double>(wanted[task])) continue;
    --wanted[task];
    drawn.push_back(position);
  }
  return drawn;
}

using ByTask = std::array<double, kAllTasks.size()>;

// Tunes one method after another on the same positions.
class Tuner {
 public:
  Tuner(const data::Dataset& dataset, const Split& split, std::uint32_t heard, const train::TrainOptions& train,
        Progress& progress, const std::stop_token& stop)
      : dataset_(dataset),
        split_(split),
        heard_(heard),
        knowledge_(dataset, split),
        positions_(tuning_positions(list_positions(dataset, split, heard), train.seed)),
        artists_(split.training.song_count()),
        ingredients_(split.training, train, progress, stop, &knowledge_) {
    for (const Position& position : positions_) has_[static_cast<std::size_t>(task_of(position.mode))] = true;
  }

  void tune(Method& method, std::vector<ChosenSettings>& chosen) {
    if (method.settings().empty() || !method.fit(ingredients_)) return;
    std::array<std::vector<double>, kAllTasks.size()> best;
    for (const Task task : kAllTasks) {
      const std::span<const double> values = method.values(task);
      best[static_cast<std::size_t>(task)].assign(values.begin(), values.end());
    }
    ByTask best_ndcg = ndcg_of_method(method);
    for (std::size_t setting = 0; setting < method.settings().size(); ++setting) {
      const double start = method.settings()[setting].value;
      for (const double value : method.settings()[setting].values) {
        if (value == start) continue;
        for (const Task task : kAllTasks) {
          std::vector<double> tried = best[static_cast<std::size_t>(task)];
          tried[setting] = value;
          method.set(task, tried);
        }
        method.fit(ingredients_);
        const ByTask ndcg = ndcg_of_method(method);
        for (std::size_t task = 0; task < ndcg.size(); ++task) {
          if (ndcg[task] <= best_ndcg[task]) continue;
          best_ndcg[task] = ndcg[task];
          best[task][setting] = value;
        }
      }
    }
    for (const Task task : kAllTasks) {
      if (!has_[static_cast<std::size_t>(task)]) continue;
      method.set(task, best[static_cast<std::size_t>(task)]);
      chosen.push_back({std::string(method.name()), task, settings_of(method, task)});
    }
  }

 private:
  ByTask ndcg_of_method(const Method& method) {
    const MeasurementInput input{dataset_, split_, knowledge_, heard_, positions_, artists_, {}, {}};
    const Measurements measured =
        measure(method, input, ingredients_.threads(), ingredients_.progress(), ingredients_.stop());
    ByTask sums{};
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      sums[static_cast<std::size_t>(task_of(positions_[i].mode))] += ndcg_of(measured.outcomes[i], kCutoffs[0]);
    }
    return sums;
  }

  const data::Dataset& dataset_;
  const Split& split_;
  const std::uint32_t heard_;
  const Knowledge knowledge_;
  const std::vector<Position> positions_;
  const std::vector<std::uint32_t> artists_;
  Ingredients ingredients_;
  std::array<bool, kAllTasks.size()> has_{};
};

}  // namespace

std::vector<ChosenSettings> tune_baselines(const data::Dataset& dataset, SplitOptions split_options,
                                           std::vector<std::unique_ptr<Method>> methods, std::uint32_t heard,
                                           const train::TrainOptions& train, Progress& progress,
                                           const std::stop_token& stop) {
  std::vector<ChosenSettings> chosen;
  std::erase_if(methods, [](const std::unique_ptr<Method>& method) { return method->settings().empty(); });
  if (methods.empty()) return chosen;
  split_options.part = SplitPart::validation;
  split_options.max_positions = 0;
  const Split split = make_split(dataset, split_options, train::least_plays(train), train.seed);
  Tuner tuner(dataset, split, heard, train, progress, stop);
  for (std::unique_ptr<Method>& method : methods) {
    tuner.tune(*method, chosen);
    method.reset();  // what it learnt is not needed any more
  }
  return chosen;
}

}  // namespace segue::evaluate
