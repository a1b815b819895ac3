// POST /v1/match
#include <limits>

#include "segue/base/error.h"
#include "segue/data/log/log_reader.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

// The song of artist and title, as a listen of them would be found.
store::StoredListen named_song(const json::value& value, std::size_t place) {
  const std::string subject = fmt::format("songs[{}]", place);
  if (!value.is_object()) fail(ErrorCode::wrong_use, "{}: expected an object with artist and title", subject);
  BodyReader reader(value.get_object(), subject + ".");
  store::StoredListen named;
  named.artist = reader.text("artist", data::kMostTextBytes);
  named.title = reader.text("title", data::kMostTextBytes);
  reader.refuse_others();
  return named;
}

TypedReply<MatchedSongsReply> match(const ServiceParts& parts, const Exchange& exchange) {
  const json::object body = body_object(exchange.request);
  BodyReader reader(body);
  const json::value* const value = reader.find("songs");
  reader.refuse_others();
  if (value == nullptr || !value->is_array()) {
    fail(ErrorCode::wrong_use, "songs: expected a list of objects with artist and title");
  }
  const json::array& list = value->get_array();
  if (list.size() > kMostInReply) {
    fail(ErrorCode::too_large, "songs: expected at most {} in one request, found {}", kMostInReply, list.size());
  }
  const ModelPointer served = model_for(parts, exchange);
  MatchedSongsReply reply{{}, served->name};
  for (std::size_t i = 0; i < list.size(); ++i) {
    Nullable<recommend::SongReply>& item = reply.items.emplace_back();
    const std::optional<data::SongRow> row = served->matcher.find(named_song(list[i], i));
    if (row) item.value = recommend::song_reply(served->model.songs(), *row);
  }
  return json_reply(reply);
}

json::object match_body() {
  json::object song = object_schema();
  for (const std::string_view name : {"artist", "title"}) {
    add_property(song, name, text_schema(data::kMostTextBytes), true);
  }
  json::object body = object_schema();
  add_property(body, "songs", {{"type", "array"}, {"maxItems", kMostInReply}, {"items", std::move(song)}}, true);
  return body;
}

}  // namespace

std::vector<Route> match_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = Method::post,
                    .path = "/v1/match",
                    .id = "matchSongs",
                    .tag = "Songs",
                    .summary = "Finds the songs of many artists and titles; nothing of the request is kept",
                    .is_personal = true,
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = match_body(),
                    .handle = [parts](const Exchange& exchange) { return match(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
