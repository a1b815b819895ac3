#include "segue/serve/http/router.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <set>

#include "segue/base/error.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"

namespace segue::serve {

namespace {

// Takes the first segment of "/a/b"; the rest keeps its slash.
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

// A name does not match an empty segment.
bool fits(std::span<const std::string> pattern, std::span<const std::string_view> path) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_name(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
  }
  return true;
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
    case Scope::metrics:
      return metrics || read || admin;
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
  SEGUE_ASSERT(false && "a name that is not in the route's path");
  return path.front().second;
}

const std::string* Exchange::find(std::string_view name) const {
  const auto found = std::ranges::find(query, name, [](const auto& pair) { return std::string_view(pair.first); });
  return found == query.end() ? nullptr : &found->second;
}

std::size_t Parameter::most_letters() const {
  const json::value* const most = schema.if_contains("maxLength");
  return most == nullptr ? kMostTextLetters : most->to_number<std::size_t>();
}

Reply Handler::operator()(const Exchange& exchange, const void* body) const {
  if (body != nullptr || !parse_) return answer_(exchange, body);
  return answer_(exchange, parse_(exchange.request).get());
}

// constinit: nothing runs at start-up, so nothing can throw.
// NOLINTNEXTLINE(bugprone-throwing-static-initialization)
constinit const ErrorForm kErrorForm = {&shape_of<ApiErrorReply>(), error_reply};

Reply error_reply(int status, std::string_view code, std::string_view message) {
  return json_reply(ApiErrorReply{{code, message}}, status).reply;
}

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  std::set<std::string_view> ids;
  std::set<std::pair<Method, std::string_view>> places;
  for (const Route& route : routes_) {
    SEGUE_ASSERT(!route.id.empty() && ids.insert(route.id).second);
    SEGUE_ASSERT(places.emplace(route.method, route.path).second);
    SEGUE_ASSERT(route.handle.shape() != nullptr || route.reply_type != "application/json");
    SEGUE_ASSERT(route.example.shape == nullptr || route.example.shape == route.handle.shape());
    std::vector<std::string>& pattern = patterns_.emplace_back();
    for (std::string_view path = route.path; !path.empty();) pattern.emplace_back(take_segment(path));
    SEGUE_ASSERT(pattern.size() <= kMostSegments);
  }
}

std::string with_joined_slashes(std::string_view path) {
  std::string joined;
  while (!path.empty()) {
    const std::string_view segment = take_segment(path);
    if (segment.empty()) continue;
    joined += '/';
    joined += segment;
  }
  return joined;
}

const Route* Router::find(Method method, std::string_view path) const {
  if (!path.starts_with('/')) return nullptr;
  if (const Route* const found = find_exactly(method, path)) return found;
  const std::string joined = with_joined_slashes(path);
  if (joined == path || joined.empty()) return nullptr;
  const Route* const found = find_exactly(method, joined);
  return found != nullptr && found->joins_slashes ? found : nullptr;
}

const Route* Router::find_exactly(Method method, std::string_view path) const {
  std::array<std::string_view, kMostSegments> segments;
  std::size_t count = 0;
  while (!path.empty()) {
    if (count == segments.size()) return nullptr;
    segments[count++] = take_segment(path);
  }
  const Method wanted = method == Method::head ? Method::get : method;
  const Route* found = nullptr;
  std::ptrdiff_t most = -1;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const std::vector<std::string>& pattern = patterns_[i];
    if (routes_[i].method != wanted || pattern.size() != count || !fits(pattern, {segments.data(), count})) continue;
    if (const auto literal = std::ranges::count_if(pattern, std::not_fn(is_name)); literal > most) {
      most = literal;
      found = &routes_[i];
    }
  }
  return found;
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
  std::string joined;
  if (route.joins_slashes) path = joined = with_joined_slashes(path);
  std::string_view pattern = route.path;
  while (!pattern.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view found = take_segment(path);
    if (is_name(wanted)) values.emplace_back(wanted.substr(1, wanted.size() - 2), percent_decoded(found, false));
  }
  return values;
}

}  // namespace segue::serve
