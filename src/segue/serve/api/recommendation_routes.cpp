// POST /v1/recommendations, GET /v1/users/{user}/recommendations, GET /v1/users/{user}/history
#include <algorithm>
#include <limits>

#include "segue/base/error.h"
#include "segue/pipeline/place.h"
#include "segue/recommend/catalogue_filter.h"
#include "segue/recommend/explain.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/rerank.h"
#include "segue/serve/api/json_text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

struct PlaceOptions {
  bool place = false;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::PlaceOptions> {
  static constexpr std::string_view section = "place";
  static constexpr std::array rows = {
      option<&serve::PlaceOptions::place>("place",
                                          "Say where on the map the tastes lie that were found in what was played"),
  };
};
SEGUE_CHECK_OPTIONS(serve::PlaceOptions);

}  // namespace segue

namespace segue::serve {

struct HistoryOptions {
  std::uint32_t history = 200;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::HistoryOptions> {
  static constexpr std::string_view section = "history";
  static constexpr std::array rows = {
      option<&serve::HistoryOptions::history>("history", "The newest so many listens are looked at",
                                              between(1, serve::kMostInReply)),
  };
};
SEGUE_CHECK_OPTIONS(serve::HistoryOptions);

}  // namespace segue

namespace segue::serve {

namespace {

// From so many bytes on a body has songs enough to be worth a thread of its own.
constexpr std::size_t kLargeBody = 8192;
// What makes a request look at the whole catalogue.
constexpr std::string_view kFilter = "\"filter\"";
constexpr std::string_view kPlace = "\"place\"";

struct Wanted {
  recommend::RecommendOptions recommend{.threads = 1};  // the other cores have other requests
  recommend::RerankOptions list;
  recommend::InterestOptions interests{.interests = "1"};
  PlaceOptions place;
};

template <class Read>
void read_wanted(Wanted& wanted, const Read& read) {
  read(wanted.recommend);
  read(wanted.list);
  read(wanted.interests);
  read(wanted.place);
  check_limit("k", wanted.recommend.k);
}

void append_named(std::string& out, std::string_view member, const data::Catalogue& songs, std::uint32_t row) {
  out += ",\"";
  out += member;
  out += "\":{";
  append_song_members(out, songs, row);
  out += '}';
}

void append_reasons(std::string& out, const data::Catalogue& songs, const recommend::Reasons& reasons) {
  const auto name = [&](std::uint32_t row) { return songs.song(row).display(); };
  out += ",\"explanation\":{\"text\":";
  append_json(out, recommend::sentence_of(reasons, name));
  out += ",\"seeds\":[";
  for (std::size_t i = 0; i < reasons.seeds.size(); ++i) {
    out += i == 0 ? "{" : ",{";
    append_song_members(out, songs, reasons.seeds[i].seed);
    out += ",\"share\":";
    append_json(out, reasons.seeds[i].share);
    out += ",\"similarity\":";
    append_json(out, reasons.seeds[i].similarity);
    out += '}';
  }
  out += ']';
  if (reasons.together) {
    out += ",\"together\":{\"times\":";
    append_json(out, std::uint64_t{reasons.together->times});
    out += ",\"within\":";
    append_json(out, std::uint64_t{reasons.within});
    out += ",\"after\":";
    append_json(out, reasons.together->after);
    out += ",\"before\":";
    append_json(out, reasons.together->before);
    append_named(out, "song", songs, reasons.together->seed);
    out += '}';
  }
  if (reasons.interest) append_named(out, "interest", songs, *reasons.interest);
  out += '}';
}

void append_recommendations(ItemsWriter& items, const data::Catalogue& songs,
                            std::span<const recommend::Recommendation> found) {
  std::vector<std::uint32_t> rows;
  for (const recommend::Recommendation& one : found) rows.push_back(one.song);
  songs.prefetch(rows);
  for (const recommend::Recommendation& one : found) {
    std::string& out = items.item();
    append_song_members(out, songs, one.song);
    out += ",\"score\":";
    append_json(out, one.score);
    out += ",\"similarity\":";
    append_json(out, one.similarity);
    if (one.reasons) append_reasons(out, songs, *one.reasons);
    items.end_item();
  }
}

void append_interests(ItemsWriter& items, const model::Model& model, std::span<const std::uint32_t> played,
                      const Wanted& wanted) {
  const double half_life = wanted.recommend.half_life;
  std::string& out = items.member("interests");
  out += '[';
  bool first = true;
  for (const recommend::Interest& interest :
       recommend::find_interests(model, played, half_life, recommend::interests_wanted(wanted.interests))) {
    out += first ? "{\"medoid\":{" : ",{\"medoid\":{";
    first = false;
    append_song_members(out, model.songs(), interest.medoid);
    out += "},\"weight\":";
    append_json(out, interest.weight);
    out += ",\"songs\":[";
    for (std::size_t i = 0; i < interest.songs.size(); ++i) {
      if (i > 0) out += ',';
      append_json(out, model.songs().id(interest.songs[i]));
    }
    out += ']';
    if (const layout::SongMap* const map = model.map()) {
      const layout::Point place = pipeline::place_songs(model, *map, interest.plays, half_life);
      out += ",\"x\":";
      append_json(out, place.x);
      out += ",\"y\":";
      append_json(out, place.y);
    }
    out += '}';
  }
  out += ']';
}

Reply for_songs(const ServiceParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  const std::vector<std::string> songs = body.texts("songs");
  const std::vector<std::string> disliked = body.texts("disliked");
  const std::vector<std::string> exclude = body.texts("exclude");
  const std::string user = body.text("user");
  Wanted wanted;
  read_wanted(wanted, [&](auto& options) { body.read(options, {"threads"}); });
  recommend::FilterOptions filter;
  if (const json::object* const object = body.object("filter")) {
    BodyReader reader(*object, "filter.");
    reader.read(filter, {"only_ids", "not_ids"});
    reader.refuse_others();
  }
  body.refuse_others();

  const ModelPointer served = model_for(parts, exchange, user);
  const model::Model& model = served->model;
  std::vector<std::string> unknown;
  const auto played = rows_of_ids(model.songs(), "songs", songs, unknown);
  if (played.empty()) {
    fail(songs.empty() ? ErrorCode::wrong_use : ErrorCode::bad_input,
         "songs: expected ids of songs that the model has, found {}", songs.empty() ? "none" : "only unknown ones");
  }
  const auto not_wanted = rows_of_ids(model.songs(), "disliked", disliked, unknown);
  const auto excluded = rows_of_ids(model.songs(), "exclude", exclude, unknown);
  const std::optional<index::RowSet> keeps = recommend::songs_passing(filter, model.songs());
  const recommend::Listener listener{played, not_wanted, excluded, keeps ? &*keeps : nullptr};
  ItemsWriter items;
  append_recommendations(items, model.songs(),
                         served->recommender.recommend(listener, wanted.recommend, wanted.list,
                                                       recommend::interests_wanted(wanted.interests)));
  if (wanted.place.place) append_interests(items, model, played, wanted);
  return items_reply(items, *served, unknown);
}

// The most played songs that the rules of lists allow, for whom nothing is known of.
std::vector<recommend::Recommendation> popular(const model::Model& model, std::span<const std::uint32_t> disliked,
                                               const Wanted& wanted) {
  const auto find = [&](std::size_t count) {
    std::vector<math::ScoredRow> pool;
    for (std::uint32_t row = 0; row < std::min<std::size_t>(count, model.songs().size()); ++row) {
      pool.push_back({row, 1 - static_cast<float>(row) / static_cast<float>(model.songs().size())});
    }
    return pool;
  };
  std::vector<recommend::Recommendation> found;
  for (const recommend::Pick& pick :
       recommend::rerank_widening(model, find, wanted.recommend.k, {{}, disliked}, wanted.list)) {
    found.push_back({.song = pick.row, .score = pick.fit, .similarity = 0, .reasons = std::nullopt});
  }
  return found;
}

std::vector<store::StoredListen> newest_listens(store::ListenStore& store, std::string_view user, std::size_t count) {
  return store.listens_of(user, {.min_ts = std::nullopt, .max_ts = std::nullopt, .count = count});
}

std::vector<std::uint32_t> hated_songs(const ServiceParts& parts, const ServedModel& served, std::string_view user) {
  std::vector<std::uint32_t> rows;
  for (const store::Feedback& feedback : parts.store.feedback_of(user, -1, kMostInReply, 0)) {
    store::StoredListen listen;
    listen.artist = feedback.artist;
    listen.title = feedback.title;
    listen.song_id = feedback.song_id;
    listen.recording_mbid = feedback.recording_mbid;
    if (const auto row = served.matcher.find(listen)) rows.push_back(*row);
  }
  return rows;
}

Reply for_user(const ServiceParts& parts, const Exchange& exchange) {
  const std::string& user = exchange.at("user");
  exchange.who.must_be(user);
  Wanted wanted;
  read_wanted(wanted, [&](auto& options) { read_query(exchange, options); });
  wanted.recommend.threads = 1;
  HistoryOptions history;
  read_query(exchange, history);
  const ModelPointer served = model_for(parts, exchange, user);
  const model::Model& model = served->model;
  std::vector<std::uint32_t> played;
  for (const store::StoredListen& listen : newest_listens(parts.store, user, history.history)) {
    const auto row = served->matcher.find(listen);
    if (row && model.inverse_norms()[*row] > 0) played.push_back(*row);
  }
  std::ranges::reverse(played);  // the newest last
  const std::vector<std::uint32_t> disliked = hated_songs(parts, *served, user);
  ItemsWriter items;
  if (played.empty()) {
    append_recommendations(items, model.songs(), popular(model, disliked, wanted));
    append_json(items.member("fallback"), "popular");
  } else {
    append_recommendations(items, model.songs(),
                           served->recommender.recommend({played, disliked}, wanted.recommend, wanted.list,
                                                         recommend::interests_wanted(wanted.interests)));
    if (wanted.place.place) append_interests(items, model, played, wanted);
  }
  append_json(items.member("user"), user);
  append_json(items.member("listens"), std::uint64_t{played.size()});
  return items_reply(items, *served);
}

Reply history_of_user(const ServiceParts& parts, const Exchange& exchange) {
  const std::string& user = exchange.at("user");
  exchange.who.must_be(user);
  HistoryOptions history;
  read_query(exchange, history);
  const ModelPointer served = model_for(parts, exchange, user);
  ItemsWriter items;
  for (const store::StoredListen& listen : newest_listens(parts.store, user, history.history)) {
    std::string& out = items.item();
    out += "\"listened_at\":" + std::to_string(listen.listened_at) + ",\"artist\":";
    append_json(out, listen.artist);
    out += ",\"title\":";
    append_json(out, listen.title);
    if (const auto row = served->matcher.find(listen)) {
      append_named(out, "song", served->model.songs(), *row);
    } else {
      out += ",\"song\":null";
    }
    items.end_item();
  }
  append_json(items.member("user"), user);
  return items_reply(items, *served);
}

json::object list_of_texts(std::string_view description) {
  return {
      {"type", "array"}, {"items", {{"type", "string"}}}, {"maxItems", kMostInRequest}, {"description", description}};
}

json::object body_schema() {
  json::object schema = object_schema();
  json::object songs = list_of_texts("Ids of songs played, the newest last");
  songs["minItems"] = 1;
  add_property(schema, "songs", std::move(songs), true);
  add_property(schema, "disliked", list_of_texts("Ids of songs not wanted, nor what is much like them"));
  add_property(schema, "exclude", list_of_texts("Ids of songs that are not to be in the answer"));
  add_property(schema, "user", {{"type", "string"}, {"description", "Decides which of several models answers"}});
  add_properties<recommend::RecommendOptions>(schema, {"threads"});
  add_properties<recommend::RerankOptions>(schema);
  add_properties<recommend::InterestOptions>(schema, {}, {.interests = "1"});
  add_properties<PlaceOptions>(schema);
  limit_property(schema, "k");
  json::object filter = object_schema();
  add_properties<recommend::FilterOptions>(filter, {"only_ids", "not_ids"});
  add_property(schema, "filter", std::move(filter));
  return schema;
}

std::vector<Parameter> user_parameters() {
  std::vector<Parameter> all = limited(parameters_of<recommend::RecommendOptions>({"threads"}), "k");
  const auto add = [&](std::vector<Parameter> more) { std::ranges::move(more, std::back_inserter(all)); };
  add(parameters_of<recommend::RerankOptions>());
  add(parameters_of<recommend::InterestOptions>({}, {.interests = "1"}));
  add(parameters_of<PlaceOptions>());
  add(parameters_of<HistoryOptions>());
  all.push_back(model_parameter());
  return all;
}

}  // namespace

std::vector<Route> recommendation_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = Method::post,
                    .path = "/v1/recommendations",
                    .summary = "What to play for someone who played these songs",
                    .blocks_for =
                        [](const Request& request) {
                          return request.body.size() > kLargeBody || request.body.find(kFilter) != std::string::npos ||
                                 request.body.find(kPlace) != std::string::npos;
                        },
                    .query = {model_parameter()},
                    .body = body_schema(),
                    .reply = "Recommendations",
                    .handle = [parts](const Exchange& exchange) { return for_songs(parts, exchange); }});
  routes.push_back(
      {.method = Method::get,
       .path = "/v1/users/{user}/recommendations",
       .summary = "What to play for a user, from the listens that are stored; what is popular for a new one",
       .may_block = true,
       .query = user_parameters(),
       .reply = "Recommendations",
       .handle = [parts](const Exchange& exchange) { return for_user(parts, exchange); }});
  std::vector<Parameter> history = parameters_of<HistoryOptions>();
  history.push_back(model_parameter());
  routes.push_back({.method = Method::get,
                    .path = "/v1/users/{user}/history",
                    .summary = "The newest listens of a user, and which songs of the model they are",
                    .may_block = true,
                    .query = std::move(history),
                    .reply = "History",
                    .handle = [parts](const Exchange& exchange) { return history_of_user(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
