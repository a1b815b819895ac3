// Who is trained next, and for how long: successive halving, one trial at a time.
//
// Every set of options is first trained for a few epochs, with a whole learning-rate schedule of its own; one of
// `reduction` goes on to `reduction` times the epochs, and so on up to the most epochs of the space (Jamieson,
// Talwalkar 2016, arXiv:1502.07943). Nobody waits for a rung to fill up: whoever is among the best of those that its
// rung has so far goes on at once, and else a new set of options comes in at the bottom (the asynchronous rule of Li et
// al. 2020, arXiv:1810.05934), so that the search has a good answer whenever it is stopped. A step further up is a
// training from the beginning: one that goes on would have to take up a schedule that has already come to its end.
//
// Pure functions of what was tried: a search that is gone on with takes the same steps.
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
  std::uint32_t number = 0;  // of the set of options; one more than there are: a new one
  std::uint32_t rung = 0;

  bool operator==(const Step&) const = default;
};

// The best of each rung go on, the highest rung first; else a new set comes in at the bottom while there are fewer than
// `most_numbers`. When no new ones come, the best of each rung goes on in any case, so that the top is reached. A step
// that `affordable` refuses is passed over. Nothing when there is no step. The trial of the given options (number 0)
// belongs to no rung.
std::optional<Step> next_step(std::span<const Trial> trials, std::size_t rungs, std::uint32_t reduction,
                              std::uint32_t most_numbers, const std::function<bool(const Step&)>& affordable);

}  // namespace segue::evaluate
