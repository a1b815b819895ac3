#include "segue/evaluate/tuning/halving.h"

#include <algorithm>
#include <cmath>

namespace segue::evaluate {

namespace {

// The trials of a rung, best first, the earlier first among equal ones, failures last.
std::vector<const Trial*> ranked(std::span<const Trial> trials, std::uint32_t rung) {
  std::vector<const Trial*> found;
  for (const Trial& trial : trials) {
    if (!trial.is_given() && trial.rung == rung) found.push_back(&trial);
  }
  std::ranges::stable_sort(found, [](const Trial* a, const Trial* b) {
    if (a->failure.empty() != b->failure.empty()) return a->failure.empty();
    return a->sample.ndcg > b->sample.ndcg;
  });
  return found;
}

}  // namespace

std::vector<std::uint32_t> rungs_of(std::uint32_t least, std::uint32_t most, std::uint32_t reduction) {
  std::vector<std::uint32_t> epochs;
  double rung = most;
  while (rung > 0.5) {
    const auto whole = static_cast<std::uint32_t>(std::lround(rung));
    if (whole < least || (!epochs.empty() && whole == epochs.back())) break;
    epochs.push_back(whole);
    rung /= reduction;
  }
  std::ranges::reverse(epochs);
  return epochs;
}

std::optional<Step> next_step(std::span<const Trial> trials, std::size_t rungs, std::uint32_t reduction,
                              std::uint32_t most_numbers, const std::function<bool(const Step&)>& affordable) {
  std::uint32_t numbers = 0;
  for (const Trial& trial : trials) numbers = std::max(numbers, trial.number);
  const bool is_last_round = numbers >= most_numbers;
  for (auto rung = static_cast<std::uint32_t>(rungs - 1); rung-- > 0;) {
    const std::vector<const Trial*> here = ranked(trials, rung);
    const std::size_t promoted = std::max<std::size_t>(here.size() / reduction, is_last_round ? 1 : 0);
    for (std::size_t i = 0; i < std::min(promoted, here.size()); ++i) {
      const Step step{here[i]->number, rung + 1};
      const bool is_done = std::ranges::any_of(
          trials, [&](const Trial& trial) { return trial.number == step.number && trial.rung == step.rung; });
      if (here[i]->failure.empty() && !is_done && affordable(step)) return step;
    }
  }
  const Step step{numbers + 1, 0};
  if (!is_last_round && affordable(step)) return step;
  return std::nullopt;
}

}  // namespace segue::evaluate
