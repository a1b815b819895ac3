#include "segue/evaluate/settings.h"

#include <fmt/format.h>

namespace segue::evaluate {

std::vector<NamedValue> settings_of(const Method& method, Task task) {
  std::vector<NamedValue> values;
  const std::span<const double> numbers = method.values(task);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    values.push_back({std::string(method.settings()[i].name), numbers[i]});
  }
  return values;
}

std::vector<ChosenSettings> all_settings_of(const Method& method) {
  std::vector<ChosenSettings> settings;
  if (method.settings().empty()) return settings;
  for (const Task task : kAllTasks) settings.push_back({std::string(method.name()), task, settings_of(method, task)});
  return settings;
}

std::string settings_text(std::span<const NamedValue> values) {
  std::string text;
  for (const NamedValue& one : values) {
    text += fmt::format("{}{} {:g}", text.empty() ? "" : ", ", one.name, one.value);
  }
  return text;
}

void apply_settings(std::span<const ChosenSettings> chosen, std::span<const std::unique_ptr<Method>> methods) {
  for (const ChosenSettings& one : chosen) {
    std::vector<double> values;
    for (const NamedValue& value : one.values) values.push_back(value.value);
    for (const std::unique_ptr<Method>& method : methods) {
      if (method->name() == one.method) method->set(one.task, values);
    }
  }
}

}  // namespace segue::evaluate
