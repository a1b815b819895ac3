// GET /v1/songs, /v1/songs/{id}, /v1/songs/{id}/similar
#include <algorithm>
#include <bit>
#include <charconv>

#include "segue/base/error.h"
#include "segue/recommend/options.h"
#include "segue/recommend/similar.h"
#include "segue/serve/api/pages.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"
#include "segue/serve/guarded_store.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

struct SongSearchOptions {
  std::string q{};
  std::string rows{};
  std::uint32_t limit = 20;
  bool unavailable = false;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::SongSearchOptions> {
  static constexpr std::string_view section = "songs";
  static constexpr std::array rows = {
      option<&serve::SongSearchOptions::q>("q",
                                           "Words of artist and title, of which the last may be incomplete; or an id"),
      option<&serve::SongSearchOptions::rows>("rows", "Rows of the model, separated by commas, instead of q"),
      option<&serve::SongSearchOptions::limit>("limit", "The most songs to return", between(1, serve::kMostInReply)),
      option<&serve::SongSearchOptions::unavailable>(
          "unavailable", "With q: also songs that the catalogue does not offer, marked as such; for operators"),
  };
};
SEGUE_CHECK_OPTIONS(serve::SongSearchOptions);

}  // namespace segue

namespace segue::serve {

namespace {

constexpr std::size_t kMostRowLetters = 11;  // "4294967295,"

Parameter& parameter_of(std::vector<Parameter>& parameters, std::string_view name) {
  return *std::ranges::find(parameters, name, &Parameter::name);
}

std::vector<std::uint32_t> parse_rows(std::string_view text, std::uint32_t songs) {
  std::vector<std::uint32_t> rows;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    std::uint32_t row = 0;
    const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), row);
    if (error != std::errc() || end != one.data() + one.size() || row >= songs) {
      fail(ErrorCode::wrong_use, "rows: expected whole numbers below {}, separated by commas, found \"{}\"", songs,
           one);
    }
    rows.push_back(row);
    if (rows.size() > kMostInReply) fail(ErrorCode::wrong_use, "rows: expected at most {}, found more", kMostInReply);
  }
  return rows;
}

struct FoundPage {
  std::vector<data::SongRow> rows;
  std::optional<std::string> next;
};

// The first songs of a search after those of the page before that are accepted: the others are passed over, so more is
// looked for. The page before noted how many songs of the search it had passed, and its last one: new songs may have
// come before it.
template <class Accepts>
FoundPage search_page(const ServedModel& served, const SongSearchOptions& options, const PageRequest& page,
                      const Accepts& accepts) {
  constexpr std::size_t kWider = 8;
  const std::span<const std::uint64_t> notes = page.notes(&served);
  const std::size_t passed = notes.size() == 2 ? std::min<std::size_t>(notes[0], kMostSearchedInPages) : 0;
  const std::vector<data::SongRow> last =
      notes.size() == 2 ? songs_noted(served, notes.last(1)) : std::vector<data::SongRow>();
  FoundPage result;
  std::size_t looked_for = std::min<std::size_t>(passed + options.limit + 1, kMostSearchedInPages);
  while (true) {
    const std::vector<data::SongRow> found = on_own_files([&] { return served.search.search(options.q, looked_for); });
    const auto known = last.empty() ? found.end() : std::ranges::find(found, last.front());
    auto next =
        known == found.end() ? found.begin() + static_cast<std::ptrdiff_t>(std::min(passed, found.size())) : known + 1;
    result.rows.clear();
    for (; next != found.end() && result.rows.size() < options.limit; ++next) {
      if (accepts(*next)) result.rows.push_back(*next);
    }
    const bool goes_on = std::find_if(next, found.end(), accepts) != found.end();
    if (goes_on) {
      const auto ends = static_cast<std::uint64_t>(std::ranges::find(found, result.rows.back()) - found.begin()) + 1;
      result.next =
          page.next({{model_mark(served), {ends, noted_songs(served, std::span(result.rows).last(1)).front()}}});
    }
    const bool is_all = found.size() < looked_for || looked_for >= kMostSearchedInPages;
    if (is_all || goes_on) return result;
    looked_for = std::min(looked_for * kWider, kMostSearchedInPages);
  }
}

