// The checks that every row of a log must pass, whatever its format.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "segue/data/log/rows.h"

namespace segue::data {

inline constexpr std::size_t kMostTextBytes = 65'536;

// A row of a batch; at first the first one.
class Row {
 public:
  explicit Row(const RowBatch& batch) : batch_(batch) {}
  void move_to(std::size_t row) { row_ = row; }

  // "" if there is no such column or no value. The items of a list are joined with ", ".
  std::string_view text(Field field) {
    const RowColumn& column = batch_[field];
    if (!column.present) return {};
    return column.is_list() ? joined(field) : column.texts[row_];
  }
  // One text, or the items of a list.
  std::span<const std::string_view> texts(Field field) const {
    const RowColumn& column = batch_[field];
    if (!column.present) return {};
    if (!column.is_list()) return std::span(column.texts).subspan(row_, 1);
    return std::span(column.texts)
        .subspan(column.list_begin[row_], column.list_begin[row_ + 1] - column.list_begin[row_]);
  }
  bool is_list(Field field) const { return batch_[field].is_list(); }
  bool is_exact_time() const { return batch_[Field::time].exact_time; }
  std::uint64_t line() const { return batch_.lines[row_]; }

  // The first fault of a text: too long, invalid UTF-8, a zero byte. A list of ids may have any length.
  std::optional<Reason> fault() const;
  bool is_empty() const;
  // The values read, separated by tabs, for a sample.
  std::string sample() const;

 private:
  std::string_view joined(Field field);

  const RowBatch& batch_;
  std::size_t row_ = 0;
  std::array<std::string, kFieldCount> joined_;
};

// The milliseconds of a play: nothing if unknown ("", or below 0). False for anything but a number.
struct PlayedMs {
  bool valid = true;
  std::optional<double> value;
};
PlayedMs parse_played_ms(std::string_view text);

}  // namespace segue::data
