// GET /v1/artists, /v1/artists/{name}
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/pages.h"
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

// Artists are grouped for the models that serve now, so a list of them ends where its model is replaced.
ModelPointer model_of_page(const ListParts& parts, const Exchange& exchange, const PageRequest& page) {
  return page.model(parts.service, model_for(parts.service, exchange), ContinuedBy::served_model);
}

// How much of the list the pages before have had.
std::size_t passed_by(const PageRequest& page, const ServedModel& served) {
  const std::span<const std::uint64_t> notes = page.notes(&served);
  return notes.empty() ? 0 : std::min<std::size_t>(notes.front(), kMostSearchedInPages);
}

TypedReply<ArtistsReply> search_artists(const ListParts& parts, const Exchange& exchange) {
  ArtistSearchOptions options;
  read_query(exchange, options);
  const PageRequest page(exchange, "limit");
  const ModelPointer served = model_of_page(parts, exchange, page);
  if (served == nullptr) return {expired_reply()};
  const std::shared_ptr<const recommend::SongGroups> artists = parts.artists.of(served);
  const std::size_t passed = passed_by(page, *served);
  const std::size_t end = std::min<std::size_t>(passed + options.limit, kMostSearchedInPages);
  const std::vector<std::uint32_t> found = artists->find_typed(options.q, end + 1);
  ArtistsReply reply{{}, served->name, std::nullopt};
  for (std::size_t i = passed; i < std::min(found.size(), end); ++i) {
    reply.items.push_back(found_artist(artists->group(found[i])));
  }
  if (found.size() > end && end < kMostSearchedInPages) reply.next = page.next({{model_mark(*served), {end}}});
  auto typed = json_reply(reply);
  page.add_link(typed.reply, reply.next);
  return typed;
}

TypedReply<ArtistReply> artist(const ListParts& parts, const Exchange& exchange) {
  ArtistOptions options;
  read_query(exchange, options);
  const PageRequest page(exchange, "k");
  const ModelPointer served = model_of_page(parts, exchange, page);
  if (served == nullptr) return {expired_reply()};
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
  // The page before noted its last song, as new songs may have come since.
  const std::vector<data::SongRow> last = songs_noted(*served, page.notes(served.get()));
  for (const data::SongRow row : group.songs) {
    if (!offered.has(row) || (!last.empty() && row <= last.front())) continue;
    if (reply.items.size() == options.k) {
      const data::SongRow end = reply.items.back().row;
      reply.next = page.next({{model_mark(*served), noted_songs(*served, std::span(&end, 1))}});
      break;
    }
    reply.items.push_back(recommend::song_reply(served->model.songs(), row));
  }
  if (options.similar > 0 && page.is_first() && artists->has_direction(*asked)) {
    for (const math::ScoredRow& near : artists->similar(*asked, options.similar, 1)) {
      reply.similar.push_back({found_artist(artists->group(near.row)), near.score});
    }
  }
  auto typed = json_reply(reply);
  page.add_link(typed.reply, reply.next);
  return typed;
}

}  // namespace

std::vector<Route> artist_routes(const ListParts& parts) {
  std::vector<Route> routes;
  std::vector<Parameter> words = parameters_of<ArtistSearchOptions>();
  words.push_back(model_parameter());
  words.push_back(cursor_parameter());
  routes.push_back({.path = "/v1/artists",
                    .id = "searchArtists",
                    .tag = "Songs",
                    .summary = "Searches artists as you type",
                    .may_block = true,
                    .query = std::move(words),
                    .handle = [parts](const Exchange& exchange) { return search_artists(parts, exchange); }});
  std::vector<Parameter> page = parameters_of<ArtistOptions>();
  page.push_back(model_parameter());
  page.push_back(cursor_parameter());
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