std::optional<std::string_view> item_at_server(const ServedModel& served, data::SongRow row) {
  if (!served.library) return std::nullopt;
  const std::optional<library::LibraryItemView> item = served.library->item_of(row);
  return item && !item->id.empty() ? std::optional(item->id) : std::nullopt;
}

// What a catalogue does not offer is of interest to those who run the service.
void check_may_see_unavailable(const Identity& who) {
  if (who.admin || who.user.empty()) return;
  fail(ErrorCode::forbidden, "unavailable: expected a token of a service or an admin, found a listener's");
}

TypedReply<SongsReply> search(const ServiceParts& parts, const Exchange& exchange) {
  SongSearchOptions options;
  read_query(exchange, options);
  if ((exchange.find("q") == nullptr) == (exchange.find("rows") == nullptr)) {
    fail(ErrorCode::wrong_use, "expected q or rows, found {}", exchange.find("q") == nullptr ? "neither" : "both");
  }
  const PageRequest page(exchange, "limit");
  const ModelPointer served = page.model(parts, model_for(parts, exchange));
  if (served == nullptr) return {expired_reply()};
  const data::Catalogue& songs = served->model.songs();
  recommend::CatalogueChoice choice;
  read_query(exchange, choice);
  const OfferedSongs offered(parts.catalogue, served, choice);
  FoundPage found;
  if (options.unavailable) check_may_see_unavailable(exchange.who);
  if (exchange.find("q") == nullptr) {
    found.rows = parse_rows(options.rows, songs.size());
  } else {
    found =
        search_page(*served, options, page, [&](data::SongRow row) { return options.unavailable || offered.has(row); });
  }
  SongsReply reply{{}, served->name, std::move(found.next)};
  for (const data::SongRow row : found.rows) {
    FoundSongReply& one = reply.items.emplace_back(recommend::song_reply(songs, row));
    if (!offered.has(row)) one.available = false;
    if (exchange.find("rows") != nullptr) one.item = item_at_server(*served, row);
  }
  auto typed = json_reply(reply);
  page.add_link(typed.reply, reply.next);
  return typed;
}

TypedReply<SongDetailsReply> song(const ServiceParts& parts, const Exchange& exchange) {
  const ModelPointer served = model_for(parts, exchange);
  const data::Catalogue& songs = served->model.songs();
  const std::uint32_t row = row_of_id(songs, exchange.at("id"));
  recommend::CatalogueChoice choice;
  read_query(exchange, choice);
  SongDetailsReply reply{recommend::song_reply(songs, row),
                         songs.tags(row),
                         {},
                         served->name,
                         OfferedSongs(parts.catalogue, served, choice).has(row)};
  if (const layout::SongMap* const map = served->model.map()) {
    reply.map = {map->layout[row].x, map->layout[row].y, map->region[row]};
  }
  return json_reply(reply);
}

struct NearPage {
  std::vector<math::ScoredRow> rows;
  std::optional<std::string> next;
};

// The songs nearest to one that come after those of the page before, which noted how many these are, and the score and
// row of the last. A search for more may find songs that the graph missed before: they stay left out.
NearPage near_page(const ServedModel& served, data::SongRow row, recommend::SimilarOptions options,
                   const PageRequest& page, const index::RowSet* keeps) {
  const std::span<const std::uint64_t> notes = page.notes(&served);
  const std::size_t before = notes.size() == 3 ? std::min<std::size_t>(notes[0], kMostInPages) : 0;
  const std::size_t wanted = std::min<std::size_t>(options.k, kMostInPages - before);
  NearPage result;
  for (std::size_t count = before + wanted + 1;; count *= 2) {
    options.k = static_cast<std::uint32_t>(count);
    result.rows = recommend::similar_songs(served.model, std::span(&row, 1), {}, options, keeps);
    const bool is_all = result.rows.size() < count;
    if (before > 0) {
      const auto score = std::bit_cast<float>(static_cast<std::uint32_t>(notes[1]));
      std::erase_if(result.rows, [&](const math::ScoredRow& one) {
        return one.score > score || (one.score == score && one.row <= notes[2]);
      });
    }
    if (is_all || result.rows.size() > wanted) break;
  }
  const bool goes_on = result.rows.size() > wanted && before + wanted < kMostInPages;
  result.rows.resize(std::min(result.rows.size(), wanted));
  if (!goes_on) return result;
  const math::ScoredRow& last = result.rows.back();
  result.next =
      page.next({{model_mark(served), {before + wanted, std::bit_cast<std::uint32_t>(last.score), last.row}}});
  return result;
}

