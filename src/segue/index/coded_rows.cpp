#include "segue/index/coded_rows.h"

#include <cmath>
#include <new>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/math/codes.h"

namespace segue {

namespace {

constexpr std::size_t kRowsPerPiece = 4096;

}  // namespace

CodedRows::CodedRows(MatrixView<const float> vectors, std::span<const float> inverse_norms, std::size_t threads) try
    : length_(coded_length(vectors.columns)),
      codes_(std::make_unique_for_overwrite<std::int8_t[]>(vectors.rows * length_)),
      of_rows_(vectors.rows) {
  SEGUE_ASSERT(vectors.rows == inverse_norms.size());
  parallel_for(vectors.rows, kRowsPerPiece, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::int8_t* const codes = codes_.get() + row * length_;
      const float scale = encode(vectors[row], inverse_norms[row], codes);
      float square = 0;
      for (std::size_t i = 0; i < vectors.columns; ++i) {
        const float off = vectors[row][i] * inverse_norms[row] - scale * static_cast<float>(codes[i]);
        square += off * off;
      }
      of_rows_[row] = {scale, std::sqrt(square)};
    }
  });
} catch (const std::bad_alloc&) {
  fail(ErrorCode::no_space, "codes of {} vectors: expected {} more bytes of memory than there are", vectors.rows,
       vectors.rows * (coded_length(vectors.columns) + sizeof(RowCode)));
}

}  // namespace segue
