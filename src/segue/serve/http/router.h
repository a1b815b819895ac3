// Routes, declared once: dispatch, authorisation, parameter checks and the OpenAPI document all walk the same table.
//
//   routes.push_back({.method = Method::get, .path = "/v1/songs/{id}/similar", .summary = "Songs most like one",
//                     .query = parameters_of<SimilarOptions>({"threads"}), .reply = "Songs",
//                     .handle = [&](const Exchange& exchange) { ... return json_reply(document); }});
//
// Options of a query and of a JSON body are the option structs of base/options.h (parameters.h). An unknown name, a
// wrong type or a value out of range is an error that names it.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/json.h"
#include "segue/serve/http/http.h"

namespace segue::serve {

// What a token may be allowed. admin includes the others.
enum class Scope { none, read, submit, admin };
inline constexpr std::array<std::string_view, 4> kScopeNames = {"none", "read", "submit", "admin"};
constexpr std::span<const std::string_view> names(Scope) {
  return kScopeNames;
}

// Who asks: by a token, or by being on this machine where that is allowed.
struct Identity {
  std::string token_id;  // "" without a token
  std::string user;      // whose token it is; "" for a service, which may act for every user
  bool read = false;
  bool submit = false;
  bool admin = false;

  bool may(Scope scope) const;
  // Throws forbidden unless this is a service's or admin's token or the user's own.
  void must_be(std::string_view of_user) const;
};

struct Exchange {
  const Request& request;
  std::vector<std::pair<std::string_view, std::string>> path;  // {id} -> decoded text
  std::vector<std::pair<std::string, std::string>> query;      // decoded, in order
  Identity who;

  // REQUIRES: the route's path has {name}.
  const std::string& at(std::string_view name) const;
  // The value of a query parameter that was sent, or nullptr.
  const std::string* find(std::string_view name) const;
};

// One value a route takes beside its path, for checks and for the OpenAPI document.
struct Parameter {
  std::string name;
  std::string help;
  json::object schema;  // JSON Schema
  bool required = false;
};

// How errors are written: Segue's {"error": {"code", "message"}}, or that of a protocol.
using ErrorReply = std::function<Reply(int status, std::string_view code, std::string_view message)>;

struct Route {
  Method method = Method::get;
  std::string path;     // "/v1/songs/{id}": a name in braces takes one segment, percent-decoded
  std::string summary;  // one line
  Scope scope = Scope::read;
  bool may_block = false;  // see RequestHandler
  // Where only some requests of the route may block: those for which this is true.
  std::function<bool(const Request&)> blocks_for{};
  std::vector<Parameter> query{};  // others are refused
  json::object body{};             // JSON Schema of the body; empty: none
  std::string reply{};             // the reply's schema among those of openapi.h; "": not JSON
  std::string reply_type = "application/json";
  std::function<Reply(const Exchange&)> handle;
  ErrorReply error{};  // empty: error_reply()
};

Reply json_reply(const json::value& document, int status = 200);
Reply error_reply(int status, std::string_view code, std::string_view message);  // {"error": {"code", "message"}}

// The routes of a service. Immutable, thread safe.
class Router {
 public:
  // REQUIRES: no two routes with the same method and path.
  explicit Router(std::vector<Route> routes);

  // HEAD finds what GET finds. Of several paths that fit, the one with more literal segments wins.
  const Route* find(Method method, std::string_view path) const;
  // "GET, HEAD, POST": what the path would take, "" where there is no such path.
  std::string allowed(std::string_view path) const;
  // The values of the route's path, decoded. REQUIRES: `route` was found for this path. Throws wrong_use.
  static std::vector<std::pair<std::string_view, std::string>> path_values(const Route& route, std::string_view path);

  std::span<const Route> routes() const { return routes_; }

 private:
  static constexpr std::size_t kMostSegments = 8;

  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> patterns_;  // the segments of each route's path
};

}  // namespace segue::serve
