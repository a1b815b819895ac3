// POST /api/alchemy, GET /api/sonic_fingerprint/generate
#include <algorithm>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/recommend/interests.h"
#include "segue/serve/audiomuse/parts.h"
#include "segue/serve/lists/next_songs.h"

namespace segue::serve {

struct AlchemyOptions {
  std::uint32_t n = kMixByDefault;
};

struct FingerprintOptions {
  std::uint32_t n = kMixByDefault;
  std::string jellyfin_user_identifier{};
  std::string navidrome_user{};
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::AlchemyOptions> {
  static constexpr std::string_view section = "alchemy";
  static constexpr std::array rows = {
      option<&serve::AlchemyOptions::n>("n", "The most songs to return", between(1, serve::kMostInReply)),
  };
};
SEGUE_CHECK_OPTIONS(serve::AlchemyOptions);

template <>
struct OptionsOf<serve::FingerprintOptions> {
  static constexpr std::string_view section = "sonic_fingerprint";
  static constexpr std::array rows = {
      option<&serve::FingerprintOptions::n>("n", "The most songs to return", between(1, serve::kMostInReply)),
      option<&serve::FingerprintOptions::jellyfin_user_identifier>("jellyfin_user_identifier",
                                                                   "The user; by default the token's"),
      option<&serve::FingerprintOptions::navidrome_user>("navidrome_user", "The same, as other clients name it"),
  };
};
SEGUE_CHECK_OPTIONS(serve::FingerprintOptions);

}  // namespace segue

namespace segue::serve {

namespace {

constexpr std::size_t kMostAlchemyItems = 100;
constexpr std::size_t kSongsOfAddedArtist = 5;
constexpr std::size_t kFingerprintListens = 200;

// Finds the songs of alchemy's items.
class AlchemyItems {
 public:
  AlchemyItems(const ModelPointer& served, const ItemIds& items, ArtistGroups& artists)
      : served_(served), items_(items), artists_(artists) {}

  // The songs that an item names, none if it is unknown. Throws wrong_use.
  std::vector<data::SongRow> rows_of(std::string_view type, const std::string& id) {
    if (type == "song") {
      const std::optional<data::SongRow> row = items_.find(id);
      if (!row || served_->model.inverse_norms()[*row] <= 0) return {};
      return {*row};
    }
    if (type != "artist") {
      fail(ErrorCode::wrong_use, "items.type: expected song or artist, found {}", data::printable(type, kShownBytes));
    }
    const std::shared_ptr<const recommend::SongGroups> groups = artists_.of(served_);
    const std::optional<std::uint32_t> found = find_group(*groups, items_.artist_of(id).value_or(id));
    std::vector<data::SongRow> rows;
    if (!found) return rows;
    for (const math::ScoredRow& song : groups->typical_songs(*found, kSongsOfAddedArtist)) {
      rows.push_back(song.row);
    }
    return rows;
  }

