// POST /1/submit-listens, POST /1/delete-listen, GET /1/validate-token
#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

bool read_return_msid(const Exchange& exchange) {
  const std::string* const text = exchange.find("return_msid");
  if (text == nullptr || *text == "false") return false;
  if (*text != "true") {
    fail(ErrorCode::wrong_use, "Invalid return_msid argument: {}", data::printable(*text, kShownBytes));
  }
  return true;
}

// read_submitted(), with the listens of a request that it refuses counted.
SubmittedListens counted_submitted(const ListenParts& parts, const json::object& body, std::size_t bytes,
                                   const std::string& user, std::int64_t now) {
  try {
    return read_submitted(body, bytes, user, now);
  } catch (const Error&) {
    const json::value* const payload = body.if_contains("payload");
    if (payload != nullptr && payload->is_array()) {
      parts.metrics.count_listens(ListenResult::refused, payload->get_array().size());
    }
    throw;
  }
}

TypedReply<ListenBrainzStatusReply> submit_listens(const ListenParts& parts, const Exchange& exchange) {
  const std::string user = listener_of(exchange.who);
  const std::size_t bytes = exchange.request.body.size();
  if (bytes > kMostSubmitBytes) {
    fail(ErrorCode::wrong_use, "Payload too large. Payload cannot exceed {} bytes", kMostSubmitBytes);
  }
  const bool return_msid = read_return_msid(exchange);
  const std::int64_t now = parts.unix_now();
  SubmittedListens submitted = counted_submitted(parts, body_object(exchange.request), bytes, user, now);
  if (submitted.type != ListenType::playing_now) {
    parts.metrics.count_listens(parts.store.add(submitted.listens));
    return status_ok();
  }
  store::StoredListen& listen = submitted.listens.front();
  parts.playing_now.put(user, std::move(listen.track_metadata), now, submitted.duration);
  if (!return_msid) return status_ok();
  return json_reply(ListenBrainzStatusReply{.recording_msid = listen.msid});
}

json::object submit_body() {
  const json::object uuid{{"type", "string"}, {"format", "uuid"}};
  const json::object name{{"type", "string"}, {"minLength", 1}, {"maxLength", kMostListenBytes}, {"pattern", "^[!-~]"}};
  json::object tags{
      {"type", "array"}, {"maxItems", kMostTags}, {"items", {{"type", "string"}, {"maxLength", kMostTagLetters}}}};
  const json::object info{{"type", "object"},
                          {"properties",
                           {{"recording_mbid", uuid},
                            {"song_id", text_schema()},
                            {"spotify_id", text_schema()},
                            {"duration", {{"type", "integer"}, {"minimum", 1}, {"maximum", kMostDuration}}},
                            {"tags", std::move(tags)}}}};
  json::object metadata = object_schema();
  metadata["additionalProperties"] = true;
  add_property(metadata, "artist_name", name, true);
  add_property(metadata, "track_name", name, true);
  add_property(metadata, "release_name", text_schema(kMostListenBytes));
  add_property(metadata, "additional_info", info);
  json::object listen = object_schema();
  add_property(listen, "listened_at", {{"type", "integer"}, {"minimum", kFirstListenedAt}});
  add_property(listen, "track_metadata", std::move(metadata), true);
  json::object body = object_schema();
  body["additionalProperties"] = true;
  add_property(body, "listen_type",
               {{"type", "string"}, {"enum", json::array(kListenTypeNames.begin(), kListenTypeNames.end())}}, true);
  add_property(body, "payload",
               {{"type", "array"}, {"minItems", 1}, {"maxItems", kMostListensOfRequest}, {"items", std::move(listen)}},
               true);
  return body;
}

