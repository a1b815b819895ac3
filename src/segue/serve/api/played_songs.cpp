#include "segue/serve/api/played_songs.h"

#include <algorithm>
#include <optional>

#include "segue/serve/api/routes.h"

namespace segue::serve {

std::span<const data::SongRow> PlayedSongs::newest(std::size_t count) const {
  return std::span(past).last(std::min(count, past.size()));
}

PlayedSongs played_by(store::ListenStore& store, const ServedModel& served, std::string_view user, std::size_t count) {
  PlayedSongs played;
  std::vector<store::StoredListen> songs;  // those with a vector
  std::vector<data::SongRow> rows;         // of each
  store.for_each_song(user, [&](const store::StoredListen& song) {
    const std::optional<data::SongRow> row = served.matcher.find(song);
    if (!row) return true;
    played.ever.push_back(*row);
    if (served.model.inverse_norms()[*row] > 0) {
      songs.push_back(song);
      rows.push_back(*row);
    }
    return true;
  });
  std::ranges::sort(played.ever);
  played.ever.erase(std::ranges::unique(played.ever).begin(), played.ever.end());
  for (const store::SongTime& listen : store.newest_of(user, songs, count)) {
    played.past.push_back(rows[listen.song]);
    played.times.push_back(listen.listened_at);
  }
  std::ranges::reverse(played.past);
  std::ranges::reverse(played.times);
  return played;
}

std::vector<data::SongRow> hated_songs(store::ListenStore& store, const ServedModel& served, std::string_view user) {
  std::vector<data::SongRow> rows;
  for (const store::Feedback& feedback : store.feedback_of(user, -1, kMostInReply, 0)) {
    store::StoredListen listen;
    listen.artist = feedback.artist;
    listen.title = feedback.title;
    listen.song_id = feedback.song_id;
    listen.recording_mbid = feedback.recording_mbid;
    if (const auto row = served.matcher.find(listen)) rows.push_back(*row);
  }
  return rows;
}

std::vector<data::SongRow> skipped_songs(store::ListenStore& store, const ServedModel& served, std::string_view user,
                                         std::size_t count) {
  std::vector<data::SongRow> rows;
  for (const store::StoredListen& skip : store.skips_of(user, count)) {
    if (const auto row = served.matcher.find(skip)) rows.push_back(*row);
  }
  return rows;
}

}  // namespace segue::serve