 private:
  const ModelPointer& served_;
  const ItemIds& items_;
  ArtistGroups& artists_;
};

struct AlchemySongs {
  std::vector<data::SongRow> added;
  std::vector<data::SongRow> subtracted;
};

void read_alchemy_item(const json::value& item, AlchemyItems& finder, AlchemySongs& songs, std::string& first_added) {
  if (!item.is_object()) fail(ErrorCode::wrong_use, "items: expected objects with id and op");
  BodyReader reader(item.get_object(), "items.");
  const std::string id = reader.text("id");
  const std::string op = reader.text("op");
  std::string type = reader.text("type");
  if (type.empty()) type = "song";
  if (id.empty()) fail(ErrorCode::wrong_use, "items.id: expected the id of a song or artist, found none");
  const bool adds = is_ignoring_case(op, "add");
  if (!adds && !is_ignoring_case(op, "subtract")) {
    fail(ErrorCode::wrong_use, "items.op: expected ADD or SUBTRACT, found \"{}\"", data::printable(op, kShownBytes));
  }
  if (adds && first_added.empty()) first_added = id;
  std::vector<data::SongRow>& list = adds ? songs.added : songs.subtracted;
  const std::vector<data::SongRow> rows = finder.rows_of(type, id);
  list.insert(list.end(), rows.begin(), rows.end());
}

// Throws wrong_use if nothing is added, not_found if nothing that is added is known.
AlchemySongs read_alchemy_items(BodyReader& body, AlchemyItems finder) {
  const json::value* const items = body.find("items");
  if (items == nullptr || !items->is_array()) fail(ErrorCode::wrong_use, "items: expected a list of objects");
  const json::array& list = items->get_array();
  if (list.size() > kMostAlchemyItems) {
    fail(ErrorCode::wrong_use, "items: expected at most {}, found {}", kMostAlchemyItems, list.size());
  }
  AlchemySongs songs;
  std::string first_added;
  for (const json::value& item : list) read_alchemy_item(item, finder, songs, first_added);
  if (first_added.empty()) fail(ErrorCode::wrong_use, "items: expected at least one with op ADD, found none");
  if (songs.added.empty()) {
    fail(ErrorCode::not_found, "items: the model has none of the songs added, such as {}",
         data::printable(first_added, kShownBytes));
  }
  return songs;
}

std::vector<AudioMuseNeighbourReply> mix_replies(const ServedModel& served, const ItemIds& items,
                                                 const std::vector<recommend::Recommendation>& found) {
  std::vector<AudioMuseNeighbourReply> replies;
  for (const recommend::Recommendation& one : found) {
    replies.push_back({track_reply(served.model.songs(), items, one.song), 1 - one.similarity});
  }
  return replies;
}

TypedReply<AudioMuseAlchemyReply> alchemy(const ListParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  AlchemyOptions options;
  body.read(options);
  const ListListener listener = listener_of_token(exchange.who);
  const ModelPointer served = model_for(parts.service, exchange, listener.user);
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  AlchemySongs songs = read_alchemy_items(body, AlchemyItems(served, *items, parts.artists));
  const WantedSongs wanted{
      .seeds = std::move(songs.added), .disliked = std::move(songs.subtracted), .context = 0, .n = options.n};
  const auto found = next_songs(parts, served, listener, played_by(parts, *served, listener), wanted);
  return json_reply(AudioMuseAlchemyReply{mix_replies(*served, *items, found), {}});
}

// The user that a client names, or else the token's.
ListListener fingerprint_listener(const Identity& who, const FingerprintOptions& options) {
  const std::string& named =
      options.jellyfin_user_identifier.empty() ? options.navidrome_user : options.jellyfin_user_identifier;
  if (named.empty()) {
    ListListener listener = listener_of_token(who);
    if (!listener.user.empty()) return listener;
    fail(ErrorCode::wrong_use, "jellyfin_user_identifier: expected a user, or a token of one; found neither");
  }
  who.must_be(named);
  return listener_named(named);
}

ListReply<AudioMuseNeighbourReply> fingerprint(const ListParts& parts, const Exchange& exchange) {
  FingerprintOptions options;
  read_query(exchange, options);
  const ListListener listener = fingerprint_listener(exchange.who, options);
  const ModelPointer served = model_for(parts.service, exchange, listener.user);
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  const WantedSongs wanted{.seeds = {},
                           .disliked = {},
                           .context = kFingerprintListens,
                           .n = options.n,
                           .cap_artists = true,
                           .interests = recommend::kAutoInterests};
  const auto found = next_songs(parts, served, listener, played_by(parts, *served, listener), wanted);
  return json_list(mix_replies(*served, *items, found));
}

json::object alchemy_schema() {
  json::object item = object_schema();
  item["additionalProperties"] = true;
  json::object id = text_schema();
  id["minLength"] = 1;
  id["description"] = "The music server's id of a song, or the name of an artist";
  add_property(item, "id", std::move(id), true);
  add_property(item, "op", {{"type", "string"}, {"enum", {"ADD", "SUBTRACT"}}}, true);
  add_property(item, "type", {{"type", "string"}, {"enum", {"song", "artist"}}, {"default", "song"}});
  json::object schema = object_schema();
  schema["additionalProperties"] = true;
  add_property(schema, "items",
               {{"type", "array"}, {"minItems", 1}, {"maxItems", kMostAlchemyItems}, {"items", std::move(item)}}, true);
  add_properties<AlchemyOptions>(schema);
  return schema;
}

Example alchemy_example() {
  AudioMuseAlchemyReply reply;
  reply.results.push_back(
      {{"6b9a", "Waltz for Debby", "Bill Evans Trio", "Waltz for Debby", "Bill Evans Trio"}, 0.13F});
  return Example(reply, R"({"items": [{"id": "1f03", "op": "ADD", "type": "song"}], "n": 25})");
}

}  // namespace

std::vector<Route> mix_routes(const ListParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = Method::post,
                    .path = "/api/alchemy",
                    .id = "mixSongs",
                    .tag = "AudioMuse-AI",
                    .summary = "Songs to play after those added and unlike those subtracted",
                    .is_personal = true,
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = alchemy_schema(),
                    .example = alchemy_example(),
                    .handle = [parts](const Exchange& exchange) { return alchemy(parts, exchange); }});
  std::vector<Parameter> query = parameters_of<FingerprintOptions>();
  query.push_back(model_parameter());
  routes.push_back({.path = "/api/sonic_fingerprint/generate",
                    .id = "getFingerprint",
                    .tag = "AudioMuse-AI",
                    .summary = "Songs to play for a user, from their stored listens; none for a user without listens",
                    .is_personal = true,
                    .may_block = true,
                    .query = std::move(query),
                    .handle = [parts](const Exchange& exchange) { return fingerprint(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
