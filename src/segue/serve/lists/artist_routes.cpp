// GET /v1/artists, /v1/artists/{name}
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/lists/list_parts.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

struct ArtistSearchOptions {
  std::string q{};
  std::uint32_t limit = 5;
};

struct ArtistOptions {
  std::uint32_t k = 50;
  std::uint32_t similar = 12;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::ArtistSearchOptions> {
  static constexpr std::string_view section = "artists";
  static constexpr std::array rows = {
      option<&serve::ArtistSearchOptions::q>("q", "Words of the name, of which the last may be incomplete"),
      option<&serve::ArtistSearchOptions::limit>("limit", "The most artists to return",
                                                 between(1, serve::kMostInReply)),
  };
};
SEGUE_CHECK_OPTIONS(serve::ArtistSearchOptions);

template <>
struct OptionsOf<serve::ArtistOptions> {
  static constexpr std::string_view section = "artist";
  static constexpr std::array rows = {
      option<&serve::ArtistOptions::k>("k", "The most songs to return", between(1, serve::kMostInReply)),
      option<&serve::ArtistOptions::similar>("similar", "The most similar artists to return",
                                             between(0, serve::kMostInReply)),
  };
};
SEGUE_CHECK_OPTIONS(serve::ArtistOptions);

}  // namespace segue

namespace segue::serve {

namespace {

FoundArtistReply found_artist(const recommend::SongGroup& artist) {
  return {artist.name, artist.songs.size(), artist.plays};
}

TypedReply<ArtistsReply> search_artists(const ListParts& parts, const Exchange& exchange) {
  ArtistSearchOptions options;
  read_query(exchange, options);
  const ModelPointer served = model_for(parts.service, exchange);
  const std::shared_ptr<const recommend::SongGroups> artists = parts.artists.of(served);
  ArtistsReply reply{{}, served->name};
  for (const std::uint32_t group : artists->find_typed(options.q, options.limit)) {
    reply.items.push_back(found_artist(artists->group(group)));
  }
  return json_reply(reply);
}

TypedReply<ArtistReply> artist(const ListParts& parts, const Exchange& exchange) {
  ArtistOptions options;
  read_query(exchange, options);
  const ModelPointer served = model_for(parts.service, exchange);
  const std::shared_ptr<const recommend::SongGroups> artists = parts.artists.of(served);
  const std::string& name = exchange.at("name");
  const std::optional<std::uint32_t> asked = find_group(*artists, name);
  if (!asked) {
    fail(ErrorCode::not_found, "artist {}: the model has no artist of this name{}", data::printable(name, kShownBytes),
         artists->suggestion(name));
  }
  const recommend::SongGroup& group = artists->group(*asked);
  const OfferedSongs offered(parts.service.catalogue, served);
  ArtistReply reply{found_artist(group)};
  reply.model = served->name;
  for (const data::SongRow row : group.songs) {
    if (reply.items.size() == options.k) break;
    if (offered.has(row)) reply.items.push_back(recommend::song_reply(served->model.songs(), row));
  }
  if (options.similar == 0 || !artists->has_direction(*asked)) return json_reply(reply);
  for (const math::ScoredRow& near : artists->similar(*asked, options.similar, 1)) {
    reply.similar.push_back({found_artist(artists->group(near.row)), near.score});
  }
  return json_reply(reply);
}

}  // namespace

std::vector<Route> artist_routes(const ListParts& parts) {
  std::vector<Route> routes;
  std::vector<Parameter> words = parameters_of<ArtistSearchOptions>();
  words.push_back(model_parameter());
  routes.push_back({.path = "/v1/artists",
                    .id = "searchArtists",
                    .tag = "Songs",
                    .summary = "Searches artists as you type",
                    .may_block = true,
                    .query = std::move(words),
                    .handle = [parts](const Exchange& exchange) { return search_artists(parts, exchange); }});
  std::vector<Parameter> page = parameters_of<ArtistOptions>();
  page.push_back(model_parameter());
  routes.push_back({.path = "/v1/artists/{name}",
                    .id = "getArtist",
                    .tag = "Songs",
                    .summary = "An artist: the most played songs, and the artists most like them",
                    .may_block = true,
                    .query = std::move(page),
                    .handle = [parts](const Exchange& exchange) { return artist(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
