// The rows of a store's tables: the same columns in the same order in every database. A Row has text(column) and
// number(column).
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <span>
#include <tuple>
#include <vector>

#include "segue/base/error.h"
#include "segue/store/store.h"

namespace segue::store {

// user, listened_at, artist, title, release, song_id, recording_mbid, track_metadata, msid, inserted_at
template <class Row>
StoredListen listen_of(const Row& row) {
  StoredListen listen;
  listen.user = row.text(0);
  listen.listened_at = row.number(1);
  listen.artist = row.text(2);
  listen.title = row.text(3);
  listen.release = row.text(4);
  listen.song_id = row.text(5);
  listen.recording_mbid = row.text(6);
  listen.track_metadata = row.text(7);
  listen.msid = row.text(8);
  listen.inserted_at = row.number(9);
  return listen;
}

// The newest `count` listens to these songs are no older than this: so many songs have a listen since then.
inline std::int64_t oldest_needed(std::span<const StoredListen> songs, std::size_t count) {
  std::vector<std::int64_t> newest;
  newest.reserve(songs.size());
  for (const StoredListen& song : songs) newest.push_back(song.listened_at);
  const std::size_t last = std::min(count, newest.size()) - 1;
  std::ranges::nth_element(newest, newest.begin() + static_cast<std::ptrdiff_t>(last), std::greater());
  return count > newest.size() ? std::numeric_limits<std::int64_t>::min() : newest[last];
}

// The first `count` of these listens to `songs`, newest first, in the order of listens_of().
inline void keep_newest(std::vector<SongTime>& times, std::span<const StoredListen> songs, std::size_t count) {
  std::ranges::sort(times, std::greater(), [songs](const SongTime& one) {
    return std::tuple(one.listened_at, std::string_view(songs[one.song].msid));
  });
  times.resize(std::min(times.size(), count));
}

// The columns of a listen, and how many there are.
template <class Row>
SongCount song_count_of(const Row& row) {
  return {.newest = listen_of(row), .listens = static_cast<std::uint64_t>(row.number(10))};
}

// list, position, event, song, played_ms (-1: not known), happened_at, made_at, user
template <class Row>
StoredEvent event_of(const Row& row) {
  StoredEvent event;
  event.list = row.text(0);
  event.position = static_cast<std::uint32_t>(row.number(1));
  const auto name = std::ranges::find(kListEventNames, std::string_view(row.text(2)));
  if (name == kListEventNames.end()) fail(ErrorCode::corrupt, "events: expected an event, found \"{}\"", row.text(2));
  event.event = static_cast<ListEvent>(name - kListEventNames.begin());
  event.song = row.text(3);
  if (const std::int64_t played_ms = row.number(4); played_ms >= 0) event.played_ms = played_ms;
  event.happened_at = row.number(5);
  event.made_at = row.number(6);
  event.user = row.text(7);
  return event;
}

// id, user, kind, begin, created, content
template <class Row>
StoredPlaylist playlist_of(const Row& row) {
  StoredPlaylist playlist;
  playlist.id = row.text(0);
  playlist.user = row.text(1);
  playlist.kind = row.text(2);
  playlist.begin = row.number(3);
  playlist.created = row.number(4);
  playlist.content = row.text(5);
  return playlist;
}

// user, msid, recording_mbid, song_id, score, created; without the names
template <class Row>
Feedback feedback_of(const Row& row) {
  Feedback feedback;
  feedback.user = row.text(0);
  feedback.msid = row.text(1);
  feedback.recording_mbid = row.text(2);
  feedback.song_id = row.text(3);
  feedback.score = static_cast<int>(row.number(4));
  feedback.created = row.number(5);
  return feedback;
}

// song_id, content, version, changed
template <class Row>
StoredSongChange song_change_of(const Row& row) {
  StoredSongChange change;
  change.song_id = row.text(0);
  change.content = row.text(1);
  change.version = row.number(2);
  change.changed = row.number(3);
  return change;
}

// id, hash, user, name, may_read, may_submit, may_admin, created
template <class Row>
StoredToken token_of(const Row& row) {
  StoredToken token;
  token.id = row.text(0);
  token.hash = row.text(1);
  token.user = row.text(2);
  token.name = row.text(3);
  token.read = row.number(4) != 0;
  token.submit = row.number(5) != 0;
  token.admin = row.number(6) != 0;
  token.created = row.number(7);
  return token;
}

}  // namespace segue::store
