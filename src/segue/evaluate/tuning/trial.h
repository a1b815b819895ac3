// One training with some options, and what it scored on the validation part.
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
  double ndcg = 0;  // at 10, the mean over positions: what is searched for
  double hit_rate = 0;
  TuneQuery query = TuneQuery::last;  // never best
};

struct Trial {
  std::uint32_t number = 0;  // of the set of options; 0: the options given, as they are
  std::uint32_t rung = 0;    // how far it was let (halving.h)
  train::TrainOptions options = {};
  TrialScore sample = {};              // at the positions that every trial is measured at
  std::optional<TrialScore> all = {};  // at all positions, for those that were among the best of their time
  double seconds = 0;                  // training and measuring
  std::string failure = {};            // why it has no score; "" where it has one

  bool is_given() const { return number == 0; }
};

// The trial to take: the best at all positions, the first of equal ones. Nothing where none was measured at all.
const Trial* best_of(std::span<const Trial> trials);

// Seconds of all of them.
double spent_on(std::span<const Trial> trials);

// Measures at the discovery positions of the split (at all of --split last-song), or at `options.positions` of them
// that are drawn by the seed.
class TrialRunner {
 public:
  // Dataset and split outlive it. Throws bad_input where the split has no such position.
  TrialRunner(const data::Dataset& dataset, const Split& split, const EvaluateOptions& evaluate,
              const TuneOptions& options, std::uint64_t seed);

  // Trains and measures `trial.options`; fills everything but number and rung. All positions are asked where the
  // sample's NDCG is at least `worth_all`. A training whose loss runs away to infinity is a failure, no error. Throws
  // interrupted when `stop` is requested, and what training throws else.
  void run(Trial& trial, double worth_all, Progress& progress, const std::stop_token& stop) const;

  std::uint64_t positions() const { return all_.size(); }
  std::uint64_t sampled() const { return sample_.size(); }
  Mode mode() const { return mode_; }

 private:
  const data::Dataset& dataset_;
  const Split& split_;
  const EvaluateOptions evaluate_;
  const TuneQuery query_;
  Mode mode_;
  std::vector<Position> all_;
  std::vector<Position> sample_;
};

}  // namespace segue::evaluate
