// One training run with a set of options, and its score on the validation part.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/options.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/split.h"
#include "segue/evaluate/tuning/options.h"
#include "segue/train/options.h"

namespace segue::evaluate {

struct TrialScore {
  double ndcg = 0;  // at 10, mean over positions: what the search maximises
  double hit_rate = 0;
  TuneQuery query = TuneQuery::last;  // never best
};

// The method of `segue evaluate` that ranks with this query: "sgns", "sgns-10". REQUIRES: not best.
std::string_view method_name_of(TuneQuery query);

struct Trial {
  std::uint32_t number = 0;  // of the set of options; 0: the given options, unchanged
  std::uint32_t rung = 0;    // sets its epochs (halving.h)
  train::TrainOptions options = {};
  TrialScore sample = {};              // at the positions at which every trial is measured
  std::optional<TrialScore> all = {};  // at all positions, for trials that were among the best when measured
  double seconds = 0;                  // training and measuring
  std::string failure = {};            // why it has no score; "" if it has one

  bool is_given() const { return number == 0; }
};

// The best trial at all positions, the first of equal ones; null if none was measured there.
const Trial* best_of(std::span<const Trial> trials);

// Total seconds of the trials.
double spent_on(std::span<const Trial> trials);

// Measures at the discovery positions of the split (all positions with --split last-song), or at `options.positions` of
// them drawn with the seed.
class TrialRunner {
 public:
  // REQUIRES: dataset and split outlive this object. Throws bad_input if the split has no such position.
  TrialRunner(const data::Dataset& dataset, const Split& split, const EvaluateOptions& evaluate,
              const TuneOptions& options, std::uint64_t seed);

  // Trains and measures `trial.options`; fills everything except number and rung. Measures at all positions if the NDCG
  // of the sample is at least `worth_all`. A training run whose loss diverges is a failed trial, not an error. Throws
  // interrupted when `stop` is requested, and any other error of training.
  void run(Trial& trial, double worth_all, Progress& progress, const std::stop_token& stop) const;

  std::uint64_t positions() const { return all_.size(); }
  std::uint64_t sampled() const { return sample_.size(); }
  Mode mode() const { return mode_; }

 private:
  const data::Dataset& dataset_;
  const Split& split_;
  const Knowledge knowledge_;
  const EvaluateOptions evaluate_;
  const TuneQuery query_;
  Mode mode_;
  std::vector<Position> all_;
  std::vector<Position> sample_;
};

}  // namespace segue::evaluate
