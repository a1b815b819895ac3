// Replies of music servers, read leniently: what is missing or of another type is empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "segue/base/json.h"

namespace segue::library {

inline const json::value* value_at(const json::object& object, std::string_view key) {
  return object.if_contains(key);
}

inline const json::object* object_in(const json::value* value) {
  return value == nullptr ? nullptr : value->if_object();
}

inline const json::array* array_in(const json::value* value) {
  return value == nullptr ? nullptr : value->if_array();
}

// A text, or a number as text: some servers number their songs.
inline std::string text_at(const json::object& object, std::string_view key) {
  const json::value* const value = value_at(object, key);
  if (value == nullptr) return "";
  if (const json::string* const text = value->if_string()) return std::string(*text);
  return value->is_int64() || value->is_uint64() ? json::serialize(*value) : "";
}

inline double amount_at(const json::object& object, std::string_view key) {
  const json::value* const value = value_at(object, key);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

// The first text of a list, or the text itself.
inline std::string first_text_at(const json::object& object, std::string_view key) {
  const json::array* const list = array_in(value_at(object, key));
  if (list == nullptr) return text_at(object, key);
  return list->empty() || !list->front().is_string() ? "" : std::string(list->front().get_string());
}

inline std::uint32_t milliseconds(double value) {
  return value > 0 && value < 1e9 ? static_cast<std::uint32_t>(value) : 0;
}

}  // namespace segue::library
