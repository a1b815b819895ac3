#include "segue/evaluate/methods/methods.h"

#include <algorithm>
#include <array>

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::evaluate {

// Each is defined in its own file of this folder. To add a method, declare and list it here.
using Factory = std::unique_ptr<Method>(const MethodOptions&);
Factory make_random, make_popularity, make_recent_popularity, make_personal_top, make_personal_actr, make_markov,
    make_sequential_rules, make_co_count, make_co_count_10, make_item_knn, make_item_knn_decay, make_vsknn, make_vstan,
    make_als, make_sgns, make_sgns_10, make_blend, make_blend_lists;

namespace {

// In the order of the report.
constexpr std::array kFactories = {
    make_random,
    make_popularity,
    make_recent_popularity,
    make_personal_top,
    make_personal_actr,
    make_markov,
    make_sequential_rules,
    make_co_count,
    make_co_count_10,
    make_item_knn,
    make_item_knn_decay,
    make_vsknn,
    make_vstan,
    make_als,
    make_sgns,
    make_sgns_10,
    make_blend,
    make_blend_lists,
};

}  // namespace

std::vector<std::unique_ptr<Method>> make_methods(std::string_view names, const MethodOptions& options) {
  std::vector<std::unique_ptr<Method>> methods;
  for (Factory* const make : kFactories) methods.push_back(make(options));
  if (names == "all") return methods;
  std::vector<std::string_view> known;
  for (const std::unique_ptr<Method>& method : methods) known.push_back(method->name());
  std::vector<bool> chosen(methods.size());
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) {
      std::string list = "all";
      for (const std::string_view one : known) list += ", " + std::string(one);
      fail(ErrorCode::wrong_use, "--baselines: expected some of {}, found \"{}\"{}", list, name,
           did_you_mean(name, known));
    }
    chosen[static_cast<std::size_t>(found - known.begin())] = true;
  }
  std::vector<std::unique_ptr<Method>> kept;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    if (chosen[i]) kept.push_back(std::move(methods[i]));
  }
  if (kept.empty()) fail(ErrorCode::wrong_use, "--baselines: expected at least one name, found none");
  return kept;
}

std::unique_ptr<Method> make_method(std::string_view name, const MethodOptions& options) {
  return std::move(make_methods(name, options).front());
}

}  // namespace segue::evaluate
