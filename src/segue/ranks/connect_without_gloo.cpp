#include "segue/base/error.h"
#include "segue/ranks/connect.h"

namespace segue::ranks {

bool has_gloo() {
  return false;
}

std::unique_ptr<train::Communicator> connect_ranks(const Launch& launch, std::chrono::milliseconds) {
  fail(ErrorCode::unsupported,
       "WORLD_SIZE {}: expected a build with Gloo, found one without: install libgloo-dev and "
       "build Segue again",
       launch.ranks);
}

}  // namespace segue::ranks
