#include "segue/serve/api/parameters.h"

#include <algorithm>
#include <cmath>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/base/options_json.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"

namespace segue::serve {

namespace {

constexpr std::size_t kDeepestBody = 32;
constexpr std::size_t kMostValues = 200'000;  // a value takes 24 bytes where "1," takes two

// Whether a JSON text has more than `most` values: as many as commas and opening brackets outside its texts, and one.
bool has_more_values(std::string_view text, std::size_t most) {
  std::size_t count = 1;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (letter == '"') in_text = !in_text;
    if (in_text) {
      if (letter == '\\') ++i;
    } else if (letter == ',' || letter == '[' || letter == '{') {
      ++count;
    }
  }
  return count > most;
}

bool is_in(Names names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Messages about options name the flag ("--artist-cap: expected ..."); those about requests name the member.
void set_row(const OptionRow& row, void* options, const std::string& value, const std::string& subject) {
  try {
    row.set(options, row, value);
  } catch (const Error& error) {
    std::string_view message = error.what();
    const std::string flag = row.flag();
    if (message.starts_with(flag)) message.remove_prefix(flag.size());
    throw Error(error.code(), fmt::format("{}{}{}", subject, row.name, message));
  }
}

// The JSON type of an option.
std::string_view json_type(OptionKind kind) {
  switch (kind) {
    case OptionKind::flag:
      return "boolean";
    case OptionKind::integer:
      return "integer";
    case OptionKind::real:
      return "number";
    default:
      return "string";
  }
}

bool has_type(const json::value& value, OptionKind kind) {
  switch (kind) {
    case OptionKind::flag:
      return value.is_bool();
    case OptionKind::integer:
      return value.is_int64() || value.is_uint64();
    case OptionKind::real:
      return value.is_number();
    default:
      return value.is_string();
  }
}

std::string shown(const json::value& value) {
  return data::printable(json::serialize(value), kShownBytes);
}

void check_texts(const json::value& value) {
  if (const json::string* text = value.if_string()) {
    if (std::ranges::find(*text, '\0') != text->end()) {
      fail(ErrorCode::wrong_use, "expected texts without NUL, found one in {}", shown(value));
    }
  } else if (const json::array* list = value.if_array()) {
    for (const json::value& item : *list) check_texts(item);
  } else if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) check_texts(member.value());
  }
}

}  // namespace

std::size_t letters_of(std::string_view text) {
  const auto begins_letter = [](char byte) { return (byte & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_letter));
}

void check_text(std::string_view name, std::string_view text, std::size_t most) {
  if (text.size() <= most) return;
  if (const std::size_t letters = letters_of(text); letters > most) {
    fail(ErrorCode::wrong_use, "{}: expected at most {} letters, found {}", name, most, letters);
  }
}

void check_bytes(std::string_view name, std::string_view text, std::size_t most) {
  if (text.size() > most) {
    fail(ErrorCode::wrong_use, "{}: expected at most {} bytes, found {}", name, most, text.size());
  }
}

json::object text_schema(std::size_t most) {
  return {{"type", "string"}, {"maxLength", most}};
}

std::string percent_decoded(std::string_view text, bool plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      decoded += ' ';
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        fail(ErrorCode::wrong_use, "{}: expected two hexadecimal digits after %", data::printable(text, kShownBytes));
      }
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  if (data::fault_of(decoded) != data::TextFault::none) {
    fail(ErrorCode::wrong_use, "{}: expected UTF-8 without NUL once decoded", data::printable(text, kShownBytes));
  }
  return decoded;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> values;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    values.emplace_back(percent_decoded(pair.substr(0, equals), true),
                        percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true));
  }
  return values;
}

json::object schema_of(const OptionRow& row, const void* defaults) {
  json::object schema;
  if (row.kind == OptionKind::texts) {
    schema = {{"type", "array"}, {"items", text_schema()}};
  } else {
    schema["type"] = json_type(row.kind);
    if (std::isfinite(row.range.least)) schema["minimum"] = row.range.least;
    if (std::isfinite(row.range.most)) schema["maximum"] = row.range.most;
    if (!row.choices.empty()) schema["enum"] = json::array(row.choices.begin(), row.choices.end());
    if (row.kind == OptionKind::text) schema["maxLength"] = kMostTextLetters;
    // No text is not the empty text: clients that send every default would send it.
    if (const json::value value = to_json(row.value(defaults)); value != json::value("")) schema["default"] = value;
  }
  if (row.kind == OptionKind::integer) {
    for (const char* limit : {"minimum", "maximum"}) {
      if (json::value* value = schema.if_contains(limit)) *value = static_cast<std::int64_t>(value->get_double());
    }
  }
  schema["description"] = row.help;
  return schema;
}

