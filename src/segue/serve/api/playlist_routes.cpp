// POST /v1/radio, POST /v1/journey: JSON, or a playlist format requested by Accept
#include <algorithm>

#include "segue/base/error.h"
#include "segue/recommend/journey.h"
#include "segue/recommend/playlist.h"
#include "segue/recommend/radio.h"
#include "segue/serve/api/library_choice.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

namespace {

// The playlist format that the client asks for; json by default.
recommend::PlaylistFormat format_for(const Request& request) {
  const std::string_view accept = request.header("accept");
  for (const recommend::PlaylistFormat format :
       {recommend::PlaylistFormat::m3u8, recommend::PlaylistFormat::jspf, recommend::PlaylistFormat::xspf}) {
    const std::string_view type = recommend::media_type(format);
    if (accept.find(type.substr(0, type.find(';'))) != std::string_view::npos) return format;
  }
  return recommend::PlaylistFormat::json;
}

// `list` as JSON, or its songs in the format that the client accepts.
template <class List>
TypedReply<List> playlist_reply(const ServedModel& served, const Request& request, recommend::ListKind kind,
                                const List& list, const std::string& location, const LibraryChoice& choice) {
  const recommend::PlaylistFormat format = format_for(request);
  TypedReply<List> typed;
  if (format == recommend::PlaylistFormat::json) {
    typed = json_reply(list);
  } else {
    std::vector<std::uint32_t> rows;
    for (const recommend::SongReply& song : list.items) rows.push_back(song.row);
    typed.reply.content_type = recommend::media_type(format);
    typed.reply.body = recommend::playlist_text(served.model.songs(), {list.title, std::move(rows)}, format, location,
                                                files_in_library(served, choice));
  }
  typed.reply.headers.push_back({"Vary", "Accept"});
  give_id(typed.reply, kind, served.name);
  return typed;
}

TypedReply<recommend::RadioReply> radio(const ServiceParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  const std::vector<std::string> songs = body.texts("songs");
  const std::vector<std::string> typed_seeds = body.texts("seeds");
  const std::vector<std::string> after = body.texts("after");
  const std::vector<std::string> exclude = body.texts("exclude");
  const std::string location = body.text("location");
  recommend::RadioOptions options;
  recommend::RerankOptions list = recommend::radio_list_options();
  body.read(options);
  body.read(list);
  LibraryChoice choice;
  body.read(choice);
  recommend::CatalogueChoice catalogue;
  body.read(catalogue);
  body.refuse_others();
  check_limit("length", options.length);

  const ModelPointer served = model_for(parts, exchange);
  const model::Model& model = served->model;
  const FoundRows known = found_rows(model.songs(), "songs", songs);
  check_start(songs, typed_seeds, known);
  WorkBudget budget = parts.budget();
  const std::vector<recommend::TypedSeed> seeds = found_seeds(model, typed_seeds, budget);
  const FoundRows excluded = found_rows(model.songs(), "exclude", exclude);
  const FoundRows played = found_rows(model.songs(), "after", after);
  const OfferedSongs offered(parts.catalogue, served, catalogue, songs_in_library(*served, choice));
  offered.refuse_none();
  const index::RowSet* const keeps = offered.keeps();
  const auto find_near = [&](std::span<const float> query, std::size_t k) {
    return model.index().search(query, k, {{}, keeps}, {.threads = 1});
  };
  recommend::Radio player = seeds.empty()
                                ? recommend::Radio(model, find_near, known.rows, options, list)
                                : recommend::Radio(model, find_near, recommend::seeds_of(seeds), options, list);
  if (keeps != nullptr) player.keep_only(*keeps);
  player.exclude(excluded.rows);
  player.resume_after(played.rows);
  std::vector<recommend::RadioSong> radio;
  while (radio.size() < options.length) {
    const std::uint64_t before = player.work();
    const std::optional<recommend::RadioSong> next = player.next();
    if (!next) break;
    budget.spend(player.work() - before);
    radio.push_back(*next);
  }
  recommend::RadioReply reply{recommend::radio_song_replies(model.songs(), radio),
                              seeds.empty() ? recommend::radio_title(model.songs(), known.rows.front())
                                            : recommend::radio_title(model.songs(), seeds.front()),
                              served->name,
                              listed_unknown(parts, {&known, &excluded, &played}),
                              std::nullopt,
                              offered.withheld(radio.size(), options.length)};
  if (!seeds.empty()) reply.taken_as = recommend::taken_seed_replies(model.songs(), seeds);
  return playlist_reply(*served, exchange.request, recommend::ListKind::radio, reply, location, choice);
}

TypedReply<recommend::JourneyReply> journey(const ServiceParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  const std::string from = body.text("from");
  const std::string to = body.text("to");
  const std::string location = body.text("location");
  recommend::JourneyOptions options;
  body.read(options, {"threads"});
  LibraryChoice choice;
  body.read(choice);
  recommend::CatalogueChoice catalogue;
  body.read(catalogue);
  body.refuse_others();
  options.threads = 1;

  const ModelPointer served = model_for(parts, exchange);
  const data::Catalogue& songs = served->model.songs();
  const std::uint32_t first = row_of_id(songs, from);
  const std::uint32_t last = row_of_id(songs, to);
  // The ends need not be in the library, but nobody is to play what the catalogue does not offer.
  const OfferedSongs offered(parts.catalogue, served, catalogue);
  const OfferedSongs between(parts.catalogue, served, catalogue, songs_in_library(*served, choice));
  std::vector<recommend::JourneySong> path =
      recommend::find_journey(served->model, first, last, options, between.keeps());
  std::erase_if(path, [&](const recommend::JourneySong& one) { return !offered.has(one.song); });
  recommend::JourneyReply reply{recommend::journey_song_replies(songs, path),
                                recommend::journey_title(songs, first, last), served->name, std::nullopt};
  for (const data::SongRow end : {first, last}) {
    if (offered.has(end)) continue;
    if (!reply.left_out) reply.left_out.emplace();
    reply.left_out->push_back(songs.id(end));
  }
  return playlist_reply(*served, exchange.request, recommend::ListKind::journey, reply, location, choice);
}

json::object location_schema() {
  return {{"type", "string"},
          {"maxLength", kMostTextLetters},
          {"description", "Template of the URI where a player finds a song, with {id}, {title} or {artist} in it"}};
}

json::object radio_schema() {
  json::object schema = object_schema();
  add_property(schema, "songs", ids_schema("Ids of the seed songs, the newest last", true));
  add_property(schema, "seeds", seeds_schema());
  add_property(schema, "after",
               ids_schema("Ids of songs that this radio has played already, in order: it continues from them"));
  add_property(schema, "exclude", ids_schema("Ids of songs never to play"));
  add_property(schema, "location", location_schema());
  add_properties<recommend::RadioOptions>(schema);
  add_properties<recommend::RerankOptions>(schema, {}, recommend::radio_list_options());
  add_properties<LibraryChoice>(schema);
  add_properties<recommend::CatalogueChoice>(schema);
  limit_property(schema, "length");
  return schema;
}

json::object journey_schema() {
  json::object schema = object_schema();
  add_property(schema, "from",
               {{"type", "string"}, {"maxLength", kMostTextLetters}, {"description", "Id of the first song"}}, true);
  add_property(schema, "to",
               {{"type", "string"}, {"maxLength", kMostTextLetters}, {"description", "Id of the last song"}}, true);
  add_property(schema, "location", location_schema());
  add_properties<recommend::JourneyOptions>(schema, {"threads"});
  add_properties<LibraryChoice>(schema);
  add_properties<recommend::CatalogueChoice>(schema);
  return schema;
}

std::vector<std::string> playlist_types() {
  std::vector<std::string> types;
  for (const recommend::PlaylistFormat format :
       {recommend::PlaylistFormat::m3u8, recommend::PlaylistFormat::jspf, recommend::PlaylistFormat::xspf}) {
    types.emplace_back(recommend::media_type(format));
  }
  return types;
}

recommend::SongReply example_playlist_song() {
  return {"6b9a", 17, "Waltz for Debby", "Bill Evans Trio", "Waltz for Debby", 4211};
}

}  // namespace

