// A bound on the computing of one request.
//
// What a request costs depends on numbers that multiply: songs disliked times songs scored, songs picked times songs to
// choose from, picks times reasons. Each may be modest and their product still keep a core busy for minutes. A unit is
// about one product of two vectors. Counting units rather than seconds, a request is refused on every machine or none.
#pragma once

#include <cstdint>

#include "segue/base/error.h"

namespace segue {

// What spend() throws: a request that is well-formed and too large.
class TooMuchWork final : public Error {
 public:
  using Error::Error;
};

// Not thread safe.
class WorkBudget {
 public:
  explicit WorkBudget(std::uint64_t units) : units_(units), left_(units) {}

  // To be called before the work is done. Throws TooMuchWork, a bad_input, if it is more than is left.
  void spend(std::uint64_t units) {
    if (units > left_) {
      throw TooMuchWork(ErrorCode::bad_input,
                        fmt::format("expected a request of at most {} million products of vectors, found more; ask for "
                                    "fewer songs, or with fewer dislikes, interests or list rules",
                                    units_ / kMillion));
    }
    left_ -= units;
  }
  std::uint64_t left() const { return left_; }

 private:
  static constexpr std::uint64_t kMillion = 1'000'000;

  std::uint64_t units_;
  std::uint64_t left_;
};

// For callers that may have none.
inline void spend(WorkBudget* budget, std::uint64_t units) {
  if (budget != nullptr) budget->spend(units);
}

}  // namespace segue
