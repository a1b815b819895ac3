// The search: trial after trial until the budget is spent.
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

// Told what happens; called from one thread, between trials.
class SearchObserver {
 public:
  virtual ~SearchObserver() = default;
  // `before`: what is done. The trial has its options, but no score.
  virtual void begun(const Trial& trial, std::span<const Trial> before) = 0;
  // `trials`: what is done, this one included at the end.
  virtual void ended(std::span<const Trial> trials) = 0;
};

// Why a search came to its end.
enum class SearchEnd { trials, time, stopped };

struct SearchPlan {
  Space space;
  std::vector<std::uint32_t> rungs;  // epochs of each
  TuneOptions options;
  std::uint64_t seed = 1;
};

// The length that nine of ten plays' queues do not exceed: what a window has to have to reach the whole of most queues.
// At most the largest window that training takes, at least 2.
std::uint32_t whole_queue_length(const data::Queues& queues);

// Everything that the scores depend on, for the journal.
json::object about_search(const data::Dataset& dataset, const Split& split, const SplitOptions& split_options,
                          const EvaluateOptions& evaluate, const SearchPlan& plan);

// Goes on from what the journal has; after it the journal has every trial that ended, the given options first. Neither
// a request to stop nor the end of the time is an error: the trial that it cuts short is lost. A trial that would not
// end in time, judged by those before, is not begun. Throws what the first training throws, then only what the journal
// does.
SearchEnd search(const SearchPlan& plan, const TrialRunner& runner, Journal& journal, SearchObserver& observer,
                 Progress& progress, const std::stop_token& stop);

// How much of the differences between the trials of the lowest rung each dimension accounts for by itself: the share of
// the variance of NDCG that lies between four groups of trials by its value (its values, for a choice); 0 where there
// are fewer than eight trials. Rough: four groups take 3 / (trials - 1) by chance.
std::vector<double> importance_of(const Space& space, std::span<const Trial> trials);

}  // namespace segue::evaluate
