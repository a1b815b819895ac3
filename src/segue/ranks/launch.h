// Who a process is among the ranks of a training run: what torchrun, Kubeflow's TrainJob and Spark put into the
// environment, and what a line of shell makes of Slurm's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace segue::ranks {

struct Launch {
  std::size_t rank = 0;    // RANK
  std::size_t ranks = 1;   // WORLD_SIZE
  std::string address;     // MASTER_ADDR: the host of rank 0
  std::uint16_t port = 0;  // MASTER_PORT, where rank 0 awaits the others

  bool alone() const { return ranks == 1; }
};

// A variable's value, or nullptr.
using Environment = std::function<const char*(const char* name)>;

// None if WORLD_SIZE is not set. Below torchrun, whose agent listens at MASTER_PORT itself, the port is the one after.
// Throws wrong_use if one of the four is missing or no number in its range.
std::optional<Launch> launch_in(const Environment& environment);

}  // namespace segue::ranks
