#include "segue/serve/listenbrainz/periodic.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "segue/base/digest.h"
#include "segue/serve/api/played_songs.h"
#include "segue/serve/listenbrainz/stats_range.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

namespace {

constexpr std::uint32_t kSongsOfPeriodic = 50;
constexpr std::uint32_t kSongsOfPeriodicArtist = 2;
constexpr std::size_t kTasteListens = 200;
constexpr std::int64_t kDay = 24 * 60 * 60;
// Lists of different weeks differ even if nothing was played in between.
constexpr double kPeriodicSurprise = 0.4;

enum class Songs { known, unknown };

struct Kind {
  std::string_view name;  // as ListenBrainz calls its rule
  std::string_view title;
  std::string_view annotation;
  std::int64_t seconds;  // how long it is for
  Songs songs;
};
constexpr std::array kKinds = {
    Kind{"daily-jams", "Daily Jams for {}, {:%Y-%m-%d %a}", "Songs that you know, for today.", kDay, Songs::known},
    Kind{"weekly-exploration", "Weekly Exploration for {}, week of {:%Y-%m-%d %a}",
         "Songs that you have not played yet, from what people play next to yours.", 7 * kDay, Songs::unknown},
    Kind{"weekly-jams", "Weekly Jams for {}, week of {:%Y-%m-%d %a}",
         "Songs that you know and have not heard for a while.", 7 * kDay, Songs::known}};

std::int64_t begin_of(const Kind& kind, std::int64_t now) {
  return kind.seconds == kDay ? now - now % kDay : stats_range("this_week", now).from;
}

// The same in every process.
std::string digest_of(std::string_view user, const Kind& kind, std::int64_t begin) {
  return sha256_of(fmt::format("playlist\x1f{}\x1f{}\x1f{}", user, kind.name, begin));
}

std::string content_of(const ListedPlaylist& playlist) {
  json::array songs;
  for (const ListedSong& song : playlist.songs) {
    songs.push_back({{"id", song.id}, {"title", song.title}, {"artist", song.artist}, {"album", song.album}});
  }
  return json::serialize(
      json::object{{"title", playlist.title}, {"annotation", playlist.annotation}, {"songs", std::move(songs)}});
}

ListedPlaylist listed(const store::StoredPlaylist& stored) {
  const json::object content = parse_json(stored.content, "a kept playlist").as_object();
  const auto text = [](const json::object& object, std::string_view name) {
    return std::string(object.at(name).as_string());
  };
  ListedPlaylist playlist{.id = stored.id,
                          .title = text(content, "title"),
                          .annotation = text(content, "annotation"),
                          .user = stored.user,
                          .source = stored.kind,
                          .created = stored.created,
                          .songs = {}};
  for (const Kind& kind : kKinds) {
    if (kind.name == stored.kind) playlist.expires = stored.begin + 2 * kind.seconds;
  }
  for (const json::value& song : content.at("songs").as_array()) {
    const json::object& one = song.as_object();
    playlist.songs.push_back({text(one, "id"), text(one, "title"), text(one, "artist"), text(one, "album")});
  }
  return playlist;
}

// Makes the playlists of one user.
class Maker {
 public:
  Maker(const ListParts& parts, const ModelPointer& pointer, const std::string& user)
      : parts_(parts),
        served_(*pointer),
        offered_(parts.service.catalogue, pointer),
        user_(user),
        played_(played_by(parts.service.store, served_, user)),
        hated_(hated_songs(parts.service.store, served_, user)),
        past_(recommend::past_of(served_.model.songs(), played_.past)),
        known_(served_.model.songs().size()),
        budget_(parts.service.budget()) {
    for (const data::SongRow song : played_.ever) {
      if (offered_.has(song)) known_.insert(song);
    }
  }

  // Nothing if there are no songs for it. `before`: the one of the time before, whose songs are not repeated.
  std::optional<store::StoredPlaylist> make(const Kind& kind, std::int64_t begin, const ListedPlaylist* before) {
    if (played_.past.empty() || offered_.count() == 0) return std::nullopt;
    const std::string digest = digest_of(user_, kind, begin);
    barred_ = before == nullptr ? std::vector<data::SongRow>() : rows_of(*before);
    seed_ = std::stoull(digest.substr(0, 8), nullptr, 16);
    songs_.clear();
    budget_ = parts_.service.budget();
    if (kind.songs == Songs::unknown) {
      add(recommend::ListMode::discover, offered_.keeps());
    } else {
      if (kind.seconds != kDay) add(recommend::ListMode::rediscover, offered_.keeps());
      add(recommend::ListMode::any, &known_);
    }
    if (songs_.empty() && !barred_.empty()) return make(kind, begin, nullptr);  // there are no others
    if (songs_.empty()) return std::nullopt;
    ListedPlaylist playlist;
    playlist.title = fmt::format(fmt::runtime(kind.title), user_, fmt::gmtime(static_cast<std::time_t>(begin)));
    playlist.annotation = kind.annotation;
    for (const data::SongRow song : songs_) playlist.songs.push_back(listed_song(served_.model.songs(), song));
    return store::StoredPlaylist{.id = store::uuid_of_digest(digest),
                                 .user = user_,
                                 .kind = std::string(kind.name),
                                 .begin = begin,
                                 .created = parts_.unix_now(),
                                 .content = content_of(playlist)};
  }

