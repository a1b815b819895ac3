// Values in requests: percent-encoding, queries, JSON bodies, and the option structs (base/options.h) they fill.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/json.h"
#include "segue/base/options.h"
#include "segue/serve/http/router.h"

namespace segue::serve {

using Names = std::initializer_list<std::string_view>;

// Messages quote at most this much of a value.
inline constexpr std::size_t kShownBytes = 60;

// Letters (code points) of a valid UTF-8 text.
std::size_t letters_of(std::string_view text);
// Throws wrong_use, naming the text, if it is longer.
void check_text(std::string_view name, std::string_view text, std::size_t most = kMostTextLetters);
// Likewise by bytes, which is how logs limit texts (data/log/log_reader.h).
void check_bytes(std::string_view name, std::string_view text, std::size_t most);
// {"type": "string", "maxLength": most}
json::object text_schema(std::size_t most = kMostTextLetters);

// "%C3%A9" -> "é"; with `plus`, "+" is a space, as in queries. Throws wrong_use for an invalid encoding, a NUL byte and
// text that is not UTF-8 once decoded.
std::string percent_decoded(std::string_view text, bool plus);
// "a=1&b=x+y" -> pairs, decoded; a name without "=" has the value "". Throws wrong_use.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

// The JSON Schema of an option with its range, choices and default.
json::object schema_of(const OptionRow& row, const void* defaults);
std::vector<Parameter> parameters_of(std::span<const OptionRow> rows, const void* defaults, Names omitted);
void add_properties(json::object& schema, std::span<const OptionRow> rows, const void* defaults, Names omitted);

// The rows of an option struct as query parameters; as properties of an object's schema.
template <class Options>
std::vector<Parameter> parameters_of(Names omitted = {}, const Options& defaults = {}) {
  return parameters_of(rows_of<Options>(), &defaults, omitted);
}
template <class Options>
void add_properties(json::object& schema, Names omitted = {}, const Options& defaults = {}) {
  add_properties(schema, rows_of<Options>(), &defaults, omitted);
}

// {"type": "object", "additionalProperties": false, "properties": {}}
json::object object_schema();
void add_property(json::object& schema, std::string_view name, json::object property, bool required = false);

// Sets the options that were sent. Throws wrong_use for an invalid value, and for a value sent twice unless it is a
// list.
void read_query(const Exchange& exchange, std::span<const OptionRow> rows, void* options);
template <class Options>
void read_query(const Exchange& exchange, Options& options) {
  read_query(exchange, rows_of<Options>(), &options);
}

// Reads the members of a JSON object and refuses those that nobody read. Views an object that outlives it.
class BodyReader {
 public:
  // `subject` precedes names in messages: "filter.".
  explicit BodyReader(const json::object& object, std::string subject = "");

  // Sets the rows that the object has, except those omitted. Throws wrong_use.
  template <class Options>
  void read(Options& options, Names omitted = {}) {
    read(rows_of<Options>(), &options, omitted);
  }
  // A text, or ""; a list of texts; a nested object, or nullptr. Throw wrong_use for other types and texts of more than
  // kMostTextLetters, or `most`.
  std::string text(std::string_view name, std::size_t most = kMostTextLetters);
  std::vector<std::string> texts(std::string_view name);
  const json::object* object(std::string_view name);
  const json::value* find(std::string_view name);  // nullptr if absent

  // Throws wrong_use for a member that nobody read, with the nearest name.
  void refuse_others() const;

 private:
  void read(std::span<const OptionRow> rows, void* options, Names omitted);

  const json::object& object_;
  std::string subject_;
  std::vector<std::string_view> known_;
};

// Throws wrong_use: "unknown name SUBJECTX (did you mean Y?)".
[[noreturn]] void throw_unknown_name(std::string_view subject, std::string_view name,
                                     std::span<const std::string_view> known);

// The body as one JSON object: valid UTF-8, at most 32 levels deep, no NUL in any text. Throws wrong_use; too_large
// above 200,000 values, which take many times the memory of their bytes.
json::object body_object(const Request& request);

}  // namespace segue::serve
