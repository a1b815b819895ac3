#include "segue/serve/router.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/serve/parameters.h"

namespace segue {

namespace {

// The next segment of "/a/b"; what is left goes on with its slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool is_name(std::string_view segment) {
  return segment.starts_with('{');
}

// Literal segments of the pattern, or nothing where the path does not fit. A name takes no empty segment.
std::optional<int> fit(std::string_view pattern, std::string_view path) {
  int literal = 0;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view found = take_segment(path);
    if (is_name(wanted) ? found.empty() : wanted != found) return std::nullopt;
    literal += is_name(wanted) ? 0 : 1;
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return literal;
}

}  // namespace

bool Identity::may(Scope scope) const {
  switch (scope) {
    case Scope::none:
      return true;
    case Scope::read:
      return read || admin;
    case Scope::submit:
      return submit || admin;
    case Scope::admin:
      return admin;
  }
  return false;
}

void Identity::must_be(std::string_view of_user) const {
  if (user.empty() || admin || user == of_user) return;
  fail(ErrorCode::forbidden, "user {}: expected a token of this user or of a service, found one of another user",
       of_user);
}

const std::string& Exchange::at(std::string_view name) const {
  for (const auto& [key, value] : path) {
    if (key == name) return value;
  }
  SEGUE_ASSERT(false && "a name that the route's path does not have");
  return path.front().second;
}

const std::string* Exchange::find(std::string_view name) const {
  const auto found = std::ranges::find(query, name, [](const auto& pair) { return std::string_view(pair.first); });
  return found == query.end() ? nullptr : &found->second;
}

Reply json_reply(const json::value& document, int status) {
  return {.status = status, .body = json::serialize(document)};
}

Reply error_reply(int status, std::string_view code, std::string_view message) {
  return json_reply({{"error", {{"code", code}, {"message", message}}}}, status);
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

const Route* Router::best(std::string_view path, const std::function<bool(const Route&)>& wanted) const {
  if (!path.starts_with('/')) return nullptr;
  const Route* found = nullptr;
  int most = -1;
  for (const Route& route : routes_) {
    if (!wanted(route)) continue;
    if (const std::optional<int> literal = fit(route.path, path); literal && *literal > most) {
      most = *literal;
      found = &route;
    }
  }
  return found;
}

const Route* Router::find(Method method, std::string_view path) const {
  const Method wanted = method == Method::head ? Method::get : method;
  return best(path, [wanted](const Route& route) { return route.method == wanted; });
}

std::string Router::allowed(std::string_view path) const {
  std::string names;
  for (const Method method : {Method::get, Method::post, Method::put, Method::remove}) {
    if (find(method, path) == nullptr) continue;
    if (!names.empty()) names += ", ";
    names += name_of(method);
    if (method == Method::get) names += ", HEAD";
  }
  return names;
}

std::vector<std::pair<std::string_view, std::string>> Router::path_values(const Route& route, std::string_view path) {
  std::vector<std::pair<std::string_view, std::string>> values;
  std::string_view pattern = route.path;
  while (!pattern.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view found = take_segment(path);
    if (is_name(wanted)) values.emplace_back(wanted.substr(1, wanted.size() - 2), percent_decoded(found, false));
  }
  return values;
}

}  // namespace segue
