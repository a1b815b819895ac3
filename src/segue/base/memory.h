// The memory of the machine.
#pragma once

#include <cstdint>

namespace segue {

// Bytes of memory that this process may use: those of the machine, or fewer if a control group limits it.
std::uint64_t memory_bytes();

}  // namespace segue
