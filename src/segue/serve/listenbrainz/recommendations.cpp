// GET /1/cf/recommendation/user/{user}/recording
#include <algorithm>
#include <array>
#include <chrono>
#include <unordered_set>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/recommend/rerank.h"
#include "segue/serve/api/played_songs.h"
#include "segue/serve/listenbrainz/jspf.h"
#include "segue/serve/listenbrainz/list_routes.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

namespace {

constexpr std::size_t kRecordingsByDefault = 25;
constexpr std::size_t kMostRecordings = 100;
constexpr std::size_t kNewestListens = 200;

// Whose songs: of artists that the user played, of others, or of all.
enum class ArtistType { top, similar, raw };
constexpr std::array<std::string_view, 3> kArtistTypeNames = {"top", "similar", "raw"};

ArtistType artist_type_of(const Exchange& exchange) {
  const std::string* const sent = exchange.find("artist_type");
  if (sent == nullptr) fail(ErrorCode::wrong_use, "Please provide artist type");
  const auto found = std::ranges::find(kArtistTypeNames, *sent);
  if (found == kArtistTypeNames.end()) {
    fail(ErrorCode::wrong_use, "Invalid artist type: {}", data::printable(*sent, kShownBytes));
  }
  return static_cast<ArtistType>(found - kArtistTypeNames.begin());
}

// The songs to play that the user never played, the best first; none for a user without listens that the model knows.
std::vector<recommend::Recommendation> new_songs(const ServiceParts& parts, const ModelPointer& pointer,
                                                 std::string_view user, const PlayedSongs& played) {
  const ServedModel& served = *pointer;
  const OfferedSongs offered(parts.catalogue, pointer);
  if (played.past.empty() || offered.count() == 0) return {};
  const std::vector<data::SongRow> hated = hated_songs(parts.store, served, user);
  const plays::Past past = recommend::past_of(served.model.songs(), played.past);
  WorkBudget budget = parts.budget();
  const recommend::Listener listener{.played = played.newest(kNewestListens),
                                     .disliked = hated,
                                     .excluded = played.ever,
                                     .keeps = offered.keeps(),
                                     .budget = &budget,
                                     .past = &past};
  const recommend::RecommendOptions options{.k = kMostInReply, .threads = 1};
  const recommend::RerankOptions list{.artist_cap = 0, .artist_gap = 0};
  return served.recommender.recommend(listener, options, list, 1).items;
}

// Those with a MusicBrainz id, by artists of this type.
std::vector<recommend::Recommendation> of_type(const data::Catalogue& songs, const PlayedSongs& played,
                                               const std::vector<recommend::Recommendation>& found, ArtistType type) {
  std::unordered_set<std::uint64_t> artists;
  for (const data::SongKeys& keys : songs.keys(played.ever)) artists.insert(keys.artist);
  std::vector<recommend::Recommendation> kept;
  for (const recommend::Recommendation& one : found) {
    if (mbid_in(songs.id(one.song)).empty()) continue;
    const bool is_known = artists.contains(songs.keys(one.song).artist);
    if (type == ArtistType::raw || is_known == (type == ArtistType::top)) kept.push_back(one);
  }
  return kept;
}

// The songs of a page: those from `offset` on that the listener was not given yet. Those given count as the pages
// before, so that neither the next page nor the same request again repeats one. Once all were given, the list starts
// again.
std::vector<recommend::Recommendation> page_of(std::vector<recommend::Recommendation> list,
                                               std::span<const data::SongRow> given, std::size_t offset,
                                               std::size_t count) {
  const std::unordered_set<data::SongRow> known(given.begin(), given.end());
  const std::size_t all = list.size();
  std::vector<recommend::Recommendation> fresh;
  std::ranges::copy_if(list, std::back_inserter(fresh), [&](const auto& one) { return !known.contains(one.song); });
  if (!fresh.empty()) list = std::move(fresh);
  const std::size_t before = all - list.size();
  const std::size_t begin = std::min(offset - std::min(offset, before), list.size());
  list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(begin));
  list.resize(std::min(count, list.size()));
  return list;
}

TypedReply<ListenBrainzRecommendationsReply> recommendations(const ListParts& lists, const Exchange& exchange) {
  const ServiceParts& parts = lists.service;
  const std::string& user = own_user(exchange);
  const ArtistType type = artist_type_of(exchange);
  const std::size_t count = count_parameter(exchange, "count", kRecordingsByDefault, kMostRecordings);
  const std::size_t offset = count_parameter(exchange, "offset", 0, kMostInReply);
  const ModelPointer served = model_for(parts, exchange, user);
  const PlayedSongs played = played_by(parts.store, *served, user);
  const data::Catalogue& songs = served->model.songs();
  const ListListener listener = listener_named(user);
  std::vector<recommend::Recommendation> all = of_type(songs, played, new_songs(parts, served, user, played), type);
  ListenBrainzRecommendationsPayload payload;
  payload.type = kArtistTypeNames[static_cast<std::size_t>(type)];
  payload.user_name = user;
  payload.last_updated = std::chrono::system_clock::to_time_t(served->loaded);
  payload.total_mbid_count = all.size();
  payload.offset = offset;
  std::vector<data::SongRow> given;
  for (const recommend::Recommendation& one :
       page_of(std::move(all), given_rows(lists, *served, listener), offset, count)) {
    payload.mbids.push_back({mbid_in(songs.id(one.song)), one.score});
    given.push_back(one.song);
  }
  remember_given(lists, *served, listener, given);
  payload.count = payload.mbids.size();
  return json_reply(ListenBrainzRecommendationsReply{std::move(payload)});
}

}  // namespace

std::vector<Route> recommended_recording_routes(const ListParts& parts) {
  json::object type{{"type", "string"}, {"enum", json::array(kArtistTypeNames.begin(), kArtistTypeNames.end())}};
  std::vector<Route> routes;
  routes.push_back(
      {.path = "/1/cf/recommendation/user/{user}/recording",
       .id = "getUserRecommendedRecordings",
       .tag = "ListenBrainz",
       .summary = "Recordings that a user has not played yet, the best first",
       .query = {{"artist_type", "Of artists that the user played, of others, or of all", std::move(type), true},
                 count_description("count", "Recordings to return; more than 100 is taken as 100",
                                   kRecordingsByDefault),
                 count_description("offset", "Recordings to skip", 0)},
       .handle = [parts](const Exchange& exchange) { return recommendations(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
