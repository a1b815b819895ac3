// Options (base/options.h) in manifests, reports and replies.
#pragma once

#include <string>

#include "segue/base/json.h"
#include "segue/base/options.h"

namespace segue {

json::value to_json(const OptionValue& value);

// A member of such a document in the form that OptionRow::set takes.
std::string option_text(const json::value& value);

// Every option with its value: {"dim": 128, "window": 5, ...}.
template <class Options>
json::object options_to_json(const Options& options) {
  json::object object;
  for (const OptionRow& row : rows_of<Options>()) object[row.name] = to_json(row.value(&options));
  return object;
}

}  // namespace segue
