// Transitions: which songs are played shortly after and shortly before each song, and how often.
//
// For every two plays of a queue at distance d <= window, the later song B counts 1/d as forward for the earlier song A
// (B was played after A), and A counts 1/d as backward for B. A song keeps the `kept` neighbours with the largest
// forward + backward weight (ties: smaller row).
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

struct Transition {
  std::uint32_t neighbour = 0;
  float forward = 0;
  float backward = 0;
  std::uint32_t count = 0;
  bool operator==(const Transition&) const = default;
};

// One song's transitions; entry j of every column belongs to neighbour j.
struct TransitionsOf {
  std::vector<std::uint32_t> neighbours;  // rows, never the song itself, each once
  std::vector<float> forward;             // sum of 1/distance of the neighbour's plays after the song
  std::vector<float> backward;            // of those before it
  std::vector<std::uint32_t> counts;      // pairs of plays within the window, both directions; at most 2^32 - 1
  bool operator==(const TransitionsOf&) const = default;
};

// All transitions in memory, encoded (coded_list.h).
class Transitions {
 public:
  Transitions() = default;
  explicit Transitions(std::uint32_t songs, std::uint32_t window = kTransitionWindow)
      : window_(window), lists_(songs) {}

  std::uint32_t songs() const { return static_cast<std::uint32_t>(lists_.size()); }
  std::uint32_t window() const { return window_; }  // pairs are at most this many plays apart
  std::uint64_t entries() const;                    // of all songs
  // All REQUIRE: song < songs().
  TransitionsOf of(std::uint32_t song) const;  // neighbours ascending
  std::vector<TransitionsOf> of(std::span<const std::uint32_t> songs) const;
  std::span<const std::uint8_t> coded(std::uint32_t song) const { return lists_[song]; }
  // REQUIRES: neighbours ascending, each once. Thread safe for different songs.
  void set(std::uint32_t song, const TransitionsOf& list);

  bool operator==(const Transitions&) const = default;

 private:
  std::uint32_t window_ = kTransitionWindow;
  std::vector<std::vector<std::uint8_t>> lists_;
};

struct TransitionOptions {
  std::uint32_t window = kTransitionWindow;
  std::uint32_t kept = kTransitionsKept;
  std::uint32_t most_count = std::numeric_limits<std::uint32_t>::max();  // larger counts become this
  // For where songs are played, 8 bytes a play. With less memory, the queues are read more often. A single song with
  // more plays gets more.
  std::size_t memory_bytes = std::size_t{1} << 30;
  std::uint32_t threads = 0;
};

// Counts the transitions among songs with row < song_count; others are skipped as if the queues did not have them.
// The result does not depend on threads or memory_bytes. Throws interrupted when `stop` is requested.
Transitions count_transitions(const data::Queues& queues, std::uint32_t song_count, const TransitionOptions& options,
                              Progress& progress, std::stop_token stop);

}  // namespace segue::transitions
