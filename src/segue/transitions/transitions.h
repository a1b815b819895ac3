// Transitions: which songs are played shortly after and shortly before each song, and how often.
//
// For every two plays of a queue at distance d <= window, the later song B counts 1/d as forward for the earlier song A
// (B was played after A), and A counts 1/d as backward for B. A song keeps the `kept` neighbours with the largest
// forward + backward weight, strongest first (ties: smaller row).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"

namespace segue::data {
class Queues;  // data/dataset/queues.h
}

namespace segue::transitions {

inline constexpr std::uint32_t kTransitionsKept = 200;
// Wider than the window of training: pairs up to ten songs apart predict the next song best, whatever window the
// vectors are trained with (docs/quality.md).
inline constexpr std::uint32_t kTransitionWindow = 10;

// One song's transitions; entry j of every span belongs to neighbour j.
struct TransitionsOf {
  std::span<const std::uint32_t> neighbours;  // rows, never the song itself
  std::span<const float> forward;             // sum of 1/distance of the neighbour's plays after the song
  std::span<const float> backward;            // of those before it
  std::span<const std::uint32_t> counts;      // pairs of plays within the window, both directions; at most 2^32 - 1
};

// All transitions in memory, as compressed sparse rows.
struct Transitions {
  std::uint32_t window = kTransitionWindow;  // pairs are at most this many plays apart
  std::vector<std::uint64_t> offsets;        // songs + 1
  std::vector<std::uint32_t> neighbours;
  std::vector<float> forward;
  std::vector<float> backward;
  std::vector<std::uint32_t> counts;

  TransitionsOf of(std::uint32_t song) const;
};

struct TransitionOptions {
  std::uint32_t window = kTransitionWindow;
  std::uint32_t kept = kTransitionsKept;
  std::uint32_t most_count = std::numeric_limits<std::uint32_t>::max();  // larger counts become this
  // For pairs not yet summed, 16 bytes each. With less memory, the queues are read more often. A single song whose
  // pairs need more gets more.
  std::size_t memory_bytes = std::size_t{1} << 30;
  std::uint32_t threads = 0;
};

// Counts the transitions among songs with row < song_count; others are skipped as if the queues did not have them.
// The result does not depend on threads or memory_bytes. Throws interrupted when `stop` is requested.
Transitions count_transitions(const data::Queues& queues, std::uint32_t song_count, const TransitionOptions& options,
                              Progress& progress, std::stop_token stop);

}  // namespace segue::transitions
