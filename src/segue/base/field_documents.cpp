#include "segue/base/field_documents.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "segue/base/error.h"

namespace segue {

namespace {

json::object schema_of(const ValueShape& value);

std::string_view json_type(ValueKind kind) {
  switch (kind) {
    case ValueKind::text:
    case ValueKind::choice:
      return "string";
    case ValueKind::flag:
      return "boolean";
    case ValueKind::integer:
      return "integer";
    case ValueKind::number:
      return "number";
    case ValueKind::list:
      return "array";
    case ValueKind::object:
    case ValueKind::reply:
    case ValueKind::any:
      break;
  }
  return "object";
}

json::object schema_if_there(const ValueShape& value) {
  if (value.kind == ValueKind::any) return {};
  if (value.kind == ValueKind::reply) {
    return {{"$ref", fmt::format("#/components/schemas/{}", value.reply->name)}};
  }
  json::object schema{{"type", json_type(value.kind)}};
  if (value.kind == ValueKind::choice) schema["enum"] = json::array(value.choices.begin(), value.choices.end());
  if (value.kind == ValueKind::list) schema["items"] = schema_of(*value.item);
  return schema;
}

json::object schema_of(const ValueShape& value) {
  json::object schema = schema_if_there(value);
  if (!value.nullable || value.kind == ValueKind::any) return schema;
  if (json::value* const type = schema.if_contains("type"); type != nullptr && value.kind != ValueKind::choice) {
    *type = json::array{*type, "null"};
    return schema;
  }
  return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
}

void add_fields(json::object& properties, json::array& required, const ReplyShape& shape) {
  if (shape.base != nullptr) add_fields(properties, required, *shape.base);
  for (const FieldShape& field : shape.fields) {
    json::object property = schema_of(*field.value);
    property["description"] = field.description;
    properties[field.name] = std::move(property);
    if (field.required) required.emplace_back(field.name);
  }
}

// Replies that a value holds directly, its base first.
std::vector<const ReplyShape*> parts_of(const ReplyShape& shape) {
  std::vector<const ReplyShape*> parts;
  if (shape.base != nullptr) parts.push_back(shape.base);
  for (const FieldShape& field : shape.fields) {
    const ValueShape* value = field.value;
    while (value->kind == ValueKind::list) value = value->item;
    if (value->kind == ValueKind::reply) parts.push_back(value->reply);
  }
  return parts;
}

void collect(std::vector<const ReplyShape*>& all, const ReplyShape& shape) {
  if (std::ranges::find(all, &shape) != all.end()) return;
  for (const ReplyShape* const part : parts_of(shape)) collect(all, *part);
  all.push_back(&shape);
}

std::string type_text(const ValueShape& value) {
  std::string text;
  switch (value.kind) {
    case ValueKind::text:
      text = "string";
      break;
    case ValueKind::flag:
      text = "boolean";
      break;
    case ValueKind::integer:
    case ValueKind::number:
      text = "number";
      break;
    case ValueKind::choice:
      text = fmt::format("\"{}\"", fmt::join(value.choices, "\" | \""));
      break;
    case ValueKind::object:
      text = "Record<string, unknown>";
      break;
    case ValueKind::any:
      return "unknown";
    case ValueKind::reply:
      text = value.reply->name;
      break;
    case ValueKind::list: {
      const std::string item = type_text(*value.item);
      text = item.find('|') == std::string::npos ? item + "[]" : fmt::format("({})[]", item);
      break;
    }
  }
  return value.nullable ? text + " | null" : text;
}

std::string interface_text(const ReplyShape& shape) {
  std::string text = fmt::format("\n// {}.\nexport interface {}{} {{\n", shape.description, shape.name,
                                 shape.base == nullptr ? "" : fmt::format(" extends {}", shape.base->name));
  for (const FieldShape& field : shape.fields) {
    text += fmt::format("  {}{}: {}; // {}\n", field.name, field.required ? "" : "?", type_text(*field.value),
                        field.description);
  }
  if (shape.open) text += "  [name: string]: unknown;\n";
  return text + "}\n";
}

}  // namespace

void add_schemas(json::object& schemas, const ReplyShape& shape) {
  std::vector<const ReplyShape*> all;
  collect(all, shape);
  for (const ReplyShape* const one : all) {
    json::object properties;
    json::array required;
    add_fields(properties, required, *one);
    json::object schema{{"type", "object"}, {"description", one->description}};
    if (!properties.empty()) schema["properties"] = std::move(properties);
    if (!required.empty()) schema["required"] = std::move(required);
    if (one->open) schema["additionalProperties"] = true;
    if (const json::value* const known = schemas.if_contains(one->name)) SEGUE_ASSERT(*known == json::value(schema));
    schemas[one->name] = std::move(schema);
  }
}

std::string typescript_of(std::span<const ReplyShape* const> shapes) {
  std::vector<const ReplyShape*> all;
  for (const ReplyShape* const shape : shapes) collect(all, *shape);
  std::string text;
  for (const ReplyShape* const shape : all) text += interface_text(*shape);
  return text;
}

json::object document_of(std::string_view text) {
  return std::move(parse_json(text, "a reply").as_object());
}

}  // namespace segue
