// Chooses the next trial and its epochs: successive halving, one trial at a time.
//
// Every set of options is first trained for a few epochs, with a complete learning-rate schedule. One in `reduction` is
// promoted to `reduction` times the epochs, and so on up to the most epochs of the space (Jamieson, Talwalkar 2016,
// arXiv:1502.07943). A rung need not fill up first: a set that is among the best of its rung so far is promoted at
// once, and otherwise a new set starts at the bottom (the asynchronous rule of Li et al. 2020, arXiv:1810.05934), so
// that the search has a good answer whenever it is stopped. A promoted set is trained from the beginning, because the
// learning rate of its shorter run has already decayed to the end.
//
// Pure functions of the trials so far, so that a resumed search takes the same steps.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "segue/evaluate/tuning/trial.h"

namespace segue::evaluate {

// The epochs of each rung, ascending: most, most / reduction, ..., none below `least`.
std::vector<std::uint32_t> rungs_of(std::uint32_t least, std::uint32_t most, std::uint32_t reduction);

struct Step {
  std::uint32_t number = 0;  // of the set of options; one more than the sets so far for a new one
  std::uint32_t rung = 0;

  bool operator==(const Step&) const = default;
};

// The best of each rung are promoted, the highest rung first; otherwise a new set starts at the bottom while there are
// fewer than `most_numbers`. After the last new set, the best of each rung is promoted in any case, so that the top is
// reached. A step that `affordable` refuses is skipped. Returns nothing if no step is left. The trial of the given
// options (number 0) belongs to no rung.
std::optional<Step> next_step(std::span<const Trial> trials, std::size_t rungs, std::uint32_t reduction,
                              std::uint32_t most_numbers, const std::function<bool(const Step&)>& affordable);

}  // namespace segue::evaluate
