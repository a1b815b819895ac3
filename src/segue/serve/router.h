// Routes, declared once: dispatch, authorisation, parameter checks and the OpenAPI document all walk the same table.
//
//   routes.push_back({.method = Method::get, .path = "/v1/songs/{id}/similar", .summary = "Songs most like one",
//                     .scope = Scope::read, .query = parameters_of<SimilarOptions>(), .reply = "Songs",
//                     .handle = [&](const Exchange& exchange) { ... return json_reply(document); }});
//
// Options of a query and of a JSON body are the option structs of base/options.h: read_query<SimilarOptions>(exchange),
// read_body<RecommendOptions>(object). An unknown name, a wrong type or a value out of range is an error that names it.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json.h"
#include "segue/base/options.h"
#include "segue/serve/http.h"

namespace segue {

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
  std::map<std::string, std::string, std::less<>> path;    // {id} -> decoded text
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Identity who;

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

struct Route {
  Method method = Method::get;
  std::string path;     // "/v1/songs/{id}": a name in braces takes one segment, percent-decoded
  std::string summary;  // one line
  Scope scope = Scope::read;
  bool may_block = false;        // see RequestHandler
  std::vector<Parameter> query;  // others are refused
  json::object body;             // JSON Schema of the body; empty: none
  std::string reply;             // name of the reply's schema in openapi_schemas(); "": not JSON
  std::string reply_type = "application/json";
  std::function<Reply(const Exchange&)> handle;
  // How errors of this route are written: Segue's {"error": {"code", "message"}}, or that of a protocol.
  std::function<Reply(int status, std::string_view code, std::string_view message)> error;
};

// The rows of an option struct as parameters, or as properties of a body's schema.
std::vector<Parameter> parameters_of(std::span<const OptionRow> rows, std::span<const std::string_view> left_out = {});
void add_properties(json::object& schema, std::span<const OptionRow> rows,
                    std::span<const std::string_view> left_out = {});

// Sets the rows that were sent. Throws wrong_use.
void read_query(const Exchange& exchange, std::span<const OptionRow> rows, void* options);
// Sets the rows that `object` has and notes the names in `known`. Throws wrong_use.
void read_body(const json::object& object, std::span<const OptionRow> rows, void* options,
               std::vector<std::string_view>& known);
// Throws wrong_use for a member that is in none of `known`, with the nearest one.
void refuse_unknown(const json::object& object, std::span<const std::string_view> known);

// The body as one JSON object: valid UTF-8, at most 64 levels deep. Throws wrong_use.
json::object body_object(const Request& request);

Reply json_reply(const json::value& document, int status = 200);
Reply error_reply(int status, std::string_view code, std::string_view message);  // {"error": {"code", "message"}}

// "%C3%A9" -> "é"; `plus`: "+" is a blank, as in queries. Throws wrong_use for what is no encoding, a NUL byte, or not
// UTF-8 once decoded.
std::string percent_decoded(std::string_view text, bool plus);

}  // namespace segue
