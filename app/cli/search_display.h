// A search while it goes on: a table that stays in place on a terminal, a line for each trial otherwise.
#pragma once

#include <memory>
#include <span>

#include "segue/evaluate/tuning/best_options.h"
#include "segue/evaluate/tuning/search.h"

#include "app/cli/terminal.h"

namespace segue::cli {

// The trials with the best NDCG, the best first, at most `count`.
Table best_trials(std::span<const evaluate::Trial> trials, const evaluate::Space& space, std::size_t count);

// Both the observer of the search and the progress of its trainings. Writes to standard error; nothing with --quiet.
class SearchDisplay : public evaluate::SearchObserver, public Progress {
 public:
  // Where what is on the screen only for the time of the search is taken away.
  virtual void close() = 0;
};

// `plan` outlives it. `spent`: seconds of the trials that the journal had.
std::unique_ptr<SearchDisplay> make_search_display(const Terminal& terminal, const evaluate::SearchPlan& plan,
                                                   double spent);

}  // namespace segue::cli
