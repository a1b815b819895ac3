// GET /1/user/{user}/listens, listen-count, playing-now; GET and POST /1/latest-import
#include <algorithm>

#include "segue/base/error.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostServiceLetters = 32;
constexpr std::int64_t kBeforeAll = -1;  // no listen is from before 1970

// What the client sent, or for a listen that came by another way the same form of it.
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

json::object listen_object(const store::StoredListen& listen) {
  json::object metadata = metadata_of(listen);
  json::value& info = metadata["additional_info"];
  if (!info.is_object()) info = json::object();
  info.get_object()["recording_msid"] = listen.msid;
  return {{"inserted_at", listen.inserted_at},
          {"listened_at", listen.listened_at},
          {"recording_msid", listen.msid},
          {"user_name", listen.user},
          {"track_metadata", std::move(metadata)}};
}

std::optional<std::int64_t> time_parameter(const Exchange& exchange, std::string_view name) {
  if (exchange.find(name) == nullptr) return std::nullopt;
  return integer_parameter(exchange, name, 0);
}

std::int64_t end_of_range(store::ListenStore& store, std::string_view user, const store::ListenRange& range) {
  const std::vector<store::StoredListen> found = store.listens_of(user, range);
  return found.empty() ? 0 : found.front().listened_at;
}

Reply listens(const ListenParts& parts, const Exchange& exchange) {
  const std::string& user = own_user(exchange);
  store::ListenRange range;
  range.min_ts = time_parameter(exchange, "min_ts");
  range.max_ts = time_parameter(exchange, "max_ts");
  range.count = count_parameter(exchange, "count", kListensByDefault, kMostListensOfReply);
  if (range.min_ts && range.max_ts && *range.max_ts <= *range.min_ts) {
    fail(ErrorCode::wrong_use, "max_ts should be greater than min_ts");
  }
  json::array items;
  for (const store::StoredListen& listen : parts.store.listens_of(user, range))
    items.emplace_back(listen_object(listen));
  const store::ListenRange newest{.min_ts = std::nullopt, .max_ts = std::nullopt, .count = 1};
  const store::ListenRange oldest{.min_ts = kBeforeAll, .max_ts = std::nullopt, .count = 1};
  json::object payload{{"count", items.size()},
                       {"latest_listen_ts", end_of_range(parts.store, user, newest)},
                       {"listens", std::move(items)},
                       {"oldest_listen_ts", end_of_range(parts.store, user, oldest)},
                       {"user_id", user}};
  return json_reply({{"payload", std::move(payload)}});
}

Reply listen_count(const ListenParts& parts, const Exchange& exchange) {
  return json_reply({{"payload", {{"count", parts.store.listen_count(own_user(exchange))}}}});
}

Reply playing_now(const ListenParts& parts, const Exchange& exchange) {
  const std::string& user = own_user(exchange);
  json::array items;
  if (const auto metadata = parts.playing_now.get(user, parts.unix_now())) {
    items.push_back(
        {{"playing_now", true}, {"track_metadata", parse_json(*metadata, "what is playing now")}, {"user_name", user}});
  }
  json::object payload{
      {"count", items.size()}, {"listens", std::move(items)}, {"playing_now", true}, {"user_id", user}};
  return json_reply({{"payload", std::move(payload)}});
}

// "lastfm" where the client names none, as in ListenBrainz.
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

Reply latest_import(const ListenParts& parts, const Exchange& exchange) {
  const std::string* const named = exchange.find("user_name");
  const std::string user = named != nullptr ? *named : listener_of(exchange.who);
  exchange.who.must_be(user);
  const std::string* const service = exchange.find("service");
  const std::string checked = checked_service(service == nullptr ? "lastfm" : *service);
  return json_reply({{"musicbrainz_id", user}, {"latest_import", parts.store.latest_import(user, checked)}});
}

Reply set_latest_import(const ListenParts& parts, const Exchange& exchange) {
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

Route user_route(std::string path, std::string summary, std::string reply,
                 std::function<Reply(const Exchange&)> handle) {
  Route route;
  route.path = std::move(path);
  route.summary = std::move(summary);
  route.reply = std::move(reply);
  route.handle = std::move(handle);
  return route;
}

}  // namespace

std::vector<Route> history_routes(const ListenParts& parts) {
  const json::object time{{"type", "integer"}};
  const json::object text{{"type", "string"}, {"minLength", 1}};
  std::vector<Route> routes;
  routes.push_back(user_route("/1/user/{user}/listens", "Listens of a user, the newest first", "ListenBrainzListens",
                              [parts](const Exchange& exchange) { return listens(parts, exchange); }));
  routes.back().query = {
      {"max_ts", "Only listens before this time", time, false},
      {"min_ts", "Only listens after this time; without max_ts the ones next to it", time, false},
      count_description("count", "Listens to return; more than 1000 is taken as 1000", kListensByDefault)};
  routes.push_back(user_route("/1/user/{user}/listen-count", "How many listens a user has", "ListenBrainzCount",
                              [parts](const Exchange& exchange) { return listen_count(parts, exchange); }));
  routes.push_back(user_route("/1/user/{user}/playing-now", "What a user listens to now", "ListenBrainzPlayingNow",
                              [parts](const Exchange& exchange) { return playing_now(parts, exchange); }));
  routes.push_back(user_route("/1/latest-import", "The newest listen that an importer says it has brought",
                              "ListenBrainzImport",
                              [parts](const Exchange& exchange) { return latest_import(parts, exchange); }));
  routes.back().query = {
      {"user_name", "Whose; by itself the token's user", text, false},
      {"service", "Where the importer takes the listens from; by itself lastfm", service_schema(), false}};
  routes.push_back(user_route(
      "/1/latest-import", "Notes the newest listen that was imported; an older one is passed over",
      "ListenBrainzStatus", [parts](const Exchange& exchange) { return set_latest_import(parts, exchange); }));
  routes.back().method = Method::post;
  routes.back().scope = Scope::submit;
  routes.back().body = import_body();
  return routes;
}

}  // namespace segue::serve
