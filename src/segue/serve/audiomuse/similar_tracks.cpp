// GET /api/similar_tracks, /api/max_distance
#include "segue/base/error.h"
#include "segue/recommend/cosine.h"
#include "segue/serve/audiomuse/parts.h"
#include "segue/serve/lists/next_songs.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

struct SimilarTracksOptions {
  std::string item_id{};
  std::string title{};
  std::string artist{};
  std::uint32_t n = kSimilarByDefault;
  bool eliminate_duplicates = true;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::SimilarTracksOptions> {
  static constexpr std::string_view section = "similar_tracks";
  static constexpr std::array rows = {
      option<&serve::SimilarTracksOptions::item_id>("item_id", "The music server's id of a song"),
      option<&serve::SimilarTracksOptions::title>("title", "Without item_id: its title"),
      option<&serve::SimilarTracksOptions::artist>("artist", "Without item_id: its artist"),
      option<&serve::SimilarTracksOptions::n>("n", "The most songs to return", between(1, serve::kMostInReply)),
      option<&serve::SimilarTracksOptions::eliminate_duplicates>("eliminate_duplicates",
                                                                 "At most three songs of one artist"),
  };
};
SEGUE_CHECK_OPTIONS(serve::SimilarTracksOptions);

}  // namespace segue

namespace segue::serve {

namespace {

ListReply<AudioMuseNeighbourReply> similar_tracks(const ListParts& parts, const Exchange& exchange) {
  SimilarTracksOptions options;
  read_query(exchange, options);
  const ListListener listener = listener_of_token(exchange.who);
  const ModelPointer served = model_for(parts.service, exchange, listener.user);
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  const data::SongRow seed = item_row(*served, *items, "item_id", options.item_id, options.artist, options.title);
  const PlayedSongs played = played_by(parts, *served, listener);
  const WantedSongs wanted{.seeds = {seed},
                           .disliked = {},
                           .context = session_length(played, parts.unix_now()),
                           .n = options.n,
                           .cap_artists = options.eliminate_duplicates};
  std::vector<AudioMuseNeighbourReply> replies;
  for (const recommend::Recommendation& found : next_songs(parts, served, listener, played, wanted)) {
    replies.push_back({track_reply(served->model.songs(), *items, found.song),
                       1 - recommend::song_cosine(served->model, seed, found.song)});
  }
  return json_list(replies);
}

// The least similar song is the nearest one to the opposite direction.
TypedReply<AudioMuseFarthestReply> max_distance(const ListParts& parts, const Exchange& exchange) {
  const ModelPointer served = model_for(parts.service, exchange);
  const model::Model& model = served->model;
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  const std::string* const item_id = exchange.find("item_id");
  const data::SongRow song = item_row(*served, *items, "item_id", item_id == nullptr ? std::string_view() : *item_id);
  const math::MatrixView<const float> vectors = model.vectors();
  std::vector<float> opposite(vectors.row(song), vectors.row(song) + vectors.columns);
  for (float& number : opposite) number = -number;
  const OfferedSongs offered(parts.service.catalogue, served, {}, served->playable());
  AudioMuseFarthestReply reply;
  const std::vector<math::ScoredRow> found =
      model.index().search(opposite, 1, {std::span(&song, 1), offered.keeps()}, {.threads = 1});
  if (!found.empty()) {
    reply.max_distance = 1 - recommend::song_cosine(model, song, found.front().row);
    reply.farthest_item_id = {items->id_of(found.front().row)};
  }
  return json_reply(reply);
}

}  // namespace

std::vector<Route> similar_track_routes(const ListParts& parts) {
  std::vector<Route> routes;
  std::vector<Parameter> query = parameters_of<SimilarTracksOptions>();
  query.push_back(model_parameter());
  routes.push_back({.path = "/api/similar_tracks",
                    .id = "getSimilarTracks",
                    .tag = "AudioMuse-AI",
                    .summary = "What to play after a song, for the user of the token; nothing they were given lately",
                    .is_personal = true,
                    .may_block = true,
                    .query = std::move(query),
                    .handle = [parts](const Exchange& exchange) { return similar_tracks(parts, exchange); }});
  routes.push_back({.path = "/api/max_distance",
                    .id = "getMaxDistance",
                    .tag = "AudioMuse-AI",
                    .summary = "The song least like a song",
                    .may_block = true,
                    .query = {{"item_id", "The music server's id of a song", text_schema(), true}, model_parameter()},
                    .handle = [parts](const Exchange& exchange) { return max_distance(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
