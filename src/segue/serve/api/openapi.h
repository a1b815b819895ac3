// The OpenAPI 3.1 document and the web app's types, made from the routes as they are declared.
#pragma once

#include <span>
#include <string>

#include "segue/base/json_fwd.h"
#include "segue/serve/http/router.h"

namespace segue::serve {

// Parameters, bodies and examples come from the routes, schemas of replies and errors from the tables of their structs.
json::object openapi_document(std::span<const Route> routes);

// app/web/src/data/types.ts: an interface for every reply of the routes and for these documents.
std::string typescript_types(std::span<const Route> routes, std::span<const ReplyShape* const> documents = {});

}  // namespace segue::serve
