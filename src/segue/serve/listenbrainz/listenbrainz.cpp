#include "segue/serve/listenbrainz/listenbrainz.h"

#include <algorithm>
#include <charconv>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/listenbrainz/parts.h"

namespace segue::serve {

namespace {

constexpr std::size_t kShownBytes = 60;  // of a value, in messages

json::object type(std::string_view name) {
  return {{"type", name}};
}

json::object nullable(std::string_view name) {
  return {{"type", {name, "null"}}};
}

// An object whose members are all there.
json::object object_of(json::object properties) {
  json::array required;
  for (const auto& member : properties) required.emplace_back(member.key());
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

json::object list_of(json::object items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

json::object in_payload(json::object payload) {
  return object_of({{"payload", object_of(std::move(payload))}});
}

}  // namespace

std::vector<Route> listenbrainz_routes(const ListenParts& parts) {
  std::vector<Route> routes = submit_routes(parts);
  for (const auto& group : {history_routes(parts), feedback_routes(parts)}) {
    routes.insert(routes.end(), group.begin(), group.end());
  }
  for (Route& route : routes) {
    route.may_block = true;  // all ask the store
    route.error = listenbrainz_error;
  }
  return routes;
}

json::object listen_schemas() {
  json::object schemas;
  schemas["ListenBrainzStatus"] = object_of({{"status", type("string")}});
  schemas["ListenBrainzToken"] =
      object_of({{"code", type("integer")}, {"message", type("string")}, {"valid", type("boolean")}});
  const json::object listen = object_of({{"listened_at", type("integer")},
                                         {"inserted_at", type("integer")},
                                         {"recording_msid", type("string")},
                                         {"user_name", type("string")},
                                         {"track_metadata", type("object")}});
  schemas["ListenBrainzListens"] = in_payload({{"count", type("integer")},
                                               {"user_id", type("string")},
                                               {"latest_listen_ts", type("integer")},
                                               {"oldest_listen_ts", type("integer")},
                                               {"listens", list_of(listen)}});
  schemas["ListenBrainzCount"] = in_payload({{"count", type("integer")}});
  const json::object playing =
      object_of({{"track_metadata", type("object")}, {"user_name", type("string")}, {"playing_now", type("boolean")}});
  schemas["ListenBrainzPlayingNow"] = in_payload({{"count", type("integer")},
                                                  {"user_id", type("string")},
                                                  {"playing_now", type("boolean")},
                                                  {"listens", list_of(playing)}});
  schemas["ListenBrainzImport"] = object_of({{"musicbrainz_id", type("string")}, {"latest_import", type("integer")}});
  const json::object feedback = object_of({{"user_id", type("string")},
                                           {"score", type("integer")},
                                           {"created", type("integer")},
                                           {"recording_msid", nullable("string")},
                                           {"recording_mbid", nullable("string")},
                                           {"track_metadata", nullable("object")}});
  schemas["ListenBrainzFeedback"] = object_of({{"feedback", list_of(feedback)},
                                               {"count", type("integer")},
                                               {"total_count", type("integer")},
                                               {"offset", type("integer")}});
  schemas["AddedListens"] = object_of({{"added", type("integer")}, {"known", type("integer")}});
  schemas["Forgotten"] =
      object_of({{"listens", type("integer")}, {"feedback", type("integer")}, {"tokens", type("integer")}});
  return schemas;
}

Reply listenbrainz_error(int status, std::string_view, std::string_view message) {
  // Scrobblers keep a listen and send it again after 503; after what they do not know, as 507, they drop it.
  if (status == 507) status = 503;
  Reply reply = json_reply({{"code", status}, {"error", message}}, status);
  if (status == 503) reply.headers.push_back({"Retry-After", std::string(kRetrySeconds)});
  return reply;
}

std::string listener_of(const Identity& who) {
  if (!who.user.empty()) return who.user;
  if (who.token_id.empty()) return std::string(kLocalUser);
  fail(ErrorCode::forbidden,
       "Expected the token of a user, whose listens these are, found a service's: it submits with POST /v1/listens.");
}

std::int64_t integer_parameter(const Exchange& exchange, std::string_view name, std::int64_t otherwise) {
  const std::string* const text = exchange.find(name);
  if (text == nullptr || text->empty()) return otherwise;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) {
    fail(ErrorCode::wrong_use, "Invalid {} argument: {}", name, data::printable(*text, kShownBytes));
  }
  return number;
}

std::size_t count_parameter(const Exchange& exchange, std::string_view name, std::size_t otherwise, std::size_t most) {
  const std::int64_t number = integer_parameter(exchange, name, static_cast<std::int64_t>(otherwise));
  if (number < 0) fail(ErrorCode::wrong_use, "'{}' should be a non-negative integer", name);
  return std::min(static_cast<std::size_t>(number), most);
}

Parameter count_description(std::string_view name, std::string_view help, std::size_t otherwise) {
  return {std::string(name), std::string(help), {{"type", "integer"}, {"minimum", 0}, {"default", otherwise}}, false};
}

const std::string& own_user(const Exchange& exchange) {
  const std::string& user = exchange.at("user");
  exchange.who.must_be(user);
  return user;
}

Reply status_ok() {
  return json_reply({{"status", "ok"}});
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace segue::serve
