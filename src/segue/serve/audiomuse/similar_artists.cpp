// GET /api/similar_artists
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/audiomuse/parts.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

struct SimilarArtistsOptions {
  std::string artist{};
  std::string artist_id{};
  std::uint32_t n = 10;
  bool include_component_matches = false;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::SimilarArtistsOptions> {
  static constexpr std::string_view section = "similar_artists";
  static constexpr std::array rows = {
      option<&serve::SimilarArtistsOptions::artist>("artist", "Name of an artist, or the music server's id of one"),
      option<&serve::SimilarArtistsOptions::artist_id>("artist_id", "Without artist: the music server's id of one"),
      option<&serve::SimilarArtistsOptions::n>("n", "The most artists to return", between(1, serve::kMostInReply)),
      option<&serve::SimilarArtistsOptions::include_component_matches>("include_component_matches",
                                                                       "Songs of both artists too"),
  };
};
SEGUE_CHECK_OPTIONS(serve::SimilarArtistsOptions);

}  // namespace segue

namespace segue::serve {

namespace {

// As many songs of each artist as the plugins expect: three lists of three.
constexpr std::size_t kSongsOfMatch = 3;
constexpr std::size_t kMatches = 3;

// Throws wrong_use without a name, not_found for an unknown one.
std::uint32_t artist_group(const recommend::SongGroups& artists, const ItemIds& items,
                           const SimilarArtistsOptions& options) {
  const std::string& wanted = options.artist.empty() ? options.artist_id : options.artist;
  if (wanted.empty()) fail(ErrorCode::wrong_use, "artist: expected the name or id of an artist, found none");
  const std::string name = items.artist_of(wanted).value_or(wanted);
  if (const std::optional<std::uint32_t> found = find_group(artists, name)) return *found;
  fail(ErrorCode::not_found, "artist {}: the model has no artist of this name{}", data::printable(name, kShownBytes),
       artists.suggestion(name));
}

std::vector<AudioMuseSongReply> songs_of(const ServedModel& served, const ItemIds& items,
                                         std::span<const math::ScoredRow> songs, std::size_t match) {
  std::vector<AudioMuseSongReply> replies;
  const std::size_t end = std::min(songs.size(), (match + 1) * kSongsOfMatch);
  for (std::size_t i = match * kSongsOfMatch; i < end; ++i) {
    replies.push_back({items.id_of(songs[i].row), served.model.songs().song(songs[i].row).title});
  }
  return replies;
}

std::vector<AudioMuseMatchReply> matches_of(const ServedModel& served, const ItemIds& items, float distance,
                                            std::span<const math::ScoredRow> asked,
                                            std::span<const math::ScoredRow> similar) {
  std::vector<AudioMuseMatchReply> matches;
  for (std::size_t i = 0; i < kMatches; ++i) {
    AudioMuseMatchReply match{distance, songs_of(served, items, asked, i), songs_of(served, items, similar, i)};
    if (match.artist1_representative_songs.empty() && match.artist2_representative_songs.empty()) break;
    matches.push_back(std::move(match));
  }
  return matches;
}

ListReply<AudioMuseArtistReply> similar_artists(const ListParts& parts, const Exchange& exchange) {
  SimilarArtistsOptions options;
  read_query(exchange, options);
  const ModelPointer served = model_for(parts.service, exchange);
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  const std::shared_ptr<const recommend::SongGroups> artists = parts.artists.of(served);
  const std::uint32_t asked = artist_group(*artists, *items, options);
  constexpr std::size_t kTypical = kMatches * kSongsOfMatch;
  const OfferedSongs offered(parts.service.catalogue, served);
  std::vector<math::ScoredRow> own;
  if (options.include_component_matches) own = artists->typical_songs(asked, kTypical, offered.keeps());
  std::vector<AudioMuseArtistReply> replies;
  for (const math::ScoredRow& found : artists->similar(asked, options.n, 1)) {
    AudioMuseArtistReply& reply = replies.emplace_back();
    reply.artist = artists->group(found.row).name;
    reply.divergence = 1 - found.score;
    if (options.include_component_matches) {
      reply.component_matches = matches_of(*served, *items, reply.divergence, own,
                                           artists->typical_songs(found.row, kTypical, offered.keeps()));
    }
  }
  return json_list(replies);
}

}  // namespace

std::vector<Route> similar_artist_routes(const ListParts& parts) {
  std::vector<Parameter> query = parameters_of<SimilarArtistsOptions>();
  query.push_back(model_parameter());
  std::vector<Route> routes;
  routes.push_back({.path = "/api/similar_artists",
                    .id = "getSimilarArtists",
                    .tag = "AudioMuse-AI",
                    .summary = "The artists most like an artist",
                    .may_block = true,
                    .query = std::move(query),
                    .handle = [parts](const Exchange& exchange) { return similar_artists(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