 private:
  std::vector<data::SongRow> rows_of(const ListedPlaylist& playlist) const {
    std::vector<data::SongRow> rows;
    for (const ListedSong& song : playlist.songs) {
      if (const auto row = served_.model.songs().find(song.id)) rows.push_back(*row);
    }
    return rows;
  }

  // Fills the list up with songs of a mode.
  void add(recommend::ListMode mode, const index::RowSet* keeps) {
    if (songs_.size() >= kSongsOfPeriodic) return;
    std::vector<data::SongRow> excluded = barred_;
    excluded.insert(excluded.end(), songs_.begin(), songs_.end());
    if (mode == recommend::ListMode::discover) {
      excluded.insert(excluded.end(), played_.ever.begin(), played_.ever.end());
    }
    const recommend::Listener listener{.played = played_.newest(kTasteListens),
                                       .disliked = hated_,
                                       .excluded = excluded,
                                       .keeps = keeps,
                                       .budget = &budget_,
                                       .past = &past_};
    const recommend::RecommendOptions options{.k = kSongsOfPeriodic - static_cast<std::uint32_t>(songs_.size()),
                                              .threads = 1};
    const recommend::RerankOptions list{.mode = mode,
                                        .artist_cap = kSongsOfPeriodicArtist,
                                        .artist_gap = 1,
                                        .surprise = kPeriodicSurprise,
                                        .seed = seed_};
    for (const recommend::Recommendation& one : served_.recommender.recommend(listener, options, list, 1).items) {
      songs_.push_back(one.song);
    }
  }

  const ListParts& parts_;
  const ServedModel& served_;
  const OfferedSongs offered_;
  const std::string& user_;
  const PlayedSongs played_;
  const std::vector<data::SongRow> hated_;
  const plays::Past past_;
  index::RowSet known_;
  WorkBudget budget_;
  std::vector<data::SongRow> barred_;
  std::vector<data::SongRow> songs_;  // of the playlist that is being made
  std::uint64_t seed_ = 0;
};

const store::StoredPlaylist* find_kept(const std::vector<store::StoredPlaylist>& kept, const Kind& kind,
                                       std::int64_t begin) {
  const auto found = std::ranges::find_if(
      kept, [&](const store::StoredPlaylist& one) { return one.kind == kind.name && one.begin == begin; });
  return found == kept.end() ? nullptr : &*found;
}

}  // namespace

std::vector<ListedPlaylist> periodic_playlists(const ListParts& parts, const ModelPointer& served,
                                               const std::string& user) {
  store::ListenStore& store = parts.service.store;
  const std::int64_t now = parts.unix_now();
  const std::vector<store::StoredPlaylist> kept = store.playlists_of(user);
  std::optional<Maker> maker;
  std::vector<store::StoredPlaylist> all = kept;
  for (const Kind& kind : kKinds) {
    const std::int64_t begin = begin_of(kind, now);
    const std::int64_t oldest = begin - kind.seconds;
    std::erase_if(all, [&](const auto& one) { return one.kind == kind.name && one.begin < oldest; });
    if (find_kept(kept, kind, begin) != nullptr) continue;
    if (!maker) maker.emplace(parts, served, user);
    const store::StoredPlaylist* const stored = find_kept(kept, kind, oldest);
    const std::optional<ListedPlaylist> before = stored == nullptr ? std::nullopt : std::optional(listed(*stored));
    const std::optional<store::StoredPlaylist> made = maker->make(kind, begin, before ? &*before : nullptr);
    if (made) all.push_back(store.keep_playlist(*made, oldest));
  }
  std::ranges::sort(
      all, [](const auto& a, const auto& b) { return a.begin != b.begin ? a.begin > b.begin : a.kind < b.kind; });
  std::vector<ListedPlaylist> playlists;
  for (const store::StoredPlaylist& one : all) playlists.push_back(listed(one));
  return playlists;
}

std::optional<ListedPlaylist> kept_playlist(store::ListenStore& store, std::string_view id) {
  const std::optional<store::StoredPlaylist> stored = store.playlist(id);
  if (!stored) return std::nullopt;
  return listed(*stored);
}

}  // namespace segue::serve
