// Ranks in processes of their own, with a TCP connection between every two.
#pragma once

#include <chrono>
#include <memory>

#include "segue/ranks/launch.h"
#include "segue/train/communicator.h"

namespace segue::ranks {

// Returns when all ranks are connected. REQUIRES: !launch.alone(). A call of the communicator that waits for a rank
// longer than `timeout` fails, and so does one that a process ended in. Throws as Meeting does.
std::unique_ptr<train::Communicator> connect_ranks(const Launch& launch, std::chrono::milliseconds timeout);

}  // namespace segue::ranks
