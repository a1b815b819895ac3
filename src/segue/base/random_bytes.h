// Random bytes of the system, for what nobody may guess or make twice.
#pragma once

#include <span>

namespace segue {

// Throws io_failed if the system has no randomness.
void fill_with_random(std::span<unsigned char> bytes);

}  // namespace segue
