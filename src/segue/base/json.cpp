#include "segue/base/json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <boost/json/basic_parser_impl.hpp>

#include "segue/base/error.h"

namespace segue {

namespace {

bool is_scalar(const json::value& value) {
  return !value.is_object() && !value.is_array();
}

void append(std::string& out, const json::value& value, std::size_t level) {
  const std::string indent(2 * (level + 1), ' ');
  const std::string closing(2 * level, ' ');
  if (value.is_object() && !value.get_object().empty()) {
    out += "{";
    const char* separator = "\n";
    for (const auto& member : value.get_object()) {
      out += separator + indent + json::serialize(json::value(member.key())) + ": ";
      append(out, member.value(), level + 1);
      separator = ",\n";
    }
    out += "\n" + closing + "}";
  } else if (value.is_array() && !std::ranges::all_of(value.get_array(), is_scalar)) {
    out += "[";
    const char* separator = "\n";
    for (const auto& item : value.get_array()) {
      out += separator + indent;
      append(out, item, level + 1);
      separator = ",\n";
    }
    out += "\n" + closing + "]";
  } else if (value.is_double()) {
    // Shortest text that reads back as the same number; Boost would write 2.5E-2.
    out += fmt::format("{}", value.get_double());
  } else if (value.is_array()) {
    out += "[";
    const char* separator = "";
    for (const auto& item : value.get_array()) {
      out += separator;
      append(out, item, level);
      separator = ", ";
    }
    out += "]";
  } else {
    out += json::serialize(value);
  }
}

const json::value& member(const json::object& object, std::string_view key, std::string_view subject) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr) fail(ErrorCode::corrupt, "{}: expected the key \"{}\", found none", subject, key);
  return *found;
}

[[noreturn]] void wrong_type(const json::value& value, std::string_view key, std::string_view subject,
                             std::string_view wanted) {
  fail(ErrorCode::corrupt, "{}: \"{}\": expected {}, found {}", subject, key, wanted,
       std::string_view(json::serialize(value)).substr(0, 60));
}

// Builds the value as Boost's own handler does, but with numbers nearest to the text: Boost 1.81 reads 0.7 as
// 0.7000000000000001, so a manifest read and written again would differ.
struct ExactNumbers {
  using Code = boost::system::error_code;
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  json::value_stack stack;

  ExactNumbers() { stack.reset(); }
  static bool on_document_begin(Code&) { return true; }
  static bool on_document_end(Code&) { return true; }
  static bool on_object_begin(Code&) { return true; }
  static bool on_array_begin(Code&) { return true; }
  static bool on_number_part(json::string_view, Code&) { return true; }
  static bool on_comment_part(json::string_view, Code&) { return true; }
  static bool on_comment(json::string_view, Code&) { return true; }
  bool on_object_end(std::size_t n, Code&) { return stack.push_object(n), true; }
  bool on_array_end(std::size_t n, Code&) { return stack.push_array(n), true; }
  bool on_key_part(json::string_view s, std::size_t, Code&) { return stack.push_chars(s), true; }
  bool on_key(json::string_view s, std::size_t, Code&) { return stack.push_key(s), true; }
  bool on_string_part(json::string_view s, std::size_t, Code&) { return stack.push_chars(s), true; }
  bool on_string(json::string_view s, std::size_t, Code&) { return stack.push_string(s), true; }
  bool on_int64(std::int64_t number, json::string_view, Code&) { return stack.push_int64(number), true; }
  bool on_uint64(std::uint64_t number, json::string_view, Code&) { return stack.push_uint64(number), true; }
  bool on_bool(bool value, Code&) { return stack.push_bool(value), true; }
  bool on_null(Code&) { return stack.push_null(), true; }
  // The text comes in one piece, so `written` is the whole number. Boost's value stays if from_chars cannot hold it.
  bool on_double(double number, json::string_view written, Code&) {
    double exact = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), exact);
    const bool whole = error == std::errc() && end == written.data() + written.size();
    return stack.push_double(whole ? exact : number), true;
  }
};

}  // namespace

std::string pretty(const json::value& value) {
  std::string out;
  append(out, value, 0);
  return out;
}

json::value parse_json(std::string_view text, std::string_view subject) {
  boost::system::error_code error;
  json::basic_parser<ExactNumbers> parser{json::parse_options()};
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (error) fail(ErrorCode::corrupt, "{}: expected a JSON document: {}", subject, error.message());
  return parser.handler().stack.release();
}

const json::object& object_at(const json::object& object, std::string_view key, std::string_view subject) {
  const json::value& value = member(object, key, subject);
  if (!value.is_object()) wrong_type(value, key, subject, "an object");
  return value.get_object();
}

std::string string_at(const json::object& object, std::string_view key, std::string_view subject) {
  const json::value& value = member(object, key, subject);
  if (!value.is_string()) wrong_type(value, key, subject, "a string");
  return std::string(value.get_string());
}

std::uint64_t count_at(const json::object& object, std::string_view key, std::string_view subject) {
  const json::value& value = member(object, key, subject);
  boost::system::error_code error;
  const auto count = value.to_number<std::uint64_t>(error);
  if (error) wrong_type(value, key, subject, "a whole number of 0 or more");
  return count;
}

double number_at(const json::object& object, std::string_view key, std::string_view subject) {
  const json::value& value = member(object, key, subject);
  boost::system::error_code error;
  const auto number = value.to_number<double>(error);
  if (error) wrong_type(value, key, subject, "a number");
  return number;
}

}  // namespace segue
