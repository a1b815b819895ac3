#include "segue/serve/listenbrainz/top_played.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "segue/data/text/text.h"

namespace segue::serve {

namespace {

// Fills in names that the listen does not have.
void complete_names(const ServedModel& served, store::StoredListen& listen) {
  if (!listen.artist.empty() && !listen.title.empty()) return;
  const std::optional<data::SongRow> row = served.matcher.find(listen);
  if (!row) return;
  const data::Song song = served.model.songs().song(*row);
  listen.artist = song.artist;
  listen.title = song.title;
}

std::string key_of(const store::StoredListen& listen, CountedBy by) {
  std::string key = data::fold_name(listen.artist);
  if (by == CountedBy::song) key += '\x1f' + data::fold_name(listen.title);
  return key;
}

void add_count(PlayCount& count, store::StoredListen& newest, std::uint64_t listens, CountedBy by) {
  count.listens += listens;
  const bool is_newer = count.artist.empty() || newest.listened_at > count.newest;
  if (is_newer) {
    count.newest = newest.listened_at;
    count.artist = std::move(newest.artist);
  }
  if (by == CountedBy::artist) return;
  if (is_newer) count.title = std::move(newest.title);
  if (!newest.recording_mbid.empty() && (is_newer || count.recording_mbid.empty())) {
    count.recording_mbid = std::move(newest.recording_mbid);
  }
}

}  // namespace

std::vector<PlayCount> top_played(store::ListenStore& store, const ServedModel& served, std::string_view user,
                                  const TimeRange& range, CountedBy by) {
  std::unordered_map<std::string, PlayCount> counts;
  store.for_each_count(user, range.from, range.to, [&](const store::SongCount& one) {
    store::StoredListen newest = one.newest;
    complete_names(served, newest);
    if (newest.artist.empty() || (by == CountedBy::song && newest.title.empty())) return true;
    add_count(counts[key_of(newest, by)], newest, one.listens, by);
    return true;
  });
  std::vector<PlayCount> sorted;
  sorted.reserve(counts.size());
  for (auto& [key, count] : counts) sorted.push_back(std::move(count));
  std::ranges::sort(sorted, [](const PlayCount& a, const PlayCount& b) {
    return std::tie(b.listens, b.newest, a.artist, a.title) < std::tie(a.listens, a.newest, b.artist, b.title);
  });
  return sorted;
}

}  // namespace segue::serve
