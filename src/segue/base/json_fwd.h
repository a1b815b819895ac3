// The names of JSON's types alone, for headers that only pass them on: Boost.JSON itself takes a second to read.
#pragma once

#include <boost/json/fwd.hpp>

namespace segue {

namespace json = boost::json;

}  // namespace segue
