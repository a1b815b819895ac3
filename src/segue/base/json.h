// JSON as Segue writes and reads it (Boost.JSON), with errors that name the file and the key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace segue {

namespace json = boost::json;

// Two spaces a level, keys in insertion order, lists of plain numbers on one line.
std::string pretty(const json::value& value);

// `subject` names the text in messages. Throws corrupt for anything but one JSON document.
json::value parse_json(std::string_view text, std::string_view subject);

// The member `key` of `object` as the requested type. Throws corrupt with the subject, the key, and the types expected
// and found.
const json::object& object_at(const json::object& object, std::string_view key, std::string_view subject);
std::string string_at(const json::object& object, std::string_view key, std::string_view subject);
std::uint64_t count_at(const json::object& object, std::string_view key, std::string_view subject);
double number_at(const json::object& object, std::string_view key, std::string_view subject);

}  // namespace segue