// Succeeds too if there is no such listen.
TypedReply<ListenBrainzStatusReply> delete_listen(const ListenParts& parts, const Exchange& exchange) {
  const std::string user = listener_of(exchange.who);
  const json::object body = body_object(exchange.request);
  const json::value* const time = body.if_contains("listened_at");
  if (time == nullptr) fail(ErrorCode::wrong_use, "Listen timestamp missing.");
  if (!time->is_int64()) {
    fail(ErrorCode::wrong_use, "{}: Listen timestamp invalid.", data::printable(json::serialize(*time), kShownBytes));
  }
  const json::value* const msid = body.if_contains("recording_msid");
  if (msid == nullptr) fail(ErrorCode::wrong_use, "Recording MSID missing.");
  const std::string canonical = msid->is_string() ? canonical_uuid(msid->get_string()) : "";
  if (canonical.empty()) {
    fail(ErrorCode::wrong_use, "{}: Recording MSID format invalid.",
         data::printable(json::serialize(*msid), kShownBytes));
  }
  parts.store.remove(user, time->get_int64(), canonical);
  return status_ok();
}

json::object delete_body() {
  json::object body = object_schema();
  body["additionalProperties"] = true;
  add_property(body, "listened_at", {{"type", "integer"}}, true);
  add_property(body, "recording_msid", {{"type", "string"}, {"format", "uuid"}}, true);
  return body;
}

// Clients send the token in the same header as with a listen; old ones in the query.
std::string_view sent_secret(const Exchange& exchange) {
  const std::string_view header = exchange.request.header("authorization");
  const std::size_t blank = header.find(' ');
  if (blank != std::string_view::npos) return header.substr(header.find_last_of(' ') + 1);
  const std::string* const text = exchange.find("token");
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

// The status is 200 either way; the body has the answer.
TypedReply<ListenBrainzTokenReply> validate_token(const ListenParts& parts, const Exchange& exchange) {
  const std::string_view secret = sent_secret(exchange);
  if (secret.empty()) fail(ErrorCode::wrong_use, "You need to provide an Authorization token.");
  const std::optional<store::StoredToken> token = parts.store.token_by_hash(sha256_of(secret));
  if (!token) return json_reply(ListenBrainzTokenReply{.message = "Token invalid."});
  if (token->user.empty()) {  // it could submit nothing with this protocol
    return json_reply(ListenBrainzTokenReply{.message = "Token of a service, not of a user."});
  }
  return json_reply(ListenBrainzTokenReply{.message = "Token valid.", .valid = true, .user_name = token->user});
}

}  // namespace

std::vector<Route> submit_routes(const ListenParts& parts) {
  const json::object text = text_schema();
  std::vector<Route> routes;
  routes.push_back(
      {.method = Method::post,
       .path = "/1/submit-listens",
       .id = "submitListens",
       .tag = "ListenBrainz",
       .summary = "Submits listens of the token's user, or what they are playing now",
       .scope = Scope::submit,
       .query = {{"return_msid", "Return the recording_msid of a playing_now", {{"type", "boolean"}}, false}},
       .body = submit_body(),
       .example = Example(ListenBrainzStatusReply(),
                          R"({"listen_type": "single", "payload": [{"listened_at": 1443521965, "track_metadata": )"
                          R"({"artist_name": "Bill Evans Trio", "track_name": "Waltz for Debby"}}]})"),
       .handle = [parts](const Exchange& exchange) { return submit_listens(parts, exchange); }});
  routes.push_back({.method = Method::post,
                    .path = "/1/delete-listen",
                    .id = "deleteListen",
                    .tag = "ListenBrainz",
                    .summary = "Deletes one listen",
                    .scope = Scope::submit,
                    .body = delete_body(),
                    .handle = [parts](const Exchange& exchange) { return delete_listen(parts, exchange); }});
  routes.push_back({.path = "/1/validate-token",
                    .id = "validateToken",
                    .tag = "ListenBrainz",
                    .summary = "Whether a token belongs to a user, and to whom",
                    .scope = Scope::none,
                    .query = {{"token", "The token, if it is not sent in the Authorization header", text, false}},
                    .handle = [parts](const Exchange& exchange) { return validate_token(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
