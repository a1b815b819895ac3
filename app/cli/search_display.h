// Shows a running search: as a table that stays in place on a terminal, otherwise as a line for each trial.
#pragma once

#include <memory>
#include <span>

#include "segue/evaluate/tuning/best_options.h"
#include "segue/evaluate/tuning/search.h"

#include "app/cli/terminal.h"

namespace segue::cli {

// The trials with the best NDCG, best first, at most `count`, and the given options.
Table best_trials(std::span<const evaluate::Trial> trials, const evaluate::Space& space, std::size_t count);

// Observes the search and the progress of its training runs. Writes to standard error; nothing with --quiet.
class SearchDisplay : public evaluate::SearchObserver, public Progress {
 public:
  // Removes what is on the screen only during the search.
  virtual void close() = 0;
};

// REQUIRES: plan outlives the display. `spent`: seconds of the trials already in the journal.
std::unique_ptr<SearchDisplay> make_search_display(const Terminal& terminal, const evaluate::SearchPlan& plan,
                                                   double spent);

}  // namespace segue::cli