std::vector<Route> playlist_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back(
      {.method = Method::post,
       .path = "/v1/radio",
       .id = "makeRadio",
       .tag = "Playlists",
       .summary = "A playlist that continues from seed songs",
       .is_personal = true,
       .may_block = true,
       .query = {model_parameter()},
       .body = radio_schema(),
       .other_types = playlist_types(),
       .gives_list = true,
       .example = Example(
           recommend::RadioReply{
               {{example_playlist_song(), 1.1F, 0.87F, 0.9F}}, "Radio: Miles Davis – So What", "default", {}, {}, {}},
           R"({"songs": ["1f03"], "length": 50, "drift": 0.2})"),
       .handle = [parts](const Exchange& exchange) { return radio(parts, exchange); }});
  routes.push_back({.method = Method::post,
                    .path = "/v1/journey",
                    .id = "makeJourney",
                    .tag = "Playlists",
                    .summary = "A playlist that leads from one song to another",
                    .is_personal = true,
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = journey_schema(),
                    .other_types = playlist_types(),
                    .gives_list = true,
                    .example = Example(recommend::JourneyReply{{{example_playlist_song(), 0.87F, 0.25F}},
                                                               "From Miles Davis – So What to Metallica – One",
                                                               "default",
                                                               {}},
                                       R"({"from": "1f03", "to": "77c2", "steps": "auto"})"),
                    .handle = [parts](const Exchange& exchange) { return journey(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
