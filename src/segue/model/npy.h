// Matrices of floats as .npy files (version 1.0 of the format: numpy/lib/format.py), which numpy can map.
//
// A file is a header and rows x columns little-endian float32 in C order, without padding between rows:
//   "\x93NUMPY" 1 0, uint16 length, {'descr': '<f4', 'fortran_order': False, 'shape': (rows, columns), }, spaces, "\n"
// The numbers start at a multiple of 64 bytes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "segue/base/file.h"
#include "segue/math/matrix.h"

namespace segue::model {

// A mapped file; the numbers belong to it. Thread safe.
class NpyMatrix {
 public:
  // Refuses everything that differs from the description at the top of this file. Throws not_found, io_failed, corrupt.
  explicit NpyMatrix(const std::filesystem::path& path);
  explicit NpyMatrix(MappedFile file);

  math::MatrixView<const float> view() const { return view_; }  // stride = columns

 private:
  MappedFile file_;
  math::MatrixView<const float> view_;
};

// Parses the bytes of a file; `subject` names them in messages. The view points into `bytes`.
// Throws corrupt.
math::MatrixView<const float> parse_npy(std::span<const std::byte> bytes, std::string_view subject);

// Writes a matrix row by row. Throws no_space, io_failed.
class NpyWriter {
 public:
  NpyWriter(const std::filesystem::path& path, std::size_t rows, std::size_t columns);

  void add(std::span<const float> row);  // REQUIRES: row.size() == columns
  void close();                          // REQUIRES: all rows were added

 private:
  FileWriter file_;
  std::size_t rows_left_;
  std::size_t columns_;
};

// The whole matrix, without the padding of its rows.
void write_npy(const std::filesystem::path& path, math::MatrixView<const float> matrix);

}  // namespace segue::model
