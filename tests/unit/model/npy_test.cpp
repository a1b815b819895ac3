#include "segue/model/npy.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::model {
namespace {

using testing::Scratch;

// A .npy file with this header dictionary and this many bytes of numbers, aligned as by numpy.
std::string npy(std::string dictionary, std::size_t bytes, std::string_view version = std::string_view("\x01\x00", 2)) {
  while ((10 + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
  dictionary += '\n';
  std::string file = "\x93NUMPY" + std::string(version);
  file += static_cast<char>(dictionary.size() & 0xFF);
  file += static_cast<char>(dictionary.size() >> 8);
  return file + dictionary + std::string(bytes, '\0');
}

// The bytes, aligned like a mapped file.
class Aligned {
 public:
  explicit Aligned(const std::string& text) : storage_(text.size() / 64 + 1), size_(text.size()) {
    std::ranges::copy(text, reinterpret_cast<char*>(storage_.data()));
  }
  std::span<const std::byte> bytes() const { return {reinterpret_cast<const std::byte*>(storage_.data()), size_}; }

 private:
  struct alignas(64) Line {
    char bytes[64];
  };
  std::vector<Line> storage_;
  std::size_t size_;
};

math::MatrixView<const float> parsed(const std::string& text) {
  return parse_npy(Aligned(text).bytes(), "vectors.npy");  // for errors and shapes only: the view outlives its numbers
}

TEST(Npy, writes_without_padding_and_reads_back) {
  const Scratch folder;
  math::Matrix matrix(5, 3);
  for (std::size_t row = 0; row < 5; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      matrix.view().row(row)[column] = static_cast<float>(row) + 0.1F * static_cast<float>(column);
    }
  }
  write_npy(folder / "m.npy", matrix.view());
  const std::string text = read_text(folder / "m.npy");
  EXPECT_EQ(text.size() % 64, 5 * 3 * sizeof(float));
  EXPECT_NE(text.find("{'descr': '<f4', 'fortran_order': False, 'shape': (5, 3), }"), std::string::npos);

  const NpyMatrix read(folder / "m.npy");
  ASSERT_EQ(read.view().rows, 5U);
  ASSERT_EQ(read.view().columns, 3U);
  for (std::size_t row = 0; row < 5; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      EXPECT_EQ(read.view().row(row)[column], matrix.view().row(row)[column]);
    }
  }
}

TEST(Npy, may_have_no_rows) {
  const Scratch folder;
  write_npy(folder / "m.npy", {nullptr, 0, 8, 16});
  EXPECT_EQ(NpyMatrix(folder / "m.npy").view().rows, 0U);
}

TEST(Npy, reports_how_many_bytes_are_missing) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 128), }";
  EXPECT_ERROR((void)parsed(npy(header, 0)), ErrorCode::corrupt, "vectors.npy: expected 51200128 bytes, found 128");
  EXPECT_ERROR((void)parsed(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 20)), ErrorCode::corrupt,
               "expected 152 bytes, found 148");
  EXPECT_ERROR((void)parsed(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 28)), ErrorCode::corrupt,
               "expected 152 bytes, found 156");
}

TEST(Npy, accepts_spaces_wherever_numpy_may_put_them) {
  const auto view = parsed(npy("{ 'descr':'<f4',  'fortran_order':  False, 'shape': ( 3 ,2 ) , }  ", 24));
  EXPECT_EQ(view.rows, 3U);
  EXPECT_EQ(view.columns, 2U);
}

TEST(Npy, refuses_every_other_kind_of_array) {
  const auto refuses = [](std::string_view text, std::string_view dictionary) {
    EXPECT_ERROR((void)parsed(npy(std::string(dictionary), 24)), ErrorCode::corrupt, std::string(text));
  };
  refuses("'<f4'", "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1), }");
  refuses("'<f4'", "{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }");
  refuses("'<f4'", "{'descr': '|O', 'fortran_order': False, 'shape': (3, 2), }");
  refuses("False", "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }");
  refuses("a number of rows or columns", "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }");
  refuses("expected )", "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 2), }");
  refuses("a number of rows or columns", "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 2), }");
  refuses("a number of rows or columns", "{'descr': '<f4', 'fortran_order': False, 'shape': (), }");
  refuses("a line break", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } + {}");
  refuses("'descr'", "{'fortran_order': False, 'descr': '<f4', 'shape': (3, 2), }");
  refuses("expected {", "");
}

TEST(Npy, refuses_shapes_that_overflow) {
  const auto refuses = [](std::string_view text, std::string_view shape) {
    EXPECT_ERROR((void)parsed(npy(fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}", shape), 24)),
                 ErrorCode::corrupt, std::string(text));
  };
  refuses("fits into memory", "(4294967296, 4294967296)");
  refuses("fits into memory", "(4611686018427387904, 1)");
  refuses("fits into memory", "(4611686018427387903, 1)");
  refuses("a number of rows or columns", "(99999999999999999999999, 2)");
}

TEST(Npy, refuses_every_truncation) {
  const std::string whole = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 24);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_ERROR((void)parsed(whole.substr(0, size)), ErrorCode::corrupt, "vectors.npy: expected");
  }
  EXPECT_EQ(parsed(whole).rows, 3U);
}

TEST(Npy, refuses_other_versions_and_numbers_off_their_alignment) {
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
  EXPECT_ERROR((void)parsed(npy(dictionary, 24, std::string_view("\x02\x00", 2))), ErrorCode::corrupt, "version 1.0");
  std::string shifted = "\x93NUMPY" + std::string("\x01\x00", 2);
  shifted += static_cast<char>(dictionary.size() + 1);
  shifted += '\0';
  shifted += dictionary + "\n" + std::string(24, '\0');
  EXPECT_ERROR((void)parsed(shifted), ErrorCode::corrupt, "multiple of 64");
}

TEST(Npy, reports_a_missing_file) {
  EXPECT_ERROR((void)NpyMatrix("/nowhere.npy"), ErrorCode::not_found, "nowhere.npy");
}

}  // namespace
}  // namespace segue::model
