#include "segue/serve/lists/next_songs.h"

#include <algorithm>
#include <chrono>
#include <unordered_set>

#include "segue/data/dataset/ingest_options.h"
#include "segue/serve/listenbrainz/listenbrainz.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

namespace {

// Listens that are not repeated. Whoever listens to their own collection has played all of it at some time.
constexpr std::size_t kLatelyHeard = 500;
constexpr std::size_t kLatelySkipped = 100;  // likewise
constexpr std::size_t kLongestSession = 100;

// The songs not to repeat, the newest first: the session, what was skipped, given, heard before. At most half of what
// can be played, so that there is always something to choose from.
std::vector<data::SongRow> lately(const ListParts& parts, const ServedModel& served, const OfferedSongs& offered,
                                  const ListListener& listener, const PlayedSongs& played) {
  const std::int64_t now = parts.unix_now();
  const std::size_t most = offered.count() / 2;
  std::vector<data::SongRow> rows;
  std::unordered_set<data::SongRow> known;
  const auto add = [&](data::SongRow row) {
    if (!offered.has(row)) return;
    if (rows.size() < most && known.insert(row).second) rows.push_back(row);
  };
  const std::span<const data::SongRow> heard = played.newest(kLatelyHeard);
  const auto session = static_cast<std::ptrdiff_t>(session_length(played, now));
  std::for_each(heard.rbegin(), heard.rbegin() + session, add);
  if (!listener.user.empty()) {
    std::ranges::for_each(skipped_songs(parts.service.store, served, listener.user, kLatelySkipped), add);
  }
  for (const data::SongRow row : given_rows(parts, served, listener)) add(row);
  std::for_each(heard.rbegin() + session, heard.rend(), add);
  return rows;
}

recommend::RerankOptions list_options(const WantedSongs& wanted) {
  recommend::RerankOptions list;
  list.mode = recommend::ListMode::any;
  list.popularity = wanted.popularity;
  list.artist_cap = wanted.cap_artists ? kSongsOfArtist : 0;
  list.artist_gap = wanted.cap_artists ? 1 : 0;
  return list;
}

// So many songs are looked for, of which some are not accepted.
std::uint32_t looked_for(const WantedSongs& wanted) {
  constexpr std::uint32_t kSpare = 4;
  return wanted.accepts ? std::max(wanted.n, std::min(wanted.n * kSpare, kMostInReply)) : wanted.n;
}

void keep_accepted(const WantedSongs& wanted, std::vector<recommend::Recommendation>& found) {
  if (wanted.accepts) std::erase_if(found, [&](const auto& one) { return !wanted.accepts(one.song); });
  if (found.size() > wanted.n) found.resize(wanted.n);
}

}  // namespace

ListListener listener_of_token(const Identity& who) {
  if (!who.user.empty()) return listener_named(who.user);
  if (who.token_id.empty()) return listener_named(std::string(kLocalUser));
  return {.user = "", .given = "token " + who.token_id};
}

ListListener listener_named(const std::string& user) {
  return {.user = user, .given = "user " + user};
}

PlayedSongs played_by(const ListParts& parts, const ServedModel& served, const ListListener& listener) {
  if (listener.user.empty()) return {};
  return played_by(parts.service.store, served, listener.user);
}

std::vector<data::SongRow> given_rows(const ListParts& parts, const ServedModel& served, const ListListener& listener) {
  std::vector<data::SongRow> rows;
  for (const auto& row : served.model.songs().find_all(parts.given.newest(listener.given, parts.unix_now()))) {
    if (row) rows.push_back(*row);
  }
  return rows;
}

void remember_given(const ListParts& parts, const ServedModel& served, const ListListener& listener,
                    std::span<const data::SongRow> songs) {
  std::vector<std::string> ids;
  for (const data::SongRow song : songs) ids.emplace_back(served.model.songs().id(song));
  parts.given.add(listener.given, ids, parts.unix_now());
}

std::size_t session_length(const PlayedSongs& played, std::int64_t now) {
  static const auto kGap = std::chrono::duration_cast<std::chrono::seconds>(data::IngestOptions().session_gap).count();
  std::size_t length = 0;
  std::int64_t after = now;
  while (length < std::min(played.times.size(), kLongestSession)) {
    const std::int64_t time = played.times[played.times.size() - 1 - length];
    if (after - time > kGap) break;
    after = time;
    ++length;
  }
  return length;
}

std::vector<recommend::Recommendation> next_songs(const ListParts& parts, const ModelPointer& pointer,
                                                  const ListListener& listener, const PlayedSongs& played,
                                                  const WantedSongs& wanted) {
  const ServedModel& served = *pointer;
  const model::Model& model = served.model;
  const OfferedSongs offered(parts.service.catalogue, pointer, {}, served.playable());
  if (offered.count() == 0) return {};
  std::vector<data::SongRow> past = played.past;
  std::size_t heard = std::min(wanted.context, past.size());
  // The song asked about may have been submitted already.
  const bool is_known = heard > 0 && wanted.seeds.size() == 1 && past.back() == wanted.seeds.front();
  if (!is_known) {
    past.insert(past.end(), wanted.seeds.begin(), wanted.seeds.end());
    heard += wanted.seeds.size();
  }
  if (heard == 0) return {};
  std::vector<data::SongRow> disliked = wanted.disliked;
  if (!listener.user.empty()) {
    const std::vector<data::SongRow> hated = hated_songs(parts.service.store, served, listener.user);
    disliked.insert(disliked.end(), hated.begin(), hated.end());
  }
  const plays::Past whole = recommend::past_of(model.songs(), past);
  std::vector<data::SongRow> barred = wanted.seeds;
  const std::vector<data::SongRow> repeats = lately(parts, served, offered, listener, played);
  barred.insert(barred.end(), repeats.begin(), repeats.end());
  recommend::RecommendOptions options{.k = looked_for(wanted), .threads = 1};  // the other cores have other requests
  WorkBudget budget = parts.service.budget();
  std::vector<recommend::Recommendation> found;
  for (;;) {
    found = served.recommender
                .recommend({.played = std::span(past).last(heard),
                            .disliked = disliked,
                            .excluded = barred,
                            .keeps = offered.keeps(),
                            .budget = &budget,
                            .past = played.past.empty() ? nullptr : &whole},
                           options, list_options(wanted), wanted.interests)
                .items;
    keep_accepted(wanted, found);
    const std::size_t repeatable = barred.size() - wanted.seeds.size();
    if (!found.empty() || repeatable == 0) break;
    parts.service.metrics.count_fallback(Fallback::repeats);
    barred.resize(wanted.seeds.size() + repeatable / 2);  // the older half may come back
  }
  std::vector<data::SongRow> given = wanted.seeds;
  for (const recommend::Recommendation& one : found) given.push_back(one.song);
  remember_given(parts, served, listener, given);
  return found;
}

}  // namespace segue::serve
