// The OpenAPI 3.1 document, made from the routes as they are declared.
#pragma once

#include <span>

#include "segue/base/json_fwd.h"
#include "segue/serve/http/router.h"

namespace segue::serve {

// Parameters and bodies come from the routes; replies are named there and described here. A route whose reply has no
// description is a bug that a test finds: see reply_schemas().
json::object openapi_document(std::span<const Route> routes);

// JSON Schemas of the replies, by the name that routes call them: "Songs", "Recommendations", ...
json::object reply_schemas();

}  // namespace segue::serve
