// GET /1/lb-radio/artist/{artist}
#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/listenbrainz/jspf.h"
#include "segue/serve/listenbrainz/list_routes.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/submitted_listens.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

namespace {

constexpr std::size_t kSimilarArtistsByDefault = 8;
constexpr std::size_t kMostSimilarArtists = 100;
constexpr std::size_t kRecordingsOfArtistByDefault = 35;
constexpr std::size_t kMostRecordingsOfArtist = 100;
constexpr std::size_t kListensForIds = 1000;

struct ArtistRadioOptions {
  RadioMode mode = RadioMode::easy;
  std::size_t similar = kSimilarArtistsByDefault;
  std::size_t recordings = kRecordingsOfArtistByDefault;
  double pop_begin = 0;  // shares of an artist's songs by plays, from the least played
  double pop_end = 1;
};

double share_parameter(const Exchange& exchange, std::string_view name, std::int64_t otherwise) {
  constexpr std::int64_t kPercent = 100;
  const std::int64_t percent = integer_parameter(exchange, name, otherwise);
  if (percent < 0 || percent > kPercent) {
    fail(ErrorCode::wrong_use, "{} should be between the range: 0 to 100", name);
  }
  return static_cast<double>(percent) / static_cast<double>(kPercent);
}

ArtistRadioOptions read_options(const Exchange& exchange) {
  ArtistRadioOptions options;
  options.mode = mode_parameter(exchange);
  options.similar = count_parameter(exchange, "max_similar_artists", options.similar, kMostSimilarArtists);
  options.recordings =
      count_parameter(exchange, "max_recordings_per_artist", options.recordings, kMostRecordingsOfArtist);
  options.pop_begin = share_parameter(exchange, "pop_begin", 0);
  options.pop_end = share_parameter(exchange, "pop_end", 100);
  if (options.pop_begin > options.pop_end) fail(ErrorCode::wrong_use, "pop_end should not be less than pop_begin");
  return options;
}

// MusicBrainz ids of artists, which no catalogue has: as players sent them with a user's newest listens.
class ArtistIds {
 public:
  ArtistIds(store::ListenStore& store, std::string_view user) {
    if (user.empty()) return;
    const store::ListenRange newest{.min_ts = {}, .max_ts = {}, .count = kListensForIds};
    for (const store::StoredListen& listen : store.listens_of(user, newest)) read(listen);
  }

