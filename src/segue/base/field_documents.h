// What is generated from the tables of reply structs (fields.h): JSON Schemas, TypeScript types, documents.
#pragma once

#include <span>
#include <string>

#include "segue/base/fields.h"
#include "segue/base/json.h"

namespace segue {

// Adds the JSON Schema of a reply to `schemas`, under its name, and those of all replies in it. References are
// OpenAPI's:
// "#/components/schemas/Song". REQUIRES: no two replies of one name.
void add_schemas(json::object& schemas, const ReplyShape& shape);

// An exported interface for each of these replies and each reply in them, a base before what extends it.
std::string typescript_of(std::span<const ReplyShape* const> shapes);

// The document of a reply, for --json: it has the numbers that the text has.
json::object document_of(std::string_view text);
template <HasFields Reply>
json::object document_of(const Reply& reply) {
  return document_of(std::string_view(json_text(reply)));
}

}  // namespace segue
