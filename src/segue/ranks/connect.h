// Ranks in processes of their own, which Gloo connects over TCP.
#pragma once

#include <chrono>
#include <memory>

#include "segue/ranks/launch.h"
#include "segue/train/communicator.h"

namespace segue::ranks {

// Whether this program was built with Gloo.
bool has_gloo();

// Returns when all ranks are connected. REQUIRES: !launch.alone(). A call of the communicator that waits for a rank
// longer than `timeout` fails, and so does one that a process ended in. Throws as Meeting does, and unsupported without
// Gloo.
std::unique_ptr<train::Communicator> connect_ranks(const Launch& launch, std::chrono::milliseconds timeout);

}  // namespace segue::ranks
