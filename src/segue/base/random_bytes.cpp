#include "segue/base/random_bytes.h"

#include <cerrno>

#include <sys/random.h>

#include "segue/base/error.h"

namespace segue {

void fill_with_random(std::span<unsigned char> bytes) {
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    fail_errno("random bytes", errno);
  }
}

}  // namespace segue
