// The values of a method's settings for a task, by name, for reports and for another method of the same kind.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/evaluate/method.h"

namespace segue::evaluate {

struct NamedValue {
  std::string name;
  double value = 0;
};

struct ChosenSettings {
  std::string method;
  Task task = Task::next;
  std::vector<NamedValue> values;  // of each setting
};

std::vector<NamedValue> settings_of(const Method& method, Task task);
// For each task; none if the method has no settings.
std::vector<ChosenSettings> all_settings_of(const Method& method);
// "half_life_days 20, neighbours 500"
std::string settings_text(std::span<const NamedValue> values);
// Sets those of methods with such a name.
void apply_settings(std::span<const ChosenSettings> chosen, std::span<const std::unique_ptr<Method>> methods);

}  // namespace segue::evaluate
