// Matrices of floats whose rows start on cache lines.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace segue {

// rows x columns numbers in memory that belongs to somebody else; row r starts at data + r * stride.
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

// Numbers in a row of a Matrix: `columns` rounded up to whole cache lines of 16 floats; those added stay 0.
constexpr std::size_t padded(std::size_t columns) {
  return (columns + 15) / 16 * 16;
}

// Owns rows x columns floats, all 0 at the start; rows are 64-byte aligned, stride = padded(columns). Large matrices
// ask the system for huge pages. Throws no_space.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns);

  MatrixView<float> view() { return {data_.get(), rows_, columns_, padded(columns_)}; }
  MatrixView<const float> view() const { return {data_.get(), rows_, columns_, padded(columns_)}; }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }

 private:
  struct Free {
    std::size_t bytes;  // no initialiser: unique_ptr needs it before Matrix is complete; it starts it at 0
    void operator()(float* data) const;
  };
  std::unique_ptr<float[], Free> data_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace segue
