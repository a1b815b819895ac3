// GET /v1/songs, /v1/songs/{id}, /v1/songs/{id}/similar
#include <charconv>

#include "segue/base/error.h"
#include "segue/recommend/explain.h"
#include "segue/recommend/options.h"
#include "segue/recommend/similar.h"
#include "segue/serve/api/json_text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

struct SongSearchOptions {
  std::string q{};
  std::string rows{};
  std::uint32_t limit = 20;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::SongSearchOptions> {
  static constexpr std::string_view section = "songs";
  static constexpr std::array rows = {
      option<&serve::SongSearchOptions::q>("q", "Words of artist and title, the last one may be begun only; or an id"),
      option<&serve::SongSearchOptions::rows>("rows", "Rows of the model with commas between, instead of q"),
      option<&serve::SongSearchOptions::limit>("limit", "Songs to return at most", between(1, serve::kMostInReply)),
  };
};
SEGUE_CHECK_OPTIONS(serve::SongSearchOptions);

}  // namespace segue

namespace segue::serve {

namespace {

std::vector<std::uint32_t> parse_rows(std::string_view text, std::uint32_t songs) {
  std::vector<std::uint32_t> rows;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    std::uint32_t row = 0;
    const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), row);
    if (error != std::errc() || end != one.data() + one.size() || row >= songs) {
      fail(ErrorCode::wrong_use, "rows: expected whole numbers below {} with commas between, found \"{}\"", songs, one);
    }
    rows.push_back(row);
    if (rows.size() > kMostInReply) fail(ErrorCode::wrong_use, "rows: expected at most {}, found more", kMostInReply);
  }
  return rows;
}

Reply search(const ServiceParts& parts, const Exchange& exchange) {
  SongSearchOptions options;
  read_query(exchange, options);
  if ((exchange.find("q") == nullptr) == (exchange.find("rows") == nullptr)) {
    fail(ErrorCode::wrong_use, "expected q or rows, found {}", exchange.find("q") == nullptr ? "neither" : "both");
  }
  const ModelPointer served = model_for(parts, exchange);
  const data::Catalogue& songs = served->model.songs();
  const std::vector<std::uint32_t> rows = exchange.find("q") != nullptr
                                              ? served->search.search(options.q, options.limit)
                                              : parse_rows(options.rows, songs.size());
  ItemsWriter items;
  for (const std::uint32_t row : rows) {
    append_song_members(items.item(), songs, row);
    items.end_item();
  }
  return items_reply(items, *served);
}

Reply song(const ServiceParts& parts, const Exchange& exchange) {
  const ModelPointer served = model_for(parts, exchange);
  const data::Catalogue& songs = served->model.songs();
  const std::uint32_t row = row_of_id(songs, exchange.at("id"));
  std::string out = "{";
  append_song_members(out, songs, row);
  out += ",\"tags\":[";
  bool first = true;
  for (const std::string_view tag : songs.song(row).tags) {
    if (!first) out += ',';
    first = false;
    append_json(out, tag);
  }
  out += ']';
  if (const layout::SongMap* const map = served->model.map()) {
    out += ",\"map\":{\"x\":";
    append_json(out, map->layout[row].x);
    out += ",\"y\":";
    append_json(out, map->layout[row].y);
    out += ",\"cluster\":" + std::to_string(map->region[row]) + '}';
  }
  out += ",\"model\":";
  append_json(out, served->name);
  out += '}';
  return {.body = std::move(out)};
}

Reply similar(const ServiceParts& parts, const Exchange& exchange) {
  recommend::SimilarOptions options;
  read_query(exchange, options);
  check_limit("k", options.k);
  options.threads = 1;  // the other cores have other requests
  const ModelPointer served = model_for(parts, exchange);
  const model::Model& model = served->model;
  const std::uint32_t row = row_of_id(model.songs(), exchange.at("id"));
  const std::vector<math::ScoredRow> nearest =
      recommend::similar_songs(model, std::span(&row, 1), {}, options, nullptr);
  std::vector<std::uint32_t> rows;
  for (const math::ScoredRow& found : nearest) rows.push_back(found.row);
  if (model.has_all_transitions(row)) {
    model.songs().prefetch(rows);
  } else {
    model.prefetch_songs(rows);
  }
  ItemsWriter items;
  for (const math::ScoredRow& found : nearest) {
    std::string& out = items.item();
    append_song_members(out, model.songs(), found.row);
    out += ",\"similarity\":";
    append_json(out, found.score);
    if (const recommend::PlayedTogether together = recommend::played_together(model, row, found.row);
        together.times > 0) {
      out += ",\"together\":{\"times\":";
      append_json(out, std::uint64_t{together.times});
      out += ",\"after\":";
      append_json(out, together.after);
      out += ",\"before\":";
      append_json(out, together.before);
      out += '}';
    }
    items.end_item();
  }
  return items_reply(items, *served);
}

}  // namespace

std::vector<Route> song_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  std::vector<Parameter> words = parameters_of<SongSearchOptions>();
  words.push_back(model_parameter());
  routes.push_back({.method = Method::get,
                    .path = "/v1/songs",
                    .summary = "Songs for words as they are typed, or for rows",
                    .query = std::move(words),
                    .reply = "Songs",
                    .handle = [parts](const Exchange& exchange) { return search(parts, exchange); }});
  routes.push_back({.method = Method::get,
                    .path = "/v1/songs/{id}",
                    .summary = "A song, its tags and its place on the map",
                    .query = {model_parameter()},
                    .reply = "SongDetails",
                    .handle = [parts](const Exchange& exchange) { return song(parts, exchange); }});
  std::vector<Parameter> near = limited(parameters_of<recommend::SimilarOptions>({"threads"}), "k");
  near.push_back(model_parameter());
  routes.push_back({.method = Method::get,
                    .path = "/v1/songs/{id}/similar",
                    .summary = "The songs most like one, by cosine",
                    .query = std::move(near),
                    .reply = "SimilarSongs",
                    .handle = [parts](const Exchange& exchange) { return similar(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
