#include "segue/base/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "segue/base/words.h"

namespace segue {

namespace {

[[noreturn]] void unwanted(const OptionRow& row, std::string_view value) {
  const std::string hint = row.kind == OptionKind::choice ? did_you_mean(value, row.choices) : "";
  fail(ErrorCode::wrong_use, "{}: expected {}, found \"{}\"{}", row.flag(), row.wanted(), value, hint);
}

template <class Number>
bool parse_whole(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

struct DurationUnit {
  std::string_view suffix;
  std::int64_t milliseconds;
};
constexpr std::array kDurationUnits = {
    DurationUnit{"d", 86'400'000}, DurationUnit{"h", 3'600'000}, DurationUnit{"m", 60'000},
    DurationUnit{"s", 1'000},      DurationUnit{"ms", 1},
};

}  // namespace

std::string OptionRow::flag() const {
  std::string typed = (name.size() == 1 ? "-" : "--") + std::string(name);
  std::ranges::replace(typed, '_', '-');
  return typed;
}

std::string OptionRow::wanted() const {
  const auto limits = [&](std::string_view noun) {
    const bool low = std::isfinite(range.least);
    const bool high = std::isfinite(range.most);
    if (low && high) return fmt::format("{} from {} to {}", noun, range.least, range.most);
    if (low) return fmt::format("{} of {} or more", noun, range.least);
    return std::string(noun);
  };
  switch (kind) {
    case OptionKind::flag:
      return "true or false";
    case OptionKind::integer:
      return limits("a whole number");
    case OptionKind::real:
      return limits("a number");
    case OptionKind::duration:
      return "a time such as 30m, 90s or 2h";
    case OptionKind::choice:
      return fmt::format("one of {}", fmt::join(choices, ", "));
    case OptionKind::text:
    case OptionKind::texts:
      break;
  }
  return "text";
}

std::string OptionRow::text(const void* options) const {
  const auto text_of = []<class Held>(const Held& held) {
    if constexpr (std::is_same_v<Held, std::vector<std::string>>) {
      return fmt::format("{}", fmt::join(held, ", "));
    } else {
      return fmt::format("{}", held);
    }
  };
  return std::visit(text_of, value(options));
}

namespace detail {

bool parse_flag(const OptionRow& row, std::string_view value) {
  if (value == "true") return true;
  if (value == "false") return false;
  unwanted(row, value);
}

std::int64_t parse_integer(const OptionRow& row, std::string_view value) {
  std::int64_t number = 0;
  if (!parse_whole(value, number)) unwanted(row, value);
  const auto real = static_cast<double>(number);
  if (real < row.range.least || real > row.range.most) unwanted(row, value);
  return number;
}

double parse_real(const OptionRow& row, std::string_view value) {
  double number = 0;
  if (!parse_whole(value, number) || !std::isfinite(number)) unwanted(row, value);
  if (number < row.range.least || number > row.range.most) unwanted(row, value);
  return number;
}

std::chrono::milliseconds parse_duration(const OptionRow& row, std::string_view value) {
  const std::size_t digits = std::min(value.find_first_not_of("0123456789."), value.size());
  double number = 0;
  if (!parse_whole(value.substr(0, digits), number)) unwanted(row, value);
  for (const DurationUnit& unit : kDurationUnits) {
    if (value.substr(digits) != unit.suffix) continue;
    const double milliseconds = number * static_cast<double>(unit.milliseconds);
    if (milliseconds > 1e15) unwanted(row, value);
    return std::chrono::milliseconds(std::llround(milliseconds));
  }
  unwanted(row, value);
}

std::size_t parse_choice(const OptionRow& row, std::string_view value) {
  const auto found = std::ranges::find(row.choices, value);
  if (found == row.choices.end()) unwanted(row, value);
  return static_cast<std::size_t>(found - row.choices.begin());
}

std::string duration_text(std::chrono::milliseconds duration) {
  if (duration.count() == 0) return "0s";
  for (const DurationUnit& unit : kDurationUnits) {
    if (duration.count() % unit.milliseconds == 0) {
      return fmt::format("{}{}", duration.count() / unit.milliseconds, unit.suffix);
    }
  }
  return fmt::format("{}ms", duration.count());
}

}  // namespace detail

}  // namespace segue
