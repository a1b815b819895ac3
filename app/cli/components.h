// The libraries that segue is linked with, or whose headers are compiled into it.
#pragma once

#include <string_view>

namespace segue::cli {

// app/cli/components.json: {"components": [{"name", "licence", "use", "packages"}]}. tools/sbom compares it with what
// was built.
std::string_view components_json();

}  // namespace segue::cli
