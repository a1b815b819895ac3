// POST /v1/radio, POST /v1/journey: as JSON, or as a playlist by Accept
#include <algorithm>

#include "segue/base/error.h"
#include "segue/recommend/journey.h"
#include "segue/recommend/playlist.h"
#include "segue/recommend/radio.h"
#include "segue/serve/api/json_text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

// The playlist format that the client asks for, or that JSON is to be answered.
recommend::PlaylistFormat format_for(const Request& request) {
  const std::string_view accept = request.header("accept");
  for (const recommend::PlaylistFormat format :
       {recommend::PlaylistFormat::m3u8, recommend::PlaylistFormat::jspf, recommend::PlaylistFormat::xspf}) {
    const std::string_view type = recommend::media_type(format);
    if (accept.find(type.substr(0, type.find(';'))) != std::string_view::npos) return format;
  }
  return recommend::PlaylistFormat::json;
}

Reply playlist_reply(const ServedModel& served, const Request& request, const std::string& title,
                     std::vector<std::uint32_t> rows, const std::string& location, ItemsWriter& items,
                     const std::vector<std::string>& unknown) {
  const recommend::PlaylistFormat format = format_for(request);
  if (format == recommend::PlaylistFormat::json) {
    append_json(items.member("title"), title);
    Reply reply = items_reply(items, served, unknown);
    reply.headers.push_back({"Vary", "Accept"});
    return reply;
  }
  Reply reply;
  reply.content_type = recommend::media_type(format);
  reply.body = recommend::playlist_text(served.model.songs(), {title, std::move(rows)}, format, location);
  reply.headers.push_back({"Vary", "Accept"});
  return reply;
}

Reply radio(const ServiceParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  const std::vector<std::string> songs = body.texts("songs");
  const std::vector<std::string> after = body.texts("after");
  const std::vector<std::string> exclude = body.texts("exclude");
  const std::string location = body.text("location");
  recommend::RadioOptions options;
  recommend::RerankOptions list = recommend::radio_list_options();
  body.read(options);
  body.read(list);
  body.refuse_others();
  check_limit("length", options.length);

  const ModelPointer served = model_for(parts, exchange);
  const model::Model& model = served->model;
  std::vector<std::string> unknown;
  const auto seeds = rows_of_ids(model.songs(), "songs", songs, unknown);
  if (seeds.empty()) {
    fail(songs.empty() ? ErrorCode::wrong_use : ErrorCode::bad_input,
         "songs: expected ids of songs that the model has, found {}", songs.empty() ? "none" : "only unknown ones");
  }
  const auto find_near = [&](std::span<const float> query, std::size_t k) {
    return model.index().search(query, k, {}, {.threads = 1});
  };
  recommend::Radio player(model, find_near, seeds, options, list);
  player.exclude(rows_of_ids(model.songs(), "exclude", exclude, unknown));
  player.resume_after(rows_of_ids(model.songs(), "after", after, unknown));
  ItemsWriter items;
  std::vector<std::uint32_t> rows;
  while (rows.size() < options.length) {
    const std::optional<recommend::RadioSong> next = player.next();
    if (!next) break;
    rows.push_back(next->song);
    std::string& out = items.item();
    append_song_members(out, model.songs(), next->song);
    out += ",\"score\":";
    append_json(out, next->score);
    out += ",\"similarity\":";
    append_json(out, next->similarity);
    out += ",\"seed_similarity\":";
    append_json(out, next->seed_similarity);
    items.end_item();
  }
  const std::string title = "Radio: " + model.songs().song(seeds.front()).display();
  return playlist_reply(*served, exchange.request, title, std::move(rows), location, items, unknown);
}

Reply journey(const ServiceParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  const std::string from = body.text("from");
  const std::string to = body.text("to");
  const std::string location = body.text("location");
  recommend::JourneyOptions options;
  body.read(options, {"threads"});
  body.refuse_others();
  options.threads = 1;

  const ModelPointer served = model_for(parts, exchange);
  const data::Catalogue& songs = served->model.songs();
  const std::uint32_t first = row_of_id(songs, from);
  const std::uint32_t last = row_of_id(songs, to);
  ItemsWriter items;
  std::vector<std::uint32_t> rows;
  for (const recommend::JourneySong& song : recommend::find_journey(served->model, first, last, options)) {
    rows.push_back(song.song);
    std::string& out = items.item();
    append_song_members(out, songs, song.song);
    out += ",\"similarity\":";
    append_json(out, song.similarity);
    out += ",\"progress\":";
    append_json(out, song.progress);
    items.end_item();
  }
  const std::string title = fmt::format("From {} to {}", songs.song(first).display(), songs.song(last).display());
  return playlist_reply(*served, exchange.request, title, std::move(rows), location, items, {});
}

json::object ids(std::string_view description) {
  return {
      {"type", "array"}, {"items", {{"type", "string"}}}, {"maxItems", kMostInRequest}, {"description", description}};
}

json::object location_schema() {
  return {{"type", "string"},
          {"description", "Where a player finds a song: a URI with {id}, {title} or {artist} in it"}};
}

json::object radio_schema() {
  json::object schema = object_schema();
  json::object songs = ids("Ids of songs to go on from, the newest last");
  songs["minItems"] = 1;
  add_property(schema, "songs", std::move(songs), true);
  add_property(schema, "after", ids("Ids of songs that this radio has played already, in order: it goes on from them"));
  add_property(schema, "exclude", ids("Ids of songs never to be played"));
  add_property(schema, "location", location_schema());
  add_properties<recommend::RadioOptions>(schema);
  add_properties<recommend::RerankOptions>(schema, {}, recommend::radio_list_options());
  limit_property(schema, "length");
  return schema;
}

json::object journey_schema() {
  json::object schema = object_schema();
  add_property(schema, "from", {{"type", "string"}, {"description", "Id of the first song"}}, true);
  add_property(schema, "to", {{"type", "string"}, {"description", "Id of the last song"}}, true);
  add_property(schema, "location", location_schema());
  add_properties<recommend::JourneyOptions>(schema, {"threads"});
  return schema;
}

}  // namespace

std::vector<Route> playlist_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = Method::post,
                    .path = "/v1/radio",
                    .summary = "A playlist that goes on from songs",
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = radio_schema(),
                    .reply = "Radio",
                    .handle = [parts](const Exchange& exchange) { return radio(parts, exchange); }});
  routes.push_back({.method = Method::post,
                    .path = "/v1/journey",
                    .summary = "A playlist that leads from one song to another",
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = journey_schema(),
                    .reply = "Journey",
                    .handle = [parts](const Exchange& exchange) { return journey(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
