// Vectors in clusters, like those of songs, for tests of search.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "segue/base/random.h"
#include "segue/index/exact.h"
#include "segue/math/matrix.h"

namespace segue::testing {

struct Clustered {
  math::Matrix matrix;
  std::vector<float> inverse_norms;

  // One row in 97 is all zeros. The same arguments give the same vectors.
  Clustered(std::size_t rows, std::size_t columns, std::size_t clusters, std::uint64_t seed = 1)
      : matrix(rows, columns), inverse_norms(rows) {
    for (std::size_t row = 0; row < rows; ++row) {
      Random centre(seed, row % clusters);
      Random own(seed + 1, row);
      double square = 0;
      for (float& number : matrix.view()[row]) {
        number = 2 * centre.uniform_float() - 1 + 0.6F * (2 * own.uniform_float() - 1);
        if (row % 97 == 13) number = 0;
        square += static_cast<double>(number) * number;
      }
      inverse_norms[row] = square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0;
    }
  }

  index::ExactIndex exact() const { return {matrix.view(), inverse_norms}; }

  // The row at length 1.
  std::vector<float> unit(std::size_t row) const {
    std::vector<float> numbers(matrix.view()[row].begin(), matrix.view()[row].end());
    for (float& number : numbers) number *= inverse_norms[row];
    return numbers;
  }
};

}  // namespace segue::testing
