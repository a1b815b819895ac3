// Runs a search: trial after trial until the budget is spent.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/tuning/halving.h"
#include "segue/evaluate/tuning/journal.h"
#include "segue/evaluate/tuning/space.h"
#include "segue/evaluate/tuning/trial.h"

namespace segue::evaluate {

// Called from one thread, between trials.
class SearchObserver {
 public:
  virtual ~SearchObserver() = default;
  // `before`: the finished trials. `trial` has its options but no score yet.
  virtual void started(const Trial& trial, std::span<const Trial> before) = 0;
  // `trials`: the finished trials, with this one at the end.
  virtual void finished(std::span<const Trial> trials) = 0;
};

// Why a search ended.
enum class SearchEnd { trials, time, stopped };

struct SearchPlan {
  Space space;
  std::vector<std::uint32_t> rungs;  // epochs of each
  TuneOptions options;
  std::uint64_t seed = 1;
};

// The queue length that covers nine in ten plays: a window this long spans most queues. At least 2, at most the largest
// window of training.
std::uint32_t whole_queue_length(const data::Queues& queues);

// Everything the scores depend on, for the journal.
json::object about_search(const data::Dataset& dataset, const Split& split, const SplitOptions& split_options,
                          const EvaluateOptions& evaluate, const SearchPlan& plan);

// Resumes from the trials in the journal, and adds every finished trial to it, the given options first. Neither a
// request to stop nor the end of the time is an error; the trial they interrupt is lost. A trial that would not finish
// in time, judging by earlier ones, is not started. Throws what training with the given options throws, and what the
// journal throws.
SearchEnd search(const SearchPlan& plan, const TrialRunner& runner, Journal& journal, SearchObserver& observer,
                 Progress& progress, const std::stop_token& stop);

// The share of the differences between the trials of the lowest rung that each dimension accounts for by itself: the
// part of the variance of NDCG that lies between four groups of trials by its value (or its values, for a choice). 0
// with fewer than eight trials. Rough: four groups account for 3 / (trials - 1) by chance.
std::vector<double> importance_of(const Space& space, std::span<const Trial> trials);

}  // namespace segue::evaluate
