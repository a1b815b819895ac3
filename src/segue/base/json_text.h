// JSON values appended to a text. Building a json::value and serialising it takes ten times as long, which counts for
// replies with many songs. Whole reply structs: fields.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "segue/base/json_fwd.h"

namespace segue {

// "text" with its quotes, escaped. Bytes that are not valid UTF-8 are copied unchanged; catalogues have none.
void append_json(std::string& out, std::string_view text);
// Six significant digits; 0 for infinities and NaN.
void append_json(std::string& out, float number);
// The shortest digits that read back as the same number; 0 for infinities and NaN.
void append_json(std::string& out, double number);
void append_json(std::string& out, std::uint64_t number);
void append_json(std::string& out, std::int64_t number);
void append_json(std::string& out, bool value);
void append_json(std::string& out, const json::object& object);
void append_json(std::string& out, const json::value& value);

// The members of `object` without its braces, each preceded by a comma.
void append_json_members(std::string& out, const json::object& object);

}  // namespace segue
