#include "segue/index/coded_rows.h"

#include <algorithm>
#include <cmath>
#include <new>

#include <sys/mman.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/math/codes.h"

namespace segue {

namespace {

constexpr std::size_t kRowsPerPiece = 4096;
constexpr std::size_t kLargePage = std::size_t{2} << 20;

}  // namespace

std::unique_ptr<std::int8_t[], CodedRows::Free> CodedRows::allocate(std::size_t bytes) {
  const std::size_t pages = (bytes + kLargePage - 1) / kLargePage;
  void* const memory = std::aligned_alloc(kLargePage, std::max<std::size_t>(pages, 1) * kLargePage);
  if (memory == nullptr) throw std::bad_alloc();
  ::madvise(memory, pages * kLargePage, MADV_HUGEPAGE);  // a system without them keeps its small ones
  return std::unique_ptr<std::int8_t[], Free>(static_cast<std::int8_t*>(memory));
}

CodedRows::CodedRows(MatrixView<const float> vectors, std::span<const float> inverse_norms, std::size_t threads) try
    : length_(coded_length(vectors.columns)), codes_(allocate(vectors.rows * length_)), of_rows_(vectors.rows) {
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
