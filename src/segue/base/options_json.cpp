#include "segue/base/options_json.h"

#include <fmt/format.h>

namespace segue {

json::value to_json(const OptionValue& value) {
  return std::visit([](const auto& held) { return json::value_from(held); }, value);
}

std::string option_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_double()) return fmt::format("{}", value.get_double());
  return json::serialize(value);
}

}  // namespace segue
