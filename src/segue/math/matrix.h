// Matrices of numbers whose rows of floats start on cache lines.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <type_traits>

#include "segue/base/large_pages.h"
#include "segue/math/bf16.h"

namespace segue::math {

// A view of rows x columns numbers; row r starts at data + r * stride.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;  // numbers from one row to the next, >= columns

  T* row(std::size_t r) const { return data + r * stride; }
  std::span<T> operator[](std::size_t r) const { return {row(r), columns}; }
  operator MatrixView<const T>() const  // NOLINT(google-explicit-constructor): a view of the same numbers
      requires(!std::is_const_v<T>) {
    return {data, rows, columns, stride};
  }
};

// Numbers in a row of a Matrix: `columns` rounded up to a multiple of 16 (a cache line of floats); the padding stays 0.
constexpr std::size_t padded(std::size_t columns) {
  return (columns + 15) / 16 * 16;
}

// Owns rows x columns numbers, initially 0, stride = padded(columns). The first row is aligned to a page, rows of
// floats to cache lines. Large matrices ask the system for huge pages. T is float or Bf16. Throws no_space.
template <class T>
class MatrixOf {
 public:
  MatrixOf() = default;
  MatrixOf(std::size_t rows, std::size_t columns);
  // In a file without a name in `folder`, for one beyond memory. Throws no_space, io_failed.
  MatrixOf(std::size_t rows, std::size_t columns, const std::filesystem::path& folder)
      : numbers_(rows * padded(columns), folder), rows_(rows), columns_(columns) {}

  MatrixView<T> view() { return {numbers_.data(), rows_, columns_, padded(columns_)}; }
  MatrixView<const T> view() const { return {numbers_.data(), rows_, columns_, padded(columns_)}; }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }

 private:
  LargeArray<T> numbers_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

extern template class MatrixOf<float>;
extern template class MatrixOf<Bf16>;

using Matrix = MatrixOf<float>;

}  // namespace segue::math
