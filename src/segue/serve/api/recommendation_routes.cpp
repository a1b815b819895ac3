// POST /v1/recommendations, GET /v1/users/{user}/recommendations, GET /v1/users/{user}/history
#include <algorithm>
#include <array>
#include <exception>
#include <limits>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/pipeline/place.h"
#include "segue/recommend/catalogue_filter.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/rerank.h"
#include "segue/serve/api/library_choice.h"
#include "segue/serve/api/pages.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/played_songs.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"
#include "segue/serve/offered_songs.h"

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
      option<&serve::PlaceOptions::place>(
          "place", "Also return the interests found in what was played, with their places on the map"),
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
      option<&serve::HistoryOptions::history>(
          "history", "How many of the newest listens; recommendations count only those that the model knows",
          between(1, serve::kMostInReply)),
  };
};
SEGUE_CHECK_OPTIONS(serve::HistoryOptions);

}  // namespace segue

namespace segue::serve {

namespace {

constexpr std::size_t kMostFilterNames = 100;

recommend::RecommendOptions recommend_defaults(const ServiceParts& parts) {
  recommend::RecommendOptions options;
  options.new_song_share = parts.new_song_share;
  options.threads = 1;  // the other cores have other requests
  return options;
}

struct Wanted {
  recommend::RecommendOptions recommend;
  recommend::RerankOptions list;
  recommend::InterestOptions interests{.interests = "1"};
  PlaceOptions place;
  LibraryChoice library;
  recommend::CatalogueChoice catalogue;
};

template <class Read>
void read_wanted(Wanted& wanted, const Read& read) {
  read(wanted.recommend);
  read(wanted.list);
  read(wanted.interests);
  read(wanted.place);
  read(wanted.library);
  read(wanted.catalogue);
  check_limit("k", wanted.recommend.k);
}

// The body of POST /v1/recommendations.
struct RecommendationRequest {
  std::vector<std::string> songs;
  std::vector<std::string> seeds;
  std::vector<std::string> disliked;
  std::vector<std::string> exclude;
  std::string user;
  BodyPage page;
  Wanted wanted;
  recommend::FilterOptions filter;
};

// Every name is looked for among all artists or tags of the catalogue.
void check_filter(const recommend::FilterOptions& filter) {
  const std::size_t names =
      filter.only_tag.size() + filter.not_tag.size() + filter.only_artist.size() + filter.not_artist.size();
  if (names > kMostFilterNames) {
    fail(ErrorCode::bad_input, "filter: expected at most {} tags and artists, found {}", kMostFilterNames, names);
  }
}

RecommendationRequest read_request(const ServiceParts& parts, const Request& request) {
  const json::object document = body_object(request);
  BodyReader body(document);
  RecommendationRequest read;
  read.wanted.recommend = recommend_defaults(parts);
  read.songs = body.texts("songs");
  read.seeds = body.texts("seeds");
  read.disliked = body.texts("disliked");
  read.exclude = body.texts("exclude");
  read.user = body.text("user");
  (void)body.text("cursor", kMostCursorLetters);
  read.page = page_of_body(document, "k");
  read_wanted(read.wanted, [&](auto& options) { body.read(options, {"threads"}); });
  if (const json::object* const object = body.object("filter")) {
    BodyReader reader(*object, "filter.");
    reader.read(read.filter, {"only_ids", "not_ids"});
    reader.refuse_others();
    check_filter(read.filter);
  }
  body.refuse_others();
  return read;
}

// A filter and a seed read the whole catalogue, a place on the map needs a search for each interest.
bool may_block(const RecommendationRequest& request) {
  return request.wanted.place.place || !request.seeds.empty() || request.filter != recommend::FilterOptions();
}

std::vector<recommend::InterestReply> interest_replies(const model::Model& model, std::span<const std::uint32_t> played,
                                                       std::vector<recommend::Interest> interests,
                                                       const Wanted& wanted) {
  const double half_life = wanted.recommend.half_life;
  // One list for all that was played needs no interests, so none were found for it.
  if (interests.empty()) interests = recommend::find_interests(model, played, half_life, 1);
  std::vector<recommend::InterestReply> replies;
  for (const recommend::Interest& interest : interests) {
    recommend::InterestReply& reply = replies.emplace_back(recommend::interest_reply(model.songs(), interest));
    if (const layout::SongMap* const map = model.map()) {
      const layout::Point place = pipeline::place_songs(model, *map, interest.plays, half_life);
      reply.x = place.x;
      reply.y = place.y;
    }
  }
  return replies;
}

// The songs of the list so far, those of this page included, of each model that takes part: one model may not have all
// the songs of the other.
std::optional<std::string> next_page(const PageRequest& page, const std::vector<ModelPointer>& made_by,
                                     const recommend::RecommendationsReply& reply) {
  std::vector<std::string> ids;
  for (const recommend::RecommendedSongReply& song : reply.items) ids.emplace_back(song.id);
  std::vector<PageNotes> all;
  for (const ModelPointer& served : made_by) {
    std::vector<data::SongRow> rows = songs_noted(*served, page.notes(served.get()));
    for (const std::optional<std::uint32_t>& row : served->model.songs().find_all(ids)) {
      if (row) rows.push_back(*row);
    }
    if (rows.size() >= kMostInPages) return std::nullopt;
    all.push_back({model_mark(*served), noted_songs(*served, rows)});
  }
  return page.next(all);
}

// A list of one model, or of two if the server interleaves and the request names none. `make` answers with a model.
// A request that one of the two cannot answer, because it lacks all of its songs, is answered with the other alone.
template <class Make>
TypedReply<recommend::RecommendationsReply> recommended(const ServiceParts& parts, const Exchange& exchange,
                                                        const PageRequest& page, std::string_view user,
                                                        recommend::ListKind kind, std::size_t count, const Make& make) {
  recommend::ListId list = recommend::new_list(kind);
  std::vector<ModelPointer> made_by;
  const auto reply_of = [&](recommend::RecommendationsReply& reply) {
    if (reply.items.size() == count) reply.next = next_page(page, made_by, reply);
    TypedReply<recommend::RecommendationsReply> typed = json_reply(reply);
    give_id(typed.reply, list);
    return typed;
  };
  if (!parts.interleaving || exchange.find("model") != nullptr) {
    made_by = {page.model(parts, model_for(parts, exchange, user))};
    if (made_by.front() == nullptr) return {expired_reply()};
    list.model = made_by.front()->name;
    recommend::RecommendationsReply reply = make(made_by.front());
    return reply_of(reply);
  }
  const std::array<ModelPointer, 2> both = {page.model(parts, parts.models.choose(parts.interleaving->first, user)),
                                            page.model(parts, parts.models.choose(parts.interleaving->second, user))};
  if (both[0] == nullptr || both[1] == nullptr) return {expired_reply()};
  made_by = {both.begin(), both.end()};
  std::array<std::optional<recommend::RecommendationsReply>, 2> replies;
  std::exception_ptr refused;
  for (std::size_t i = 0; i < both.size(); ++i) {
    try {
      replies[i] = make(both[i]);
      parts.metrics.count_model(both[i]->name);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_input && error.code() != ErrorCode::not_found) throw;
      if (refused == nullptr) refused = std::current_exception();
    }
  }
  if (!replies[0] && !replies[1]) std::rethrow_exception(refused);
  if (!replies[0] || !replies[1]) {
    const std::size_t only = replies[0] ? 0 : 1;
    list.model = both[only]->name;
    return reply_of(*replies[only]);
  }
  list.model = both[0]->name;
  list.second = both[1]->name;
  interleave(*replies[0], std::move(*replies[1]), count, list);
  const std::string names = parts.interleaving->names();
  replies[0]->model = names;
  return reply_of(*replies[0]);
}

recommend::RecommendationsReply for_songs(const ServiceParts& parts, const ModelPointer& served,
                                          const RecommendationRequest& request, const PageRequest& page) {
  const Wanted& wanted = request.wanted;
  const model::Model& model = served->model;
  const FoundRows played = found_rows(model.songs(), "songs", request.songs);
  check_start(request.songs, request.seeds, played);
  const FoundRows disliked = found_rows(model.songs(), "disliked", request.disliked);
  const FoundRows excluded = found_rows(model.songs(), "exclude", request.exclude);
  const OfferedSongs offered(parts.catalogue, served, wanted.catalogue, songs_in_library(*served, wanted.library));
  offered.refuse_none();
  std::optional<index::RowSet> passing = recommend::songs_passing(request.filter, model.songs());
  if (passing) passing = offered.in(*passing);
  WorkBudget budget = parts.budget();
  const std::vector<recommend::TypedSeed> seeds = found_seeds(model, request.seeds, budget);
  const std::vector<recommend::WeightedSong> seed_songs = recommend::weighted_songs_of(seeds);
  const std::vector<data::SongRow> before = songs_noted(*served, page.notes(served.get()));
  const recommend::Listener listener{.played = played.rows,
                                     .disliked = disliked.rows,
                                     .excluded = excluded.rows,
                                     .keeps = passing ? &*passing : offered.keeps(),
                                     .budget = &budget,
                                     .seeds = seed_songs,
                                     .before = before};
  recommend::Recommendations found = served->recommender.recommend(listener, wanted.recommend, wanted.list,
                                                                   recommend::interests_wanted(wanted.interests));
  recommend::RecommendationsReply reply;
  reply.items = recommend::recommended_song_replies(model.songs(), found.items);
  if (wanted.place.place) {
    const std::vector<data::SongRow> basis = seeds.empty() ? played.rows : recommend::songs_of(seeds);
    reply.interests = interest_replies(model, basis, std::move(found.interests), wanted);
  }
  reply.withheld = offered.withheld(reply.items.size(), wanted.recommend.k);
  reply.model = served->name;
  if (!seeds.empty()) reply.taken_as = recommend::taken_seed_replies(model.songs(), seeds);
  reply.unknown = listed_unknown(parts, {&played, &disliked, &excluded});
  return reply;
}

TypedReply<recommend::RecommendationsReply> for_songs_asked(const ServiceParts& parts, const Exchange& exchange,
                                                            const RecommendationRequest& request) {
  const PageRequest page(exchange, "k", &request.page);
  return recommended(parts, exchange, page, request.user, recommend::ListKind::recommendations,
                     request.wanted.recommend.k,
                     [&](const ModelPointer& served) { return for_songs(parts, served, request, page); });
}

// The most played songs that the list rules allow, for a user about whom nothing is known.
std::vector<recommend::Recommendation> popular(const model::Model& model, const recommend::ListContext& context,
                                               const OfferedSongs& offered, const Wanted& wanted) {
  const auto find = [&](std::size_t count) {
    std::vector<math::ScoredRow> pool;
    for (std::uint32_t row = 0; row < model.songs().size() && pool.size() < count; ++row) {
      if (!offered.has(row)) continue;
      pool.push_back({row, 1 - static_cast<float>(row) / static_cast<float>(model.songs().size())});
    }
    return pool;
  };
  std::vector<recommend::Recommendation> found;
  for (const recommend::Pick& pick :
       recommend::rerank_widening(model, find, wanted.recommend.k, context, wanted.list)) {
    found.push_back({.song = pick.song, .score = pick.fit, .similarity = 0, .reasons = std::nullopt});
  }
  return found;
}

recommend::RecommendationsReply for_user(const ServiceParts& parts, const ModelPointer& served, const std::string& user,
                                         const Wanted& wanted, const HistoryOptions& history, const PageRequest& page) {
  const model::Model& model = served->model;
  const PlayedSongs played =
      played_by(parts.store, *served, user, std::max<std::size_t>(history.history, kPastListens));
  const std::span<const data::SongRow> newest = played.newest(history.history);
  const bool discovers = wanted.list.mode == recommend::ListMode::discover;
  const std::span<const data::SongRow> excluded = discovers ? played.ever : std::span<const data::SongRow>();
  const std::vector<std::uint32_t> disliked = hated_songs(parts.store, *served, user);
  const OfferedSongs offered(parts.catalogue, served, wanted.catalogue, songs_in_library(*served, wanted.library));
  offered.refuse_none();
  const std::vector<data::SongRow> before = songs_noted(*served, page.notes(served.get()));
  recommend::RecommendationsReply reply;
  WorkBudget budget = parts.budget();
  if (newest.empty()) {
    std::vector<data::SongRow> barred = disliked;
    barred.insert(barred.end(), excluded.begin(), excluded.end());
    reply.items = recommend::recommended_song_replies(model.songs(),
                                                      popular(model, {{}, barred, &budget, before}, offered, wanted));
    reply.fallback = recommend::Fallback::popular;
    parts.metrics.count_fallback(Fallback::unknown_user);
  } else {
    const plays::Past past = recommend::past_of(model.songs(), played.past);
    recommend::Recommendations found =
        served->recommender.recommend({.played = newest,
                                       .disliked = disliked,
                                       .excluded = excluded,
                                       .keeps = offered.keeps(),
                                       .budget = &budget,
                                       .past = &past,
                                       .before = before},
                                      wanted.recommend, wanted.list, recommend::interests_wanted(wanted.interests));
    reply.items = recommend::recommended_song_replies(model.songs(), found.items);
    if (wanted.place.place) reply.interests = interest_replies(model, newest, std::move(found.interests), wanted);
  }
  reply.withheld = offered.withheld(reply.items.size(), wanted.recommend.k);
  reply.user = user;
  reply.listens = newest.size();
  reply.model = served->name;
  return reply;
}

TypedReply<recommend::RecommendationsReply> for_user_asked(const ServiceParts& parts, const Exchange& exchange) {
  const std::string& user = exchange.at("user");
  exchange.who.must_be(user);
  Wanted wanted;
  wanted.recommend = recommend_defaults(parts);
  read_wanted(wanted, [&](auto& options) { read_query(exchange, options); });
  wanted.recommend.threads = 1;
  HistoryOptions history;
  read_query(exchange, history);
  const PageRequest page(exchange, "k");
  return recommended(parts, exchange, page, user, recommend::ListKind::user, wanted.recommend.k,
                     [&](const ModelPointer& served) { return for_user(parts, served, user, wanted, history, page); });
}

// A listen as the last one of a page: its time, and its msid (a UUID) as two numbers.
std::vector<std::uint64_t> notes_of(const store::StoredListen& listen) {
  std::string digits = listen.msid;
  std::erase(digits, '-');
  const auto half = [&](std::size_t at) {
    std::uint64_t number = 0;
    for (const char digit : std::string_view(digits).substr(std::min(at, digits.size()), 16)) {
      number = number << 4U | static_cast<std::uint64_t>(std::max(hex_digit(digit), 0));
    }
    return number;
  };
  return {static_cast<std::uint64_t>(listen.listened_at), half(0), half(16)};
}

// The newest `count` listens, or those that come after the last one of the page before.
std::vector<store::StoredListen> listens_page(store::ListenStore& store, std::string_view user, std::size_t count,
                                              const PageRequest& page) {
  const std::span<const std::uint64_t> last = page.notes(nullptr);
  store::ListenRange range{.min_ts = std::nullopt, .max_ts = std::nullopt, .count = count};
  if (last.size() != 3) return store.listens_of(user, range);
  // A user may have several listens in one second: those of the page before are among them.
  range.max_ts = static_cast<std::int64_t>(last[0]) + 1;
  for (++range.count;; range.count *= 2) {
    std::vector<store::StoredListen> listens = store.listens_of(user, range);
    const bool is_all = listens.size() < range.count;
    std::erase_if(listens, [&](const store::StoredListen& one) {
      return std::ranges::lexicographical_compare(last, notes_of(one)) || std::ranges::equal(last, notes_of(one));
    });
    if (!is_all && listens.size() < count) continue;
    listens.resize(std::min(listens.size(), count));
    return listens;
  }
}

TypedReply<HistoryReply> history_of_user(const ServiceParts& parts, const Exchange& exchange) {
  const std::string& user = exchange.at("user");
  exchange.who.must_be(user);
  HistoryOptions history;
  read_query(exchange, history);
  const PageRequest page(exchange, "history");
  const ModelPointer served = model_for(parts, exchange, user);
  HistoryReply reply{{}, user, served->name, std::nullopt};
  std::vector<store::StoredListen> listens = listens_page(parts.store, user, history.history + 1, page);
  if (listens.size() > history.history) {
    listens.pop_back();
    reply.next = page.next({{0, notes_of(listens.back())}});
  }
  for (store::StoredListen& listen : listens) {
    const std::optional<std::uint32_t> row = served->matcher.find(listen);
    HistoryListenReply& item =
        reply.items.emplace_back(listen.listened_at, std::move(listen.artist), std::move(listen.title));
    if (row) item.song.value = recommend::song_reply(served->model.songs(), *row);
  }
  auto typed = json_reply(reply);
  page.add_link(typed.reply, reply.next);
  return typed;
}

json::object body_schema(const ServiceParts& parts) {
  json::object schema = object_schema();
  add_property(schema, "songs", ids_schema("Ids of the songs played, the newest last", true));
  add_property(schema, "seeds", seeds_schema());
  add_property(schema, "disliked", ids_schema("Ids of songs to avoid, together with songs much like them"));
  add_property(schema, "exclude", ids_schema("Ids of songs that must not be returned"));
  add_property(schema, "user",
               {{"type", "string"},
                {"maxLength", kMostTextLetters},
                {"description", "Decides which of several models answers"}});
  add_properties<recommend::RecommendOptions>(schema, {"threads"}, recommend_defaults(parts));
  add_properties<recommend::RerankOptions>(schema);
  add_properties<recommend::InterestOptions>(schema, {}, {.interests = "1"});
  add_properties<PlaceOptions>(schema);
  add_properties<LibraryChoice>(schema);
  add_properties<recommend::CatalogueChoice>(schema);
  limit_property(schema, "k");
  add_property(schema, "cursor", cursor_schema());
  json::object filter = object_schema();
  add_properties<recommend::FilterOptions>(filter, {"only_ids", "not_ids"});
  add_property(schema, "filter", std::move(filter));
  return schema;
}

std::vector<Parameter> user_parameters(const ServiceParts& parts) {
  std::vector<Parameter> all =
      limited(parameters_of<recommend::RecommendOptions>({"threads"}, recommend_defaults(parts)), "k");
  const auto add = [&](std::vector<Parameter> more) { std::ranges::move(more, std::back_inserter(all)); };
  add(parameters_of<recommend::RerankOptions>());
  add(parameters_of<recommend::InterestOptions>({}, {.interests = "1"}));
  add(parameters_of<PlaceOptions>());
  add(parameters_of<LibraryChoice>());
  add(parameters_of<recommend::CatalogueChoice>());
  add(parameters_of<HistoryOptions>());
  all.push_back(model_parameter());
  all.push_back(cursor_parameter());
  return all;
}

Example recommendations_example(std::string_view request) {
  const recommend::SongReply song{"6b9a", 17, "Waltz for Debby", "Bill Evans Trio", "Waltz for Debby", 4211};
  const recommend::SongReply seed{"1f03", 3, "So What", "Miles Davis", "Kind of Blue", 9870};
  recommend::ExplanationReply explanation{
      .text = "Because of Miles Davis – So What (100 %); played within 5 songs of Miles Davis – So What 41 times.",
      .seeds = {{seed, 1, 0.87F}},
      .together = recommend::PlayedTogetherReply{41, 5, 12.5F, 8, seed}};
  recommend::RecommendationsReply reply;
  reply.items.emplace_back(song, 0.93F, 0.87F, std::move(explanation));
  reply.model = "default";
  return Example(reply, request);
}

}  // namespace

