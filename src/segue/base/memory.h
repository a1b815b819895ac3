// The memory of the machine.
#pragma once

#include <cstdint>

namespace segue {

// Bytes of memory that this process may use: those of the machine, or fewer if a control group limits it.
std::uint64_t memory_bytes();

// Gives memory that was freed back to the system. Worth a call where a job that held much of it goes on with less.
void release_free_memory();

// For a process that serves for long: what a thread frees goes back to the system once it is more than a few megabytes.
// Otherwise each thread keeps as much as its largest request took, for the next.
void keep_little_free_memory();

}  // namespace segue
