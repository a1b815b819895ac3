// Routes declared once: dispatch, authorisation, parameter checks and the OpenAPI document all use the same table.
//
//   routes.push_back({.method = Method::get, .path = "/v1/songs/{id}/similar", .id = "getSimilarSongs", .tag = "Songs",
//                     .summary = "The nearest neighbours of a song", .query =
//                     parameters_of<SimilarOptions>({"threads"}), .handle = [&](const Exchange& exchange) { ... return
//                     json_reply(SimilarSongsReply{...}); }});
//
// The handler's return type is the reply's schema (typed_reply.h).
// Options of a query and of a JSON body are the option structs of base/options.h (parameters.h). An unknown name, a
// wrong type or a value out of range is an error that names it.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/json.h"
#include "segue/serve/http/http.h"
#include "segue/serve/http/typed_reply.h"

namespace segue::serve {

// What a token permits. admin includes the others, and read includes metrics.
enum class Scope { none, read, submit, admin, metrics };
inline constexpr std::array<std::string_view, 5> kScopeNames = {"none", "read", "submit", "admin", "metrics"};
constexpr std::span<const std::string_view> names(Scope) {
  return kScopeNames;
}

// Who sent a request: known by a token, or allowed because it comes from this machine.
struct Identity {
  std::string token_id;  // "" without a token
  std::string user;      // whose token it is; "" for a service, which may act for every user
  bool read = false;
  bool submit = false;
  bool admin = false;
  bool metrics = false;  // a scraper's: it may read the metrics, and nothing else

  bool may(Scope scope) const;
  // Throws forbidden unless this is a service's or admin's token or the user's own.
  void must_be(std::string_view of_user) const;
};

struct Exchange {
  const Request& request;
  std::vector<std::pair<std::string_view, std::string>> path;  // {id} -> decoded text
  std::vector<std::pair<std::string, std::string>> query;      // decoded, in order
  Identity who;
  RequestNotes* notes = nullptr;  // where the handler says what the reply does not; nullptr: nobody asks

  // REQUIRES: the route's path has {name}.
  const std::string& at(std::string_view name) const;
  // The value of a query parameter that was sent, or nullptr.
  const std::string* find(std::string_view name) const;
};

// One value that a route takes in addition to its path, for checks and for the OpenAPI document.
struct Parameter {
  std::string name;
  std::string help;
  json::object schema;  // JSON Schema
  bool required = false;

  std::size_t most_letters() const;  // maxLength of the schema, or kMostTextLetters
};

// The header of a reply that holds the id of its list.
inline constexpr std::string_view kListHeader = "X-Segue-List";

// The longest text that a request may hold where nothing else is said, in letters (code points).
inline constexpr std::size_t kMostTextLetters = 1024;

// How errors are written: Segue's {"error": {"code", "message"}}, or the form of a protocol.
struct ErrorForm {
  const ReplyShape* shape;
  Reply (*write)(int status, std::string_view code, std::string_view message);
};
extern const ErrorForm kErrorForm;  // error_reply()

// A request body and a reply for the OpenAPI document. REQUIRES: the reply is of the type that the handler returns.
struct Example {
  Example() = default;
  template <HasFields Body>
  explicit Example(const Body& body, std::string_view request_body = {})
      : shape(&shape_of<Body>()), reply(json_text(body)), request(request_body) {}

  const ReplyShape* shape = nullptr;  // nullptr: no example
  std::string reply{};
  std::string request{};  // "": no body
};

struct Route {
  Method method = Method::get;
  std::string path;     // "/v1/songs/{id}": a name in braces takes one segment, percent-decoded
  std::string id;       // "getSong": what generated clients call it; unique
  std::string tag;      // "Songs": its group in the documentation
  std::string summary;  // one line
  Scope scope = Scope::read;
  // Not for listeners: a token of one user is refused, since what the reply says is about everybody.
  bool for_operators = false;
  bool is_personal = false;        // says something about a person: nobody on the way may keep the reply
  bool is_probe = false;           // see HeadFacts
  bool may_block = false;          // see Prepared; a handler with a parsed body may decide for each request
  std::vector<Parameter> query{};  // others are refused,
  bool ignores_others = false;     // or ignored: clients of a protocol may send what Segue has no use for
  bool joins_slashes = false;      // "//" is "/" and a "/" at the end nothing, as clients of a protocol join addresses
  bool may_be_empty = false;       // the reply may be 204, without a body
  json::object body{};             // JSON Schema of the body; empty: none
  std::string body_type = "application/json";
  std::uint64_t most_body = 0;  // bytes, instead of the server's limit; 0: that limit
  std::string reply_type = "application/json";
  std::vector<std::string> other_types{};  // of the reply, by Accept
  bool gives_list = false;                 // the reply is a list and has its id in the header kListHeader
  Example example{};
  Handler handle;
  const ErrorForm* errors = &kErrorForm;
};

Reply error_reply(int status, std::string_view code, std::string_view message);  // {"error": {"code", "message"}}

// "//1//x/" -> "/1/x"
std::string with_joined_slashes(std::string_view path);

// The routes of a service. Immutable, thread safe.
class Router {
 public:
  // REQUIRES: every route has an id, no two routes share an id or a method and path, and a route whose handler returns
  // a plain Reply has a reply_type other than JSON.
  explicit Router(std::vector<Route> routes);

  // HEAD finds what GET finds. If several paths match, the one with more literal segments wins. A path with doubled
  // slashes, or one at its end, matches what it would without them if the route joins slashes.
  const Route* find(Method method, std::string_view path) const;
  // The methods of a path, "GET, HEAD, POST"; "" if there is no such path.
  std::string allowed(std::string_view path) const;
  // The values of the route's path, decoded. REQUIRES: `route` was found for this path. Throws wrong_use.
  static std::vector<std::pair<std::string_view, std::string>> path_values(const Route& route, std::string_view path);

  std::span<const Route> routes() const { return routes_; }

 private:
  static constexpr std::size_t kMostSegments = 8;

  const Route* find_exactly(Method method, std::string_view path) const;

  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> patterns_;  // the segments of each route's path
};

}  // namespace segue::serve
