// PUT and DELETE /v1/songs/{id}
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostQueues = 1000;
constexpr std::size_t kMostSongsOfQueues = 100'000;
constexpr std::size_t kMostTagsOfSong = 100;

std::vector<std::vector<std::string>> read_queues(BodyReader& body) {
  std::vector<std::vector<std::string>> queues;
  const json::value* const found = body.find("queues");
  if (found == nullptr) return queues;
  const auto refuse = [] {
    fail(ErrorCode::wrong_use, "queues: expected at most {} lists of ids, {} in all", kMostQueues, kMostSongsOfQueues);
  };
  if (!found->is_array() || found->get_array().size() > kMostQueues) refuse();
  std::size_t songs = 0;
  for (const json::value& queue : found->get_array()) {
    if (!queue.is_array()) refuse();
    std::vector<std::string>& ids = queues.emplace_back();
    for (const json::value& id : queue.get_array()) {
      if (!id.is_string() || ++songs > kMostSongsOfQueues) refuse();
      ids.emplace_back(std::string_view(id.get_string()));
    }
  }
  return queues;
}

SentSong read_song(const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  SentSong sent;
  sent.song.id = exchange.at("id");
  sent.song.title = body.text("title");
  sent.song.artist = body.text("artist");
  sent.song.album = body.text("album");
  sent.song.tags = body.texts("tags");
  sent.queues = read_queues(body);
  body.refuse_others();
  if (sent.song.id.size() > data::kMostIdBytes) {
    fail(ErrorCode::wrong_use, "id: expected at most {} bytes, found {}", data::kMostIdBytes, sent.song.id.size());
  }
  if (data::fault_of(sent.song.id) != data::TextFault::none) {
    fail(ErrorCode::wrong_use, "id: expected UTF-8 without NUL, found \"{}\"",
         data::printable(sent.song.id, kShownBytes));
  }
  if (sent.song.tags.size() > kMostTagsOfSong) {
    fail(ErrorCode::wrong_use, "tags: expected at most {}, found {}", kMostTagsOfSong, sent.song.tags.size());
  }
  if (sent.song.title.empty()) fail(ErrorCode::wrong_use, "title: expected the title of the song, found none");
  return sent;
}

NewSongReply new_song_reply(const SentSong& sent, const model::Model& model) {
  const auto row = model.songs().find(sent.song.id);
  const pipeline::PlacedSong from = NewSongControl::placed_from(model, sent);
  const bool is_trained = row && *row < model.songs().size() - model.new_songs();
  return {.id = sent.song.id,
          .served = row.has_value(),
          .trained = is_trained,
          .plays = from.plays,
          .near = from.near,
          .album_songs = from.names.album,
          .artist_songs = from.names.artist,
          .tag_songs = from.names.tags};
}

TypedReply<NewSongReply> put_song(const ServiceParts& parts, const Exchange& exchange) {
  const SentSong sent = read_song(exchange);
  const ModelPointer served = model_for(parts, exchange);
  const NewSongReply reply = new_song_reply(sent, served->model);
  parts.new_songs.put(sent);
  return json_reply(reply);
}

TypedReply<NewSongReply> remove_song(const ServiceParts& parts, const Exchange& exchange) {
  const std::string& id = exchange.at("id");
  const std::optional<SentSong> sent = parts.new_songs.song(id);
  if (!sent) {
    fail(ErrorCode::not_found, "song {}: expected a song that was put here, found none of this id",
         data::printable(id, kShownBytes));
  }
  const ModelPointer served = model_for(parts, exchange);
  const NewSongReply reply = new_song_reply(*sent, served->model);
  parts.new_songs.remove(id);
  return json_reply(reply);
}

json::object song_schema() {
  json::object schema = object_schema();
  const auto text = [&](std::string_view name, std::string_view description) {
    json::object property = text_schema(kMostTextLetters);
    property["description"] = description;
    add_property(schema, name, std::move(property));
  };
  text("title", "Its title");
  text("artist", "Its artist: songs of the same one say where it lies");
  text("album", "Its album, likewise");
  json::object tag = text_schema(kMostTextLetters);
  add_property(schema, "tags",
               {{"type", "array"},
                {"items", std::move(tag)},
                {"maxItems", kMostTagsOfSong},
                {"description", "Tags or genres; they count where artist and album are unknown"}});
  json::object id = text_schema(kMostTextLetters);
  json::object queue{{"type", "array"}, {"items", std::move(id)}, {"maxItems", 10'000}};
  add_property(schema, "queues",
               {{"type", "array"},
                {"items", std::move(queue)},
                {"maxItems", kMostQueues},
                {"description", "Sessions or playlists that play it, as ids in order: its first plays"}});
  schema.at("properties").as_object().at("title").as_object()["minLength"] = 1;
  schema["required"] = json::array{"title"};
  return schema;
}

}  // namespace

std::vector<Route> new_song_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  const NewSongReply placed{.id = "new1", .plays = 2, .near = 14, .artist_songs = 12};
  routes.push_back({.method = Method::put,
                    .path = "/v1/songs/{id}",
                    .id = "putSong",
                    .tag = "Songs",
                    .summary = "Adds a song that training did not know, or replaces one that was added",
                    .scope = Scope::admin,
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = song_schema(),
                    .example = Example(placed, R"({"title": "A New Song", "artist": "Miles Davis"})"),
                    .handle = [parts](const Exchange& exchange) { return put_song(parts, exchange); }});
  routes.push_back({.method = Method::remove,
                    .path = "/v1/songs/{id}",
                    .id = "removeSong",
                    .tag = "Songs",
                    .summary = "Removes a song that was added",
                    .scope = Scope::admin,
                    .may_block = true,
                    .query = {model_parameter()},
                    .handle = [parts](const Exchange& exchange) { return remove_song(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
