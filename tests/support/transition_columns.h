// Transitions as plain columns, which tests can write by hand, change and damage.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "segue/transitions/transitions.h"

namespace segue::testing {

// Neighbours of a song in any order.
struct TransitionColumns {
  std::uint32_t window = transitions::kTransitionWindow;
  std::vector<std::uint64_t> offsets;  // songs + 1
  std::vector<std::uint32_t> neighbours;
  std::vector<float> forward;
  std::vector<float> backward;
  std::vector<std::uint32_t> counts;

  // Neighbours ascending.
  transitions::TransitionsOf of(std::uint32_t song) const {
    std::vector<std::uint64_t> order(offsets[song + 1] - offsets[song]);
    std::iota(order.begin(), order.end(), offsets[song]);
    std::ranges::sort(order, {}, [this](std::uint64_t at) { return neighbours[at]; });
    transitions::TransitionsOf list;
    for (const std::uint64_t at : order) {
      list.neighbours.push_back(neighbours[at]);
      list.forward.push_back(forward[at]);
      list.backward.push_back(backward[at]);
      list.counts.push_back(counts[at]);
    }
    return list;
  }

  operator transitions::Transitions() const {  // NOLINT(google-explicit-constructor)
    transitions::Transitions transitions(static_cast<std::uint32_t>(offsets.size() - 1), window);
    for (std::uint32_t song = 0; song < transitions.songs(); ++song) transitions.set(song, of(song));
    return transitions;
  }
};

}  // namespace segue::testing
