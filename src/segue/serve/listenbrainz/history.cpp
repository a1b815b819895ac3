// GET /1/user/{user}/listens, listen-count, playing-now; GET and POST /1/latest-import
#include <algorithm>

#include "segue/base/error.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostServiceLetters = 32;
constexpr std::int64_t kBeforeAll = -1;  // no listen is from before 1970

// The metadata that the client sent; for a listen from another source, the same form.
json::object metadata_of(const store::StoredListen& listen) {
  if (!listen.track_metadata.empty()) return parse_json(listen.track_metadata, "a stored listen").as_object();
  json::object info;
  if (!listen.song_id.empty()) info["song_id"] = listen.song_id;
  if (!listen.recording_mbid.empty()) info["recording_mbid"] = listen.recording_mbid;
  json::object metadata{{"artist_name", listen.artist}, {"track_name", listen.title}};
  if (!listen.release.empty()) metadata["release_name"] = listen.release;
  metadata["additional_info"] = std::move(info);
  return metadata;
}

ListenBrainzListenReply listen_reply(const store::StoredListen& listen) {
  json::object metadata = metadata_of(listen);
  json::value& info = metadata["additional_info"];
  if (!info.is_object()) info = json::object();
  info.get_object()["recording_msid"] = listen.msid;
  return {listen.inserted_at, listen.listened_at, listen.msid, listen.user, std::move(metadata)};
}

std::optional<std::int64_t> time_parameter(const Exchange& exchange, std::string_view name) {
  if (exchange.find(name) == nullptr) return std::nullopt;
  return integer_parameter(exchange, name, 0);
}

std::int64_t end_of_range(store::ListenStore& store, std::string_view user, const store::ListenRange& range) {
  const std::vector<store::StoredListen> found = store.listens_of(user, range);
  return found.empty() ? 0 : found.front().listened_at;
}

TypedReply<ListenBrainzListensReply> listens(const ListenParts& parts, const Exchange& exchange) {
  const std::string& user = own_user(exchange);
  store::ListenRange range;
  range.min_ts = time_parameter(exchange, "min_ts");
  range.max_ts = time_parameter(exchange, "max_ts");
  range.count = count_parameter(exchange, "count", kListensByDefault, kMostListensOfReply);
  if (range.min_ts && range.max_ts && *range.max_ts <= *range.min_ts) {
    fail(ErrorCode::wrong_use, "max_ts should be greater than min_ts");
  }
  ListenBrainzListensPayload payload;
  for (const store::StoredListen& listen : parts.store.listens_of(user, range)) {
    payload.listens.push_back(listen_reply(listen));
  }
  const store::ListenRange newest{.min_ts = std::nullopt, .max_ts = std::nullopt, .count = 1};
  const store::ListenRange oldest{.min_ts = kBeforeAll, .max_ts = std::nullopt, .count = 1};
  payload.count = payload.listens.size();
  payload.latest_listen_ts = end_of_range(parts.store, user, newest);
  payload.oldest_listen_ts = end_of_range(parts.store, user, oldest);
  payload.user_id = user;
  return json_reply(ListenBrainzListensReply{std::move(payload)});
}

TypedReply<ListenBrainzCountReply> listen_count(const ListenParts& parts, const Exchange& exchange) {
  return json_reply(ListenBrainzCountReply{{parts.store.listen_count(own_user(exchange))}});
}

TypedReply<ListenBrainzPlayingNowReply> playing_now(const ListenParts& parts, const Exchange& exchange) {
  const std::string& user = own_user(exchange);
  ListenBrainzPlayingNowPayload payload{.user_id = user};
  if (const auto metadata = parts.playing_now.get(user, parts.unix_now())) {
    payload.listens.push_back(
        {.track_metadata = parse_json(*metadata, "what is playing now").as_object(), .user_name = user});
  }
  payload.count = payload.listens.size();
  return json_reply(ListenBrainzPlayingNowReply{std::move(payload)});
}