std::vector<Route> recommendation_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back(
      {.method = Method::post,
       .path = "/v1/recommendations",
       .id = "recommendForSongs",
       .tag = "Recommendations",
       .summary = "Songs to play for someone who played these songs",
       .is_personal = true,
       .query = {model_parameter()},
       .body = body_schema(parts),
       .gives_list = true,
       .example = recommendations_example(R"({"songs": ["1f03"], "k": 20, "diversity": 0.2, "explain": true})"),
       .handle = Handler::with_body([parts](const Request& request) { return read_request(parts, request); }, may_block,
                                    [parts](const Exchange& exchange, const RecommendationRequest& request) {
                                      return for_songs_asked(parts, exchange, request);
                                    })});
  routes.push_back({.path = "/v1/users/{user}/recommendations",
                    .id = "recommendForUser",
                    .tag = "Recommendations",
                    .summary = "Songs to play for a user, from their stored listens; popular songs for a new user",
                    .is_personal = true,
                    .may_block = true,
                    .query = user_parameters(parts),
                    .gives_list = true,
                    .example = recommendations_example(""),
                    .handle = [parts](const Exchange& exchange) { return for_user_asked(parts, exchange); }});
  std::vector<Parameter> history = parameters_of<HistoryOptions>();
  history.push_back(model_parameter());
  history.push_back(cursor_parameter());
  routes.push_back({.path = "/v1/users/{user}/history",
                    .id = "getUserHistory",
                    .tag = "Recommendations",
                    .summary = "A user's newest listens, and the songs of the model that they are",
                    .is_personal = true,
                    .may_block = true,
                    .query = std::move(history),
                    .handle = [parts](const Exchange& exchange) { return history_of_user(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
