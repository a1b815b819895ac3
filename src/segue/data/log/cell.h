// One value of a log: a text, a whole number, a real number or a time, as its file has it.
//
// A number in a file stays a number and a time stays a time; nothing is printed only to be parsed again. A text is a
// view, usually into the batch the cell belongs to.
#pragma once

#include <cstdint>
#include <string_view>

namespace segue::data {

class Cell {
 public:
  enum class Type : std::uint32_t { nothing, text, whole, real, time };

  Cell() = default;
  static Cell of_text(std::string_view text) {
    Cell cell(Type::text);
    cell.text_ = text.data();
    cell.size_ = static_cast<std::uint32_t>(text.size());
    return cell;
  }
  static Cell of_whole(std::int64_t number) {
    Cell cell(Type::whole);
    cell.whole_ = number;
    return cell;
  }
  static Cell of_real(double number) {
    Cell cell(Type::real);
    cell.real_ = number;
    return cell;
  }
  // Microseconds since 1970-01-01 UTC.
  static Cell of_time(std::int64_t micros) {
    Cell cell(Type::time);
    cell.whole_ = micros;
    return cell;
  }

  Type type() const { return type_; }
  // Nothing, or an empty text.
  bool empty() const { return type_ == Type::nothing || (type_ == Type::text && size_ == 0); }

  std::string_view text() const { return {text_, size_}; }  // REQUIRES: Type::text
  std::int64_t whole() const { return whole_; }             // REQUIRES: Type::whole
  double real() const { return real_; }                     // REQUIRES: Type::real
  std::int64_t time() const { return whole_; }              // REQUIRES: Type::time

 private:
  explicit Cell(Type type) : type_(type) {}

  union {
    const char* text_ = nullptr;
    std::int64_t whole_;
    double real_;
  };
  std::uint32_t size_ = 0;
  Type type_ = Type::nothing;
};
static_assert(sizeof(Cell) == 16);

}  // namespace segue::data