std::vector<Parameter> parameters_of(std::span<const OptionRow> rows, const void* defaults, Names omitted) {
  std::vector<Parameter> parameters;
  for (const OptionRow& row : rows) {
    if (is_in(omitted, row.name)) continue;
    parameters.push_back({std::string(row.name), std::string(row.help), schema_of(row, defaults), false});
  }
  return parameters;
}

json::object object_schema() {
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", json::object()}};
}

void add_property(json::object& schema, std::string_view name, json::object property, bool required) {
  schema["properties"].as_object()[name] = std::move(property);
  if (!required) return;
  if (!schema.contains("required")) schema["required"] = json::array();
  schema["required"].as_array().emplace_back(name);
}

void add_properties(json::object& schema, std::span<const OptionRow> rows, const void* defaults, Names omitted) {
  for (const OptionRow& row : rows) {
    if (!is_in(omitted, row.name)) add_property(schema, row.name, schema_of(row, defaults));
  }
}

void read_query(const Exchange& exchange, std::span<const OptionRow> rows, void* options) {
  for (const OptionRow& row : rows) {
    bool found = false;
    for (const auto& [name, value] : exchange.query) {
      if (name != row.name) continue;
      if (found && row.kind != OptionKind::texts) fail(ErrorCode::wrong_use, "{}: expected one value, found two", name);
      found = true;
      set_row(row, options, value, "");
    }
  }
}

BodyReader::BodyReader(const json::object& object, std::string subject)
    : object_(object), subject_(std::move(subject)) {}

const json::value* BodyReader::find(std::string_view name) {
  known_.push_back(name);
  return object_.if_contains(name);
}

void BodyReader::read(std::span<const OptionRow> rows, void* options, Names omitted) {
  for (const OptionRow& row : rows) {
    if (is_in(omitted, row.name)) continue;
    if (row.kind == OptionKind::texts) {
      for (const std::string& text : texts(row.name)) row.set(options, row, text);
      continue;
    }
    const json::value* const value = find(row.name);
    if (value == nullptr) continue;
    if (!has_type(*value, row.kind)) {
      fail(ErrorCode::wrong_use, "{}{}: expected {}, found {}", subject_, row.name, row.wanted(), shown(*value));
    }
    if (const json::string* const text = value->if_string()) check_text(subject_ + std::string(row.name), *text);
    set_row(row, options, option_text(*value), subject_);
  }
}

std::string BodyReader::text(std::string_view name, std::size_t most) {
  const json::value* const value = find(name);
  if (value == nullptr) return "";
  if (!value->is_string()) fail(ErrorCode::wrong_use, "{}{}: expected a text, found {}", subject_, name, shown(*value));
  check_text(subject_ + std::string(name), value->get_string(), most);
  return std::string(value->get_string());
}

std::vector<std::string> BodyReader::texts(std::string_view name) {
  std::vector<std::string> texts;
  const json::value* const value = find(name);
  if (value == nullptr) return texts;
  if (!value->is_array()) {
    fail(ErrorCode::wrong_use, "{}{}: expected a list of texts, found {}", subject_, name, shown(*value));
  }
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) {
      fail(ErrorCode::wrong_use, "{}{}: expected a list of texts, found {} in it", subject_, name, shown(item));
    }
    check_text(subject_ + std::string(name), item.get_string());
    texts.emplace_back(item.get_string());
  }
  return texts;
}

const json::object* BodyReader::object(std::string_view name) {
  const json::value* const value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) {
    fail(ErrorCode::wrong_use, "{}{}: expected an object, found {}", subject_, name, shown(*value));
  }
  return &value->get_object();
}

void BodyReader::refuse_others() const {
  for (const auto& member : object_) {
    const std::string_view name = member.key();
    if (std::ranges::find(known_, name) != known_.end()) continue;
    throw_unknown_name(subject_, name, known_);
  }
}

void throw_unknown_name(std::string_view subject, std::string_view name, std::span<const std::string_view> known) {
  fail(ErrorCode::wrong_use, "unknown name {}{}{}", subject, data::printable(name, kShownBytes),
       did_you_mean(name, known));
}

json::object body_object(const Request& request) {
  if (data::fault_of(request.body) == data::TextFault::invalid_utf8) {
    fail(ErrorCode::wrong_use, "body: expected JSON in UTF-8, found bytes that are not UTF-8");
  }
  if (has_more_values(request.body, kMostValues)) {
    fail(ErrorCode::too_large, "body: expected at most {} values, found more", kMostValues);
  }
  json::parse_options options;
  options.max_depth = kDeepestBody;
  boost::system::error_code error;
  json::value document = json::parse(request.body, error, {}, options);
  if (error) fail(ErrorCode::wrong_use, "body: expected one JSON object: {}", error.message());
  if (!document.is_object()) fail(ErrorCode::wrong_use, "body: expected a JSON object, found {}", shown(document));
  check_texts(document);
  return std::move(document.get_object());
}

}  // namespace segue::serve
