#include "segue/evaluate/tuning/trial.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/measure.h"
#include "segue/evaluate/methods/methods.h"

namespace segue::evaluate {

namespace {

constexpr std::uint64_t kSampleStream = 0x5a3b;

// `count` of the positions, drawn uniformly, in their order.
std::vector<Position> sample_of(std::span<const Position> positions, std::uint64_t count, std::uint64_t seed) {
  std::vector<Position> sample;
  Random random(seed, kSampleStream);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto left = static_cast<double>(positions.size() - i);
    if (random.uniform() * left < static_cast<double>(count - sample.size())) sample.push_back(positions[i]);
  }
  return sample;
}

// Measures the song vectors of one training run with either query.
class Measurer {
 public:
  Measurer(const data::Dataset& dataset, const Split& split, const Knowledge& knowledge,
           const EvaluateOptions& evaluate, Ingredients& ingredients)
      : dataset_(dataset), split_(split), knowledge_(knowledge), evaluate_(evaluate), ingredients_(ingredients) {}

  TrialScore measure(TuneQuery query, std::span<const Position> positions) {
    const MeasurementInput input{dataset_, split_, knowledge_, evaluate_.heard, positions, artists_, {}, {}};
    const Measurements measured =
        evaluate::measure(method(query), input, ingredients_.threads(), ingredients_.progress(), ingredients_.stop());
    AccuracySum sum;
    for (std::size_t i = 0; i < positions.size(); ++i) sum.add(measured.outcomes[i], positions[i].relevant);
    const Accuracy accuracy = sum.mean();
    return {.ndcg = accuracy.ndcg[0], .hit_rate = accuracy.hit_rate[0], .query = query};
  }

 private:
  const Method& method(TuneQuery query) {
    std::unique_ptr<Method>& method = methods_[query];
    if (!method) {
      method = make_method(method_name_of(query), {.vector_metric = evaluate_.vector_metric});
      method->fit(ingredients_);
    }
    return *method;
  }

  const data::Dataset& dataset_;
  const Split& split_;
  const Knowledge& knowledge_;
  const EvaluateOptions& evaluate_;
  Ingredients& ingredients_;
  const std::vector<std::uint32_t> artists_ = std::vector<std::uint32_t>(split_.training.song_count());
  std::map<TuneQuery, std::unique_ptr<Method>> methods_;
};

}  // namespace

std::string_view method_name_of(TuneQuery query) {
  return query == TuneQuery::last ? "sgns" : "sgns-10";
}

const Trial* best_of(std::span<const Trial> trials) {
  const Trial* best = nullptr;
  for (const Trial& trial : trials) {
    if (trial.all && (best == nullptr || trial.all->ndcg > best->all->ndcg)) best = &trial;
  }
  return best;
}

double spent_on(std::span<const Trial> trials) {
  return std::accumulate(trials.begin(), trials.end(), 0.0,
                         [](double sum, const Trial& trial) { return sum + trial.seconds; });
}

TrialRunner::TrialRunner(const data::Dataset& dataset, const Split& split, const EvaluateOptions& evaluate,
                         const TuneOptions& options, std::uint64_t seed)
    : dataset_(dataset),
      split_(split),
      knowledge_(dataset, split),
      evaluate_(evaluate),
      query_(options.query),
      mode_(split.kind == SplitKind::last_song ? Mode::any : Mode::discovery) {
  for (const Position& position : list_positions(dataset, split, evaluate.heard)) {
    if (position.mode == mode_) all_.push_back(position);
  }
  if (all_.empty()) {
    fail(ErrorCode::bad_input,
         "expected positions of the validation part whose next song was not just heard, found none in {} queues",
         split.held_out.size());
  }
  sample_ = sample_of(all_, std::min<std::uint64_t>(options.positions, all_.size()), seed);
}

void TrialRunner::run(Trial& trial, double worth_all, Progress& progress, const std::stop_token& stop) const {
  const auto start = std::chrono::steady_clock::now();
  Ingredients ingredients(split_.training, trial.options, progress, stop);
  Measurer measurer(dataset_, split_, knowledge_, evaluate_, ingredients);
  try {
    ingredients.vectors();
    for (const TuneQuery query : {TuneQuery::last, TuneQuery::recent}) {
      if (query_ != TuneQuery::best && query_ != query) continue;
      const TrialScore score = measurer.measure(query, sample_);
      const bool is_first = query == TuneQuery::last || query_ != TuneQuery::best;
      if (is_first || score.ndcg > trial.sample.ndcg) trial.sample = score;
    }
    if (trial.sample.ndcg >= worth_all) {
      trial.all = sample_.size() == all_.size() ? trial.sample : measurer.measure(trial.sample.query, all_);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::wrong_use) throw;
    trial.failure = error.what();
  }
  trial.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace segue::evaluate
