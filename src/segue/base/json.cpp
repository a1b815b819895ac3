#include "segue/base/json.h"

#include <algorithm>

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

}  // namespace

std::string pretty(const json::value& value) {
  std::string out;
  append(out, value, 0);
  return out;
}

json::value parse_json(std::string_view text, std::string_view subject) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error) fail(ErrorCode::corrupt, "{}: expected a JSON document: {}", subject, error.message());
  return value;
}

const json::object& object_at(const json::object& object, std::string_view key, std::string_view subject) {
  const json::value& value = member(object, key, subject);
  if (!value.is_object()) wrong_type(value, key, subject, "an object");
  return value.get_object();
}

std::string string_at(const json::object& object, std::string_view key, std::string_view subject) {
  const json::value& value = member(object, key, subject);
  if (!value.is_string()) wrong_type(value, key, subject, "a text");
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
