// Forward declarations of the JSON types, for headers that only pass them on: Boost.JSON takes a second to compile.
#pragma once

#include <boost/json/fwd.hpp>

namespace segue {

namespace json = boost::json;

}  // namespace segue
