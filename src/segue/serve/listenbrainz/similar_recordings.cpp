// GET /similar-recordings/json, as labs.api.listenbrainz.org has it
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/recommend/cosine.h"
#include "segue/serve/listenbrainz/jspf.h"
#include "segue/serve/listenbrainz/list_routes.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::size_t kSimilarRecordings = 100;  // by default and at most
constexpr std::size_t kMostReferences = 100;
constexpr std::size_t kMostTastes = 8;

struct Reference {
  std::string mbid;
  data::SongRow song = 0;
};

// Every recording_mbids, each of which may be several with commas between.
std::vector<std::string> sent_recordings(const Exchange& exchange) {
  std::vector<std::string> mbids;
  for (const auto& [name, value] : exchange.query) {
    if (name != "recording_mbids") continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(one.size() + 1, rest.size()));
      mbids.push_back(canonical_uuid(one));
      if (mbids.back().empty()) {
        fail(ErrorCode::wrong_use, "recording_mbids: expected MusicBrainz ids, found {}",
             data::printable(one, kShownBytes));
      }
    }
  }
  if (mbids.empty() || mbids.size() > kMostReferences) {
    fail(ErrorCode::wrong_use, "recording_mbids: expected 1 to {} MusicBrainz ids, found {}", kMostReferences,
         mbids.size());
  }
  return mbids;
}

std::vector<Reference> known_references(const ServedModel& served, const std::vector<std::string>& mbids) {
  std::vector<Reference> known;
  for (const std::string& mbid : mbids) {
    store::StoredListen listen;
    listen.recording_mbid = mbid;
    const auto row = served.matcher.find(listen);
    if (row && served.model.inverse_norms()[*row] > 0) known.push_back({mbid, *row});
  }
  return known;
}

const Reference& nearest_reference(const model::Model& model, std::span<const Reference> references,
                                   data::SongRow song) {
  return *std::ranges::max_element(references, {},
                                   [&](const Reference& one) { return recommend::song_cosine(model, one.song, song); });
}

// Recordings that the model does not know have no similar ones.
ListReply<ListenBrainzSimilarReply> similar_recordings(const ListParts& parts, const Exchange& exchange) {
  const std::vector<std::string> mbids = sent_recordings(exchange);
  const std::size_t count = count_parameter(exchange, "count", kSimilarRecordings, kSimilarRecordings);
  const ListListener listener = list_listener(exchange);
  const ModelPointer served = model_for(parts.service, exchange, listener.user);
  const data::Catalogue& songs = served->model.songs();
  const std::vector<Reference> references = known_references(*served, mbids);
  std::vector<ListenBrainzSimilarReply> replies;
  if (references.empty() || count == 0) return json_list(replies);
  const PlayedSongs played = played_by(parts, *served, listener);
  WantedSongs wanted{.seeds = {},
                     .disliked = {},
                     .context = session_length(played, parts.unix_now()),
                     .n = static_cast<std::uint32_t>(count)};
  wanted.accepts = [&](data::SongRow song) { return !mbid_in(songs.id(song)).empty(); };
  wanted.interests = static_cast<std::uint32_t>(std::min(references.size(), kMostTastes));
  for (const Reference& one : references) wanted.seeds.push_back(one.song);
  const std::vector<recommend::Recommendation> found = next_songs(parts, served, listener, played, wanted);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const data::Song song = songs.song(found[i].song);
    ListenBrainzSimilarReply& reply = replies.emplace_back();
    reply.recording_mbid = mbid_in(song.id);
    reply.recording_name = song.title;
    reply.artist_credit_name = song.artist;
    reply.release_name = text_or_null(std::string(song.album));
    reply.score = found.size() - i;  // clients sort by it
    reply.reference_mbid = nearest_reference(served->model, references, found[i].song).mbid;
  }
  return json_list(replies);
}

}  // namespace

std::vector<Route> similar_recording_routes(const ListParts& parts) {
  std::vector<Route> routes;
  routes.push_back(
      {.path = "/similar-recordings/json",
       .id = "getSimilarRecordings",
       .tag = "ListenBrainz",
       .summary = "Recordings to play after others, for the user of the token; nothing they were given lately",
       .query = {{"recording_mbids", "MusicBrainz ids of recordings, with commas between", text_schema(), true},
                 {"algorithm", "Accepted for ListenBrainz clients; the model decides", text_schema(), false},
                 count_description("count", "Recordings to return; more than 100 is taken as 100", kSimilarRecordings)},
       .handle = [parts](const Exchange& exchange) { return similar_recordings(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
