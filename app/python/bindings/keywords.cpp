#include "app/python/bindings/keywords.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>

#include <fmt/format.h>
#include <nanobind/stl/string.h>

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::python {

namespace nb = nanobind;

namespace {

constexpr std::size_t kShownLetters = 60;

std::string repr_of(nb::handle value) {
  std::string text = nb::cast<std::string>(nb::repr(value));
  if (text.size() > kShownLetters) text = text.substr(0, kShownLetters) + "...";
  return text;
}

[[noreturn]] void unwanted(const OptionRow& row, nb::handle value) {
  fail(ErrorCode::wrong_use, "{}: expected {}, found {}", row.name, row.wanted(), repr_of(value));
}

std::string shortest(double number) {
  std::array<char, 64> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  SEGUE_ASSERT(error == std::errc{});
  return {text.data(), end};
}

// A number as Python takes one: int, float, and those of numpy.
std::string number_text(nb::handle value) {
  if (PyIndex_Check(value.ptr())) {
    const nb::object whole = nb::steal(PyNumber_Index(value.ptr()));
    if (!whole.is_valid()) throw nb::python_error();
    return nb::cast<std::string>(nb::str(whole));
  }
  const double number = PyFloat_AsDouble(value.ptr());
  if (number == -1 && PyErr_Occurred() != nullptr) throw nb::python_error();
  return shortest(number);
}

bool is_number(nb::handle value) {
  return PyIndex_Check(value.ptr()) || (PyNumber_Check(value.ptr()) && !nb::isinstance<nb::str>(value));
}

std::string duration_text(nb::handle value) {
  const double seconds = nb::cast<double>(value.attr("total_seconds")());
  return fmt::format("{}ms", static_cast<std::int64_t>(seconds * 1000));
}

// In the form that OptionRow::set takes. A text stands for any kind, as on the command line.
std::string text_of_value(const OptionRow& row, nb::handle value) {
  if (nb::isinstance<nb::str>(value)) return nb::cast<std::string>(value);
  switch (row.kind) {
    case OptionKind::flag:
      if (PyBool_Check(value.ptr())) return value.is(nb::handle(Py_True)) ? "true" : "false";
      if (nb::hasattr(value, "dtype") && nb::hasattr(value, "item")) return text_of_value(row, value.attr("item")());
      break;
    case OptionKind::integer:
    case OptionKind::real:
      if (!PyBool_Check(value.ptr()) && is_number(value)) return number_text(value);
      break;
    case OptionKind::duration:
      if (nb::hasattr(value, "total_seconds")) return duration_text(value);
      break;
    case OptionKind::text:
    case OptionKind::texts:
      if (nb::hasattr(value, "__fspath__")) return nb::cast<std::string>(value.attr("__fspath__")());
      if (row.kind == OptionKind::text && is_number(value)) return number_text(value);  // steps=8, where "auto" is one
      break;
    case OptionKind::choice:
      break;
  }
  unwanted(row, value);
}

// The keyword of an option: its name, with an underscore behind one that is a word of Python.
std::string keyword_of(const OptionRow& row) {
  return row.name == "from" ? "from_" : std::string(row.name);
}

void set_row(const OptionRow& row, void* options, const std::string& value) {
  try {
    row.set(options, row, value);
  } catch (const Error& error) {
    // Messages about options name the flag ("--artist-cap: expected ..."); here its name is that of the keyword.
    std::string_view message = error.what();
    const std::string flag = row.flag();
    if (message.starts_with(flag)) message.remove_prefix(flag.size());
    throw Error(error.code(), fmt::format("{}{}", keyword_of(row), message));
  }
}

bool is_several(nb::handle value) {
  return nb::isinstance<nb::list>(value) || nb::isinstance<nb::tuple>(value) || nb::isinstance<nb::set>(value);
}

}  // namespace

void Keywords::read(std::span<const OptionRow> rows, void* options, Names omitted) {
  for (const OptionRow& row : rows) {
    if (std::ranges::find(omitted, row.name) != omitted.end()) continue;
    known_.push_back(keyword_of(row));
    const nb::str name(known_.back().data(), known_.back().size());
    if (!given_.contains(name)) continue;
    const nb::object value = given_[name];
    if (value.is_none()) continue;
    set_.emplace_back(options, row.name);
    if (row.kind == OptionKind::texts && is_several(value)) {
      for (const nb::handle item : value) set_row(row, options, text_of_value(row, item));
    } else {
      set_row(row, options, text_of_value(row, value));
    }
  }
}

void Keywords::refuse_others() const {
  const std::vector<std::string_view> names(known_.begin(), known_.end());
  for (const auto& [key, value] : given_) {
    const auto name = nb::cast<std::string>(key);
    if (std::ranges::find(names, name) == names.end()) {
      fail(ErrorCode::wrong_use, "unknown option {}{}", name, did_you_mean(name, names));
    }
  }
}

bool Keywords::has_given(const void* options) const {
  return std::ranges::any_of(set_, [&](const auto& row) { return row.first == options; });
}

std::function<bool(std::string_view name)> Keywords::given_of(const void* options) const {
  return [this, options](std::string_view name) {
    return std::ranges::find(set_, std::pair{options, name}) != set_.end();
  };
}

void OptionList::add(std::span<const OptionRow> rows, const void* defaults, Names omitted) {
  constexpr std::array<const char*, 7> kKinds = {"bool", "int", "float", "str", "list[str]", "duration", "choice"};
  for (const OptionRow& row : rows) {
    if (std::ranges::find(omitted, row.name) != omitted.end()) continue;
    nb::dict described;
    const auto text = [](std::string_view value) { return nb::str(value.data(), value.size()); };
    described["name"] = text(keyword_of(row));
    described["help"] = text(row.help);
    described["kind"] = text(kKinds.at(static_cast<std::size_t>(row.kind)));
    described["wanted"] = text(row.wanted());
    nb::list choices;
    for (const std::string_view choice : row.choices) choices.append(text(choice));
    described["choices"] = choices;
    described["default"] = text(row.text(defaults));
    list_.append(described);
  }
}

}  // namespace segue::python
