#include "segue/model/npy.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "segue/base/error.h"

namespace segue::model {

namespace {

static_assert(std::endian::native == std::endian::little, "the numbers are mapped as they lie in the file");

using namespace std::string_view_literals;

constexpr std::string_view kMagic = "\x93NUMPY\x01\x00"sv;
constexpr std::size_t kPreamble = kMagic.size() + 2;  // and the length of the header, uint16
constexpr std::size_t kAlignment = 64;

// Reads the one dictionary that numpy writes for a plain matrix, with spaces anywhere between its parts.
class HeaderParser {
 public:
  HeaderParser(std::string_view header, std::string_view subject) : whole_(header), left_(header), subject_(subject) {}

  void expect(std::string_view token) {
    skip_spaces();
    if (!left_.starts_with(token)) wrong(token);
    left_.remove_prefix(token.size());
  }

  std::size_t count() {
    skip_spaces();
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), number);
    if (error != std::errc{}) wrong("a number of rows or columns");
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return number;
  }

  void expect_end() {
    skip_spaces();
    if (left_ != "\n") wrong("nothing more but a line break");
  }

 private:
  void skip_spaces() { left_.remove_prefix(std::min(left_.find_first_not_of(' '), left_.size())); }

  [[noreturn]] void wrong(std::string_view wanted) const {
    fail(ErrorCode::corrupt,
         "{}: expected {} at byte {} of the header {{'descr': '<f4', 'fortran_order': False, "
         "'shape': (rows, columns), }}, found \"{}\"",
         subject_, wanted, whole_.size() - left_.size(), left_.substr(0, 40));
  }

  std::string_view whole_;
  std::string_view left_;
  std::string_view subject_;
};

std::string header_of(std::size_t rows, std::size_t columns) {
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  const std::size_t used = kPreamble + header.size() + 1;
  header.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string preamble(kMagic);
  preamble += static_cast<char>(header.size() & 0xFF);
  preamble += static_cast<char>(header.size() >> 8);
  return preamble + header;
}

}  // namespace

math::MatrixView<const float> parse_npy(std::span<const std::byte> bytes, std::string_view subject) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() < kPreamble || !text.starts_with(kMagic)) {
    fail(ErrorCode::corrupt, "{}: expected a .npy file of version 1.0, found other bytes at its start", subject);
  }
  const std::size_t length = static_cast<unsigned char>(text[kPreamble - 2]) +
                             std::size_t{static_cast<unsigned char>(text[kPreamble - 1])} * 256;
  const std::size_t start = kPreamble + length;
  if (start > text.size()) {
    fail(ErrorCode::corrupt, "{}: expected a header of {} bytes, found {}", subject, length, text.size() - kPreamble);
  }
  HeaderParser header(text.substr(kPreamble, length), subject);
  header.expect("{");
  header.expect("'descr':");
  header.expect("'<f4'");
  header.expect(",");
  header.expect("'fortran_order':");
  header.expect("False");
  header.expect(",");
  header.expect("'shape':");
  header.expect("(");
  const std::size_t rows = header.count();
  header.expect(",");
  const std::size_t columns = header.count();
  header.expect(")");
  header.expect(",");
  header.expect("}");
  header.expect_end();

  if (start % kAlignment != 0) {
    fail(ErrorCode::corrupt, "{}: expected the numbers to start at a multiple of {} bytes, found {}", subject,
         kAlignment, start);
  }
  std::size_t numbers = 0;
  std::size_t wanted = 0;
  if (__builtin_mul_overflow(rows, columns, &numbers) || __builtin_mul_overflow(numbers, sizeof(float), &wanted) ||
      __builtin_add_overflow(wanted, start, &wanted)) {
    fail(ErrorCode::corrupt, "{}: expected a shape that fits into memory, found ({}, {})", subject, rows, columns);
  }
  if (bytes.size() != wanted) {
    fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", subject, wanted, bytes.size());
  }
  return {reinterpret_cast<const float*>(bytes.data() + start), rows, columns, columns};
}

NpyMatrix::NpyMatrix(const std::filesystem::path& path) : NpyMatrix(MappedFile(path)) {}

NpyMatrix::NpyMatrix(MappedFile file)
    : file_(std::move(file)), view_(parse_npy(file_.bytes(), file_.path().string())) {}

NpyWriter::NpyWriter(const std::filesystem::path& path, std::size_t rows, std::size_t columns)
    : file_(path), rows_left_(rows), columns_(columns) {
  file_.write(header_of(rows, columns));
}

void NpyWriter::add(std::span<const float> row) {
  SEGUE_ASSERT(row.size() == columns_ && rows_left_ > 0);
  file_.write(std::as_bytes(row));
  --rows_left_;
}

void NpyWriter::close() {
  SEGUE_ASSERT(rows_left_ == 0);
  file_.close();
}

void write_npy(const std::filesystem::path& path, math::MatrixView<const float> matrix) {
  NpyWriter writer(path, matrix.rows, matrix.columns);
  for (std::size_t row = 0; row < matrix.rows; ++row) writer.add(matrix[row]);
  writer.close();
}

}  // namespace segue::model
