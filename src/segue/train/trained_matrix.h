// A trained matrix, in the number type it was trained in.
#pragma once

#include <cstddef>
#include <utility>

#include "segue/math/matrix.h"

namespace segue::train {

// rows x columns numbers, either floats or Bf16, readable as floats.
class TrainedMatrix {
 public:
  TrainedMatrix() = default;
  TrainedMatrix(math::Matrix floats) : floats_(std::move(floats)) {}  // NOLINT(google-explicit-constructor)
  TrainedMatrix(math::MatrixOf<math::Bf16> halves)
      : halves_(std::move(halves)) {}  // NOLINT(google-explicit-constructor)

  std::size_t rows() const { return floats_.rows() + halves_.rows(); }
  std::size_t columns() const { return floats_.columns() + halves_.columns(); }

  // A row's numbers: in place, or written to `scratch` (columns() floats).
  const float* row(std::size_t r, float* scratch) const {
    if (halves_.rows() == 0) return floats_.view().row(r);
    math::widen(halves_.view()[r], scratch);
    return scratch;
  }

  // Converts Bf16 to floats, which takes twice the memory.
  void widen_all() {
    if (halves_.rows() == 0) return;
    math::Matrix floats(rows(), columns());
    for (std::size_t r = 0; r < floats.rows(); ++r) math::widen(halves_.view()[r], floats.view().row(r));
    floats_ = std::move(floats);
    halves_ = {};
  }

  // REQUIRES: trained as floats, or widened.
  math::MatrixView<float> view() { return floats_.view(); }
  math::MatrixView<const float> view() const { return floats_.view(); }

 private:
  math::Matrix floats_;
  math::MatrixOf<math::Bf16> halves_;
};

}  // namespace segue::train
