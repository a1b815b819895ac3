#include "segue/index/coded_rows.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/math/codes.h"

namespace segue::index {

namespace {

constexpr std::size_t kCodedRowsPerPiece = 4096;

}  // namespace

CodedRows::CodedRows(math::MatrixView<const float> vectors, std::span<const float> inverse_norms,
                     std::size_t threads) try
    : rows_(vectors.rows),
      length_(math::coded_length(vectors.columns)),
      bytes_(vectors.rows * (length_ + sizeof(RowCode))) {
  SEGUE_ASSERT(vectors.rows == inverse_norms.size());
  parallel_for(vectors.rows, kCodedRowsPerPiece, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      auto* const codes = reinterpret_cast<std::int8_t*>(at(row));
      const float scale = math::encode(vectors[row], inverse_norms[row], codes);
      float square = 0;
      for (std::size_t i = 0; i < vectors.columns; ++i) {
        const float off = vectors[row][i] * inverse_norms[row] - scale * static_cast<float>(codes[i]);
        square += off * off;
      }
      *reinterpret_cast<RowCode*>(at(row) + length_) = {scale, std::sqrt(square)};
    }
  });
} catch (const std::bad_alloc&) {
  fail(ErrorCode::no_space, "codes of {} vectors: expected {} more bytes of memory than there are", vectors.rows,
       vectors.rows * (math::coded_length(vectors.columns) + sizeof(RowCode)));
}

}  // namespace segue::index
