// Options declared once.
//
// A step keeps its options in a plain struct with the defaults in place, and next to it one table of rows:
//
//   struct TrainOptions { int dim = 128; ... };
//   template <> struct OptionsOf<TrainOptions> {
//     static constexpr std::string_view section = "train";
//     static constexpr std::array rows = {
//         option<&TrainOptions::dim>("dim", "Numbers in a song vector", between(1, 4096)), ...
//     };
//   };
//   SEGUE_CHECK_OPTIONS(TrainOptions);   // a member without a row does not compile
//
// The command-line parser, --help, the TOML file, the manifest and docs/options.md all walk the rows. A row's name is
// the member's: negative_exponent in C++, TOML and JSON, --negative-exponent on the command line.
//
// Member types: bool, integers, double, std::string, std::vector<std::string>, std::chrono::milliseconds ("30m"), and
// enumerations whose values are named by `names(Enum)`, found by argument-dependent lookup.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "segue/base/error.h"

namespace segue {

enum class OptionKind { flag, integer, real, text, texts, duration, choice };

// The values a numeric option takes, both ends included.
struct OptionRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};
constexpr OptionRange between(double least, double most) {
  return {least, most};
}
constexpr OptionRange at_least(double least) {
  return {least, std::numeric_limits<double>::infinity()};
}

// The value of an option as documents hold it: durations and choices are text.
using OptionValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct OptionRow {
  std::string_view name;  // as the member: snake_case
  std::string_view help;
  OptionKind kind;
  OptionRange range;
  std::span<const std::string_view> choices;  // of a choice
  // `options` points to the struct the row belongs to. set throws wrong_use with the name, the value and what was
  // expected.
  void (*set)(void* options, const OptionRow& row, std::string_view value);
  OptionValue (*value)(const void* options);

  std::string flag() const;                     // "--negative-exponent", "-k"
  std::string wanted() const;                   // "a whole number from 1 to 4096"
  std::string text(const void* options) const;  // in the form that set takes; several texts joined: "one, two"
};

template <class Options>
struct OptionsOf;

// The name of an enum value that can be an option: names() lists them in the order of the values.
template <class Enum>
constexpr std::string_view choice_name(Enum value) {
  return names(value)[static_cast<std::size_t>(value)];
}

namespace detail {

// One parser for each kind of member; all but the conversions live in options.cpp.
bool parse_flag(const OptionRow& row, std::string_view value);
std::int64_t parse_integer(const OptionRow& row, std::string_view value);
double parse_real(const OptionRow& row, std::string_view value);
std::chrono::milliseconds parse_duration(const OptionRow& row, std::string_view value);
std::size_t parse_choice(const OptionRow& row, std::string_view value);
std::string duration_text(std::chrono::milliseconds duration);

template <class Member>
struct MemberOf;
template <class Class, class Value>
struct MemberOf<Value Class::*> {
  using Options = Class;
  using Type = Value;
};

template <class Value>
constexpr OptionKind kind_of() {
  if constexpr (std::is_same_v<Value, bool>) return OptionKind::flag;
  if constexpr (std::is_enum_v<Value>) return OptionKind::choice;
  if constexpr (std::is_integral_v<Value>) return OptionKind::integer;
  if constexpr (std::is_floating_point_v<Value>) return OptionKind::real;
  if constexpr (std::is_same_v<Value, std::vector<std::string>>) return OptionKind::texts;
  if constexpr (std::is_same_v<Value, std::chrono::milliseconds>) return OptionKind::duration;
  return OptionKind::text;
}

template <class Value>
void parse_into(Value& target, const OptionRow& row, std::string_view value) {
  constexpr OptionKind kind = kind_of<Value>();
  if constexpr (kind == OptionKind::flag) {
    target = parse_flag(row, value);
  } else if constexpr (kind == OptionKind::choice) {
    target = static_cast<Value>(parse_choice(row, value));
  } else if constexpr (kind == OptionKind::integer) {
    target = static_cast<Value>(parse_integer(row, value));
  } else if constexpr (kind == OptionKind::real) {
    target = static_cast<Value>(parse_real(row, value));
  } else if constexpr (kind == OptionKind::duration) {
    target = parse_duration(row, value);
  } else if constexpr (kind == OptionKind::texts) {
    target.emplace_back(value);
  } else {
    target = std::string(value);
  }
}

template <class Value>
OptionValue value_of(const Value& value) {
  constexpr OptionKind kind = kind_of<Value>();
  if constexpr (kind == OptionKind::choice) {
    return std::string(choice_name(value));
  } else if constexpr (kind == OptionKind::duration) {
    return duration_text(value);
  } else if constexpr (kind == OptionKind::integer) {
    return static_cast<std::int64_t>(value);
  } else if constexpr (kind == OptionKind::real) {
    return static_cast<double>(value);
  } else {
    return value;
  }
}

template <class Value>
constexpr std::span<const std::string_view> choices_of() {
  if constexpr (std::is_enum_v<Value>) return names(Value{});
  return {};
}

// Converts to any member type: the number of initialisers an aggregate takes is the number of its members.
struct AnyMember {
  template <class Type>
  operator Type() const;  // NOLINT(google-explicit-constructor): never called
};

template <class Options, class... Members>
consteval std::size_t member_count() {
  if constexpr (requires { Options{Members{}..., AnyMember{}}; }) {
    return member_count<Options, Members..., AnyMember>();
  } else {
    return sizeof...(Members);
  }
}

}  // namespace detail

template <auto Member>
constexpr OptionRow option(std::string_view name, std::string_view help, OptionRange range = {}) {
  using Options = typename detail::MemberOf<decltype(Member)>::Options;
  using Value = typename detail::MemberOf<decltype(Member)>::Type;
  return OptionRow{
      name,
      help,
      detail::kind_of<Value>(),
      range,
      detail::choices_of<Value>(),
      [](void* options, const OptionRow& row, std::string_view value) {
        detail::parse_into(static_cast<Options*>(options)->*Member, row, value);
      },
      [](const void* options) { return detail::value_of(static_cast<const Options*>(options)->*Member); },
  };
}

template <class Options>
std::span<const OptionRow> rows_of() {
  return OptionsOf<Options>::rows;
}

}  // namespace segue

#define SEGUE_CHECK_OPTIONS(Options)                                                                  \
  static_assert(::segue::detail::member_count<Options>() == ::segue::OptionsOf<Options>::rows.size(), \
                "every member of " #Options " needs one row in OptionsOf<" #Options ">")