TypedReply<recommend::SimilarSongsReply> similar(const ServiceParts& parts, const Exchange& exchange) {
  recommend::SimilarOptions options;
  read_query(exchange, options);
  check_limit("k", options.k);
  options.threads = 1;  // the other cores have other requests
  const PageRequest page(exchange, "k");
  const ModelPointer served = page.model(parts, model_for(parts, exchange));
  if (served == nullptr) return {expired_reply()};
  const model::Model& model = served->model;
  const std::uint32_t row = row_of_id(model.songs(), exchange.at("id"));
  recommend::CatalogueChoice choice;
  read_query(exchange, choice);
  const OfferedSongs offered(parts.catalogue, served, choice);
  offered.refuse_none();
  NearPage found = near_page(*served, row, options, page, offered.keeps());
  recommend::SimilarSongsReply reply{recommend::similar_song_replies(model, row, found.rows), served->name,
                                     page.is_first() ? offered.withheld(found.rows.size(), options.k) : std::nullopt,
                                     std::move(found.next)};
  auto typed = json_reply(reply);
  give_id(typed.reply, recommend::ListKind::similar, served->name);
  page.add_link(typed.reply, reply.next);
  return typed;
}

recommend::SongReply example_song() {
  return {"6b9a", 17, "Waltz for Debby", "Bill Evans Trio", "Waltz for Debby", 4211};
}

}  // namespace

std::vector<Route> song_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  std::vector<Parameter> words = parameters_of<SongSearchOptions>();
  json::object& rows = parameter_of(words, "rows").schema;
  rows["maxLength"] = kMostInReply * kMostRowLetters;
  rows["pattern"] = "^[0-9,]*$";
  std::ranges::move(parameters_of<recommend::CatalogueChoice>(), std::back_inserter(words));
  words.push_back(model_parameter());
  words.push_back(cursor_parameter());
  std::vector<Parameter> details = parameters_of<recommend::CatalogueChoice>();
  details.push_back(model_parameter());
  routes.push_back({.path = "/v1/songs",
                    .id = "searchSongs",
                    .tag = "Songs",
                    .summary = "Searches songs as you type, or lists the songs of rows",
                    .query = std::move(words),
                    .example = Example(SongsReply{{FoundSongReply{example_song()}}, "default"}),
                    .handle = [parts](const Exchange& exchange) { return search(parts, exchange); }});
  routes.push_back(
      {.path = "/v1/songs/{id}",
       .id = "getSong",
       .tag = "Songs",
       .summary = "A song, its tags and its place on the map",
       .query = std::move(details),
       .example = Example(SongDetailsReply{example_song(), {"jazz"}, SongPlaceReply{1.5F, -3.25F, 4}, "default", true}),
       .handle = [parts](const Exchange& exchange) { return song(parts, exchange); }});
  std::vector<Parameter> near = limited(parameters_of<recommend::SimilarOptions>({"threads"}), "k");
  std::ranges::move(parameters_of<recommend::CatalogueChoice>(), std::back_inserter(near));
  near.push_back(model_parameter());
  near.push_back(cursor_parameter());
  routes.push_back({.path = "/v1/songs/{id}/similar",
                    .id = "getSimilarSongs",
                    .tag = "Songs",
                    .summary = "The nearest neighbours of a song",
                    .query = std::move(near),
                    .example = Example(recommend::SimilarSongsReply{
                        {{example_song(), 0.87F, recommend::TogetherReply{41, 12.5F, 2}}}, "default", {}}),
                    .handle = [parts](const Exchange& exchange) { return similar(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
