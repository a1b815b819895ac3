// Checks JSON against a JSON Schema of an OpenAPI document, as far as Segue's schemas go: $ref, type, enum, anyOf,
// properties, required, items. Properties that the schema does not name count as faults, unless it names none at all.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "segue/base/json.h"

namespace segue::testing {

class JsonSchemas {
 public:
  explicit JsonSchemas(json::object schemas) : schemas_(std::move(schemas)) {}

  // What does not match, with its place: "/items/0/plays: expected integer". Empty if the value matches.
  std::vector<std::string> faults(const json::value& value, std::string_view name) const {
    std::vector<std::string> found;
    check(value, schemas_.at(name).as_object(), "", found);
    return found;
  }

 private:
  static bool has_type(const json::value& value, std::string_view type) {
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "number") return value.is_number();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    return type == "null" && value.is_null();
  }

  void check(const json::value& value, const json::object& schema, const std::string& place,
             std::vector<std::string>& found) const {
    if (const json::value* const reference = schema.if_contains("$ref")) {
      const std::string_view path = reference->as_string();
      check(value, schemas_.at(path.substr(path.rfind('/') + 1)).as_object(), place, found);
      return;
    }
    if (const json::value* const any = schema.if_contains("anyOf")) {
      const bool fits = std::ranges::any_of(any->as_array(), [&](const json::value& one) {
        std::vector<std::string> ignored;
        check(value, one.as_object(), place, ignored);
        return ignored.empty();
      });
      if (!fits) found.push_back(place + ": none of anyOf");
      return;
    }
    if (const json::value* const type = schema.if_contains("type")) {
      const json::array types = type->is_array() ? type->as_array() : json::array{*type};
      if (std::ranges::none_of(types, [&](const json::value& one) { return has_type(value, one.as_string()); })) {
        found.push_back(fmt::format("{}: expected {}", place, json::serialize(*type)));
        return;
      }
    }
    if (const json::value* const choices = schema.if_contains("enum")) {
      if (std::ranges::find(choices->as_array(), value) == choices->as_array().end()) {
        found.push_back(place + ": not one of the enum");
      }
    }
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.as_array().size(); ++i) {
        check(value.as_array()[i], schema.at("items").as_object(), fmt::format("{}/{}", place, i), found);
      }
    }
    if (value.is_object() && schema.contains("properties")) check_members(value.as_object(), schema, place, found);
  }

  void check_members(const json::object& object, const json::object& schema, const std::string& place,
                     std::vector<std::string>& found) const {
    const json::object& properties = schema.at("properties").as_object();
    for (const auto& member : object) {
      const std::string at = fmt::format("{}/{}", place, std::string_view(member.key()));
      if (const json::value* const property = properties.if_contains(member.key())) {
        check(member.value(), property->as_object(), at, found);
      } else if (!schema.contains("additionalProperties")) {
        found.push_back(at + ": not in the schema");
      }
    }
    if (!schema.contains("required")) return;
    for (const json::value& name : schema.at("required").as_array()) {
      if (!object.contains(name.as_string())) {
        found.push_back(fmt::format("{}/{}: missing", place, std::string_view(name.as_string())));
      }
    }
  }

  json::object schemas_;
};

}  // namespace segue::testing