  std::optional<std::string> name_of(const std::string& mbid) const {
    const auto found = names_.find(mbid);
    return found == names_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> mbid_of(std::string_view name) const {
    const auto found = mbids_.find(data::fold_name(name));
    return found == mbids_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  void read(const store::StoredListen& listen) {
    if (listen.track_metadata.find("artist_mbids") == std::string::npos) return;
    const json::value metadata = parse_json(listen.track_metadata, "a stored listen");
    const json::value* const info = metadata.as_object().if_contains("additional_info");
    if (info == nullptr || !info->is_object()) return;
    const json::array* const mbids = list_in(info->get_object(), "artist_mbids");
    if (mbids == nullptr) return;
    const json::array* const names = list_in(info->get_object(), "artist_names");
    if (names != nullptr && names->size() == mbids->size()) {
      for (std::size_t i = 0; i < mbids->size(); ++i) add((*mbids)[i], (*names)[i]);
    } else if (mbids->size() == 1) {
      add(mbids->front(), json::value(listen.artist));
    }
  }

  static const json::array* list_in(const json::object& object, std::string_view name) {
    const json::value* const value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_array();
  }

  void add(const json::value& mbid, const json::value& name) {
    if (!mbid.is_string() || !name.is_string()) return;
    const std::string id = canonical_uuid(mbid.get_string());
    if (id.empty()) return;
    names_.emplace(id, name.get_string());
    mbids_.emplace(data::fold_name(name.get_string()), id);
  }

  std::unordered_map<std::string, std::string> names_;  // by id
  std::unordered_map<std::string, std::string> mbids_;  // by folded name
};

// Throws not_found.
std::uint32_t seed_artist(const recommend::SongGroups& artists, const ArtistIds& ids, const std::string& sent) {
  const std::string mbid = canonical_uuid(sent);
  const std::optional<std::string> name = mbid.empty() ? sent : ids.name_of(mbid);
  if (!name) {
    fail(ErrorCode::not_found,
         "Cannot find artist: {}; MusicBrainz ids of artists are known from the listens of the user, others by name",
         mbid);
  }
  if (const std::optional<std::uint32_t> found = find_group(artists, *name)) return *found;
  fail(ErrorCode::not_found, "Cannot find artist: {}{}", data::printable(*name, kShownBytes),
       artists.suggestion(*name));
}

// The artist and those like it: the nearest in easy mode, those after them in the others.
std::vector<std::uint32_t> radio_artists(const recommend::SongGroups& artists, std::uint32_t seed,
                                         const ArtistRadioOptions& options) {
  std::vector<std::uint32_t> found = {seed};
  if (options.similar == 0) return found;
  const std::size_t skipped = static_cast<std::size_t>(options.mode) * options.similar;
  const std::vector<math::ScoredRow> similar = artists.similar(seed, skipped + options.similar, 1);
  const std::size_t first = std::min(skipped, similar.size() - std::min(similar.size(), options.similar));
  for (std::size_t i = first; i < similar.size(); ++i) found.push_back(similar[i].row);
  return found;
}

// The artist's songs by plays, those within the range of popularity.
std::span<const data::SongRow> songs_in_range(const recommend::SongGroup& artist, const ArtistRadioOptions& options) {
  const auto size = static_cast<double>(artist.songs.size());
  const auto begin = static_cast<std::size_t>((1 - options.pop_end) * size);
  const auto end = static_cast<std::size_t>(std::lround((1 - options.pop_begin) * size));
  return std::span(artist.songs).subspan(begin, std::max(begin, end) - begin);
}

struct ArtistSongs {
  std::uint32_t artist = 0;
  std::vector<data::SongRow> songs;
};

std::vector<ArtistSongs> songs_of_artists(const data::Catalogue& songs, const recommend::SongGroups& artists,
                                          std::span<const std::uint32_t> wanted, const ArtistRadioOptions& options,
                                          const OfferedSongs& offered,
                                          const std::unordered_set<data::SongRow>& barred) {
  std::vector<ArtistSongs> all;
  for (const std::uint32_t artist : wanted) {
    ArtistSongs of{artist, {}};
    for (const data::SongRow song : songs_in_range(artists.group(artist), options)) {
      if (of.songs.size() == options.recordings) break;
      if (offered.has(song) && !barred.contains(song) && !mbid_in(songs.id(song)).empty()) of.songs.push_back(song);
    }
    if (!of.songs.empty()) all.push_back(std::move(of));
  }
  return all;
}

json::array recordings_reply(const data::Catalogue& catalogue, const ArtistSongs& of, const std::string& name,
                             const std::optional<std::string>& mbid) {
  json::array recordings;
  for (const data::SongRow song : of.songs) {
    json::object recording{{"recording_mbid", mbid_in(catalogue.id(song))},
                           {"similar_artist_name", name},
                           {"total_listen_count", catalogue.plays(song)}};
    recording["similar_artist_mbid"] = mbid ? json::value(*mbid) : json::value();
    recordings.push_back(std::move(recording));
  }
  return recordings;
}

TypedReply<FreeFormReply> artist_radio(const ListParts& parts, const Exchange& exchange) {
  const ArtistRadioOptions options = read_options(exchange);
  const ListListener listener = list_listener(exchange);
  const ModelPointer served = model_for(parts.service, exchange, listener.user);
  const data::Catalogue& catalogue = served->model.songs();
  const std::shared_ptr<const recommend::SongGroups> artists = parts.artists.of(served);
  const ArtistIds ids(parts.service.store, listener.user);
  const std::uint32_t seed = seed_artist(*artists, ids, exchange.at("artist"));
  const std::vector<std::uint32_t> wanted = radio_artists(*artists, seed, options);

  const OfferedSongs offered(parts.service.catalogue, served);
  std::vector<data::SongRow> hated;
  if (!listener.user.empty()) hated = hated_songs(parts.service.store, *served, listener.user);
  std::unordered_set<data::SongRow> barred(hated.begin(), hated.end());
  const std::vector<data::SongRow> given = given_rows(parts, *served, listener);
  barred.insert(given.begin(), given.end());
  std::vector<ArtistSongs> found = songs_of_artists(catalogue, *artists, wanted, options, offered, barred);
  if (found.empty()) {  // there are no others
    found = songs_of_artists(catalogue, *artists, wanted, options, offered, {hated.begin(), hated.end()});
  }
  json::object document;
  std::vector<data::SongRow> all;
  for (const ArtistSongs& of : found) {
    const std::string& name = artists->group(of.artist).name;
    const std::optional<std::string> mbid = ids.mbid_of(name);
    document[of.artist == seed ? exchange.at("artist") : mbid.value_or(name)] =
        recordings_reply(catalogue, of, name, mbid);
    all.insert(all.end(), of.songs.begin(), of.songs.end());
  }
  remember_given(parts, *served, listener, all);
  return {{.body = json::serialize(document)}};
}

}  // namespace

std::vector<Route> artist_radio_routes(const ListParts& parts) {
  json::object mode{{"type", "string"}, {"enum", json::array(kRadioModeNames.begin(), kRadioModeNames.end())}};
  const json::object percent{{"type", "integer"}, {"minimum", 0}, {"maximum", 100}};
  std::vector<Route> routes;
  routes.push_back(
      {.path = "/1/lb-radio/artist/{artist}",
       .id = "getArtistRadio",
       .tag = "ListenBrainz",
       .summary = "Recordings by an artist and by similar artists; none that the user was given lately",
       .query = {{"mode", "easy: the artists most alike; hard: those less alike", std::move(mode), true},
                 count_description("max_similar_artists", "Similar artists to return, at most 100",
                                   kSimilarArtistsByDefault),
                 count_description("max_recordings_per_artist", "Recordings of each artist, at most 100",
                                   kRecordingsOfArtistByDefault),
                 {"pop_begin", "Leaves out the least played songs of each artist, in percent", percent, false},
                 {"pop_end", "Leaves out the most played songs of each artist, from this percentage on", percent,
                  false}},
       .handle = [parts](const Exchange& exchange) { return artist_radio(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