// A valid service name. Throws wrong_use.
std::string checked_service(std::string_view name) {
  const auto is_letter = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
  };
  if (name.empty() || name.size() > kMostServiceLetters || !std::ranges::all_of(name, is_letter)) {
    fail(ErrorCode::wrong_use, "Invalid data sent: service should be 1 to {} of the letters a-z, 0-9, - and _",
         kMostServiceLetters);
  }
  return std::string(name);
}

TypedReply<ListenBrainzImportReply> latest_import(const ListenParts& parts, const Exchange& exchange) {
  const std::string* const named = exchange.find("user_name");
  const std::string user = named != nullptr ? *named : listener_of(exchange.who);
  exchange.who.must_be(user);
  const std::string* const service = exchange.find("service");
  const std::string checked = checked_service(service == nullptr ? "lastfm" : *service);
  return json_reply(ListenBrainzImportReply{user, parts.store.latest_import(user, checked)});
}

TypedReply<ListenBrainzStatusReply> set_latest_import(const ListenParts& parts, const Exchange& exchange) {
  const std::string user = listener_of(exchange.who);
  const json::object body = body_object(exchange.request);
  const json::value* const time = body.if_contains("ts");
  if (time != nullptr && !time->is_int64()) fail(ErrorCode::wrong_use, "Invalid data sent: ts should be an integer");
  const json::value* const named = body.if_contains("service");
  if (named != nullptr && !named->is_string()) {
    fail(ErrorCode::wrong_use, "Invalid data sent: service should be a string");
  }
  const std::string service = checked_service(named == nullptr ? "lastfm" : std::string_view(named->get_string()));
  const std::int64_t sent = time == nullptr ? 0 : time->get_int64();
  if (sent > parts.store.latest_import(user, service)) parts.store.set_latest_import(user, service, sent);
  return status_ok();
}

json::object service_schema() {
  return {{"type", "string"}, {"pattern", "^[a-z0-9_-]{1,32}$"}};
}

json::object import_body() {
  json::object body = object_schema();
  body["additionalProperties"] = true;
  add_property(body, "ts", {{"type", "integer"}}, true);
  add_property(body, "service", service_schema());
  return body;
}

}  // namespace

std::vector<Route> history_routes(const ListenParts& parts) {
  const json::object time{{"type", "integer"}};
  const json::object text{{"type", "string"}, {"minLength", 1}, {"maxLength", kMostTextLetters}};
  std::vector<Route> routes;
  routes.push_back(
      {.path = "/1/user/{user}/listens",
       .id = "getUserListens",
       .tag = "ListenBrainz",
       .summary = "A user's listens, the newest first",
       .query = {{"max_ts", "Only listens before this time", time, false},
                 {"min_ts", "Only listens after this time; without max_ts the ones next to it", time, false},
                 count_description("count", "Listens to return; more than 1000 is taken as 1000", kListensByDefault)},
       .handle = [parts](const Exchange& exchange) { return listens(parts, exchange); }});
  routes.push_back({.path = "/1/user/{user}/listen-count",
                    .id = "getUserListenCount",
                    .tag = "ListenBrainz",
                    .summary = "How many listens a user has",
                    .handle = [parts](const Exchange& exchange) { return listen_count(parts, exchange); }});
  routes.push_back({.path = "/1/user/{user}/playing-now",
                    .id = "getUserPlayingNow",
                    .tag = "ListenBrainz",
                    .summary = "What a user is listening to now",
                    .handle = [parts](const Exchange& exchange) { return playing_now(parts, exchange); }});
  routes.push_back(
      {.path = "/1/latest-import",
       .id = "getLatestImport",
       .tag = "ListenBrainz",
       .summary = "The time of the newest listen that an importer has reported",
       .query = {{"user_name", "The user; by default the token's", text, false},
                 {"service", "Where the importer gets the listens; lastfm by default", service_schema(), false}},
       .handle = [parts](const Exchange& exchange) { return latest_import(parts, exchange); }});
  routes.push_back({.method = Method::post,
                    .path = "/1/latest-import",
                    .id = "setLatestImport",
                    .tag = "ListenBrainz",
                    .summary = "Records the time of the newest imported listen; an older time is ignored",
                    .scope = Scope::submit,
                    .body = import_body(),
                    .handle = [parts](const Exchange& exchange) { return set_latest_import(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
