// POST /1/feedback/recording-feedback, GET /1/feedback/user/{user}/get-feedback
#include <limits>

#include "segue/base/error.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::size_t kAll = std::numeric_limits<std::int32_t>::max();

// "" if it is absent.
std::string read_uuid(const json::object& body, std::string_view key) {
  const json::value* const value = body.if_contains(key);
  if (value == nullptr || value->is_null()) return "";
  std::string uuid = value->is_string() ? canonical_uuid(value->get_string()) : "";
  if (uuid.empty()) fail(ErrorCode::wrong_use, "Invalid JSON document submitted: {} format invalid.", key);
  return uuid;
}

std::string read_song_id(const json::object& body) {
  const json::value* const value = body.if_contains("song_id");
  if (value == nullptr || value->is_null()) return "";
  if (!value->is_string()) fail(ErrorCode::wrong_use, "Invalid JSON document submitted: song_id should be a string.");
  check_text("song_id", value->get_string());
  return std::string(value->get_string());
}

int read_score(const json::object& body) {
  const json::value* const value = body.if_contains("score");
  const bool valid = value != nullptr && value->is_int64() && value->get_int64() >= -1 && value->get_int64() <= 1;
  if (!valid) fail(ErrorCode::wrong_use, "Invalid JSON document submitted: Score can have a value of 1, 0 or -1.");
  return static_cast<int>(value->get_int64());
}

TypedReply<ListenBrainzStatusReply> set_feedback(const ListenParts& parts, const Exchange& exchange) {
  const std::string user = listener_of(exchange.who);
  const json::object body = body_object(exchange.request);
  for (const auto& member : body) {
    const std::string_view key = member.key();
    if (key == "recording_msid" || key == "recording_mbid" || key == "song_id" || key == "score") continue;
    fail(ErrorCode::wrong_use,
         "JSON document may only contain recording_msid, recording_mbid, song_id and score top level keys");
  }
  store::Feedback feedback;
  feedback.user = user;
  feedback.msid = read_uuid(body, "recording_msid");
  feedback.recording_mbid = read_uuid(body, "recording_mbid");
  feedback.song_id = read_song_id(body);
  if ((feedback.msid.empty() && feedback.recording_mbid.empty() && feedback.song_id.empty()) ||
      !body.contains("score")) {
    fail(ErrorCode::wrong_use,
         "JSON document must contain either recording_msid, recording_mbid or song_id, and score top level keys");
  }
  feedback.score = read_score(body);
  feedback.created = parts.unix_now();
  parts.store.set_feedback(feedback);
  return status_ok();
}

json::object feedback_body() {
  const json::object uuid{{"type", "string"}, {"format", "uuid"}};
  json::object body = object_schema();
  add_property(body, "recording_msid", uuid);
  add_property(body, "recording_mbid", uuid);
  add_property(body, "song_id", {{"type", "string"}, {"minLength", 1}, {"maxLength", kMostTextLetters}});
  add_property(body, "score", {{"type", "integer"}, {"enum", {1, 0, -1}}}, true);
  body["anyOf"] = {{{"required", {"recording_msid"}}}, {{"required", {"recording_mbid"}}}, {{"required", {"song_id"}}}};
  return body;
}

ListenBrainzFeedbackItem feedback_item(const store::Feedback& feedback) {
  return {.created = feedback.created,
          .recording_mbid = text_or_null(feedback.recording_mbid),
          .recording_msid = text_or_null(feedback.msid),
          .score = feedback.score,
          .song_id = text_or_null(feedback.song_id),
          .user_id = feedback.user};
}

TypedReply<ListenBrainzFeedbackReply> get_feedback(const ListenParts& parts, const Exchange& exchange) {
  const std::string& user = own_user(exchange);
  std::optional<int> score;
  if (const std::int64_t sent = integer_parameter(exchange, "score", 0); sent != 0) {
    if (sent != 1 && sent != -1) fail(ErrorCode::wrong_use, "Score can have a value of 1 or -1.");
    score = static_cast<int>(sent);
  }
  const std::size_t count = count_parameter(exchange, "count", kListensByDefault, kMostListensOfReply);
  const std::size_t offset = count_parameter(exchange, "offset", 0, kAll);
  const std::vector<store::Feedback> all = parts.store.feedback_of(user, score, kAll, 0);
  ListenBrainzFeedbackReply reply{.offset = offset, .total_count = all.size()};
  for (std::size_t i = offset; i < all.size() && reply.feedback.size() < count; ++i) {
    reply.feedback.push_back(feedback_item(all[i]));
  }
  reply.count = reply.feedback.size();
  return json_reply(reply);
}

}  // namespace

std::vector<Route> feedback_routes(const ListenParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = Method::post,
                    .path = "/1/feedback/recording-feedback",
                    .id = "setFeedback",
                    .tag = "ListenBrainz",
                    .summary = "Loves (1) or hates (-1) a song, or withdraws that (0)",
                    .scope = Scope::submit,
                    .body = feedback_body(),
                    .handle = [parts](const Exchange& exchange) { return set_feedback(parts, exchange); }});
  routes.push_back(
      {.path = "/1/feedback/user/{user}/get-feedback",
       .id = "getUserFeedback",
       .tag = "ListenBrainz",
       .summary = "The songs a user loves and hates, the newest first",
       .query = {{"score", "Only loved (1) or hated (-1) songs", {{"type", "integer"}, {"enum", {1, 0, -1}}}, false},
                 count_description("count", "Songs to return; more than 1000 is taken as 1000", kListensByDefault),
                 count_description("offset", "Songs to skip", 0),
                 {"metadata", "Accepted for ListenBrainz clients; track_metadata is always null", text_schema(),
                  false}},
       .handle = [parts](const Exchange& exchange) { return get_feedback(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
