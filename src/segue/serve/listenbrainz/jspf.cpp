#include "segue/serve/listenbrainz/jspf.h"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "segue/search/song_matcher.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::string_view kCreator = "Segue";
// Clients take the last part of these for the id, some only behind exactly these addresses.
constexpr std::string_view kPlaylistAddress = "https://listenbrainz.org/playlist/";
constexpr std::string_view kRecordingAddress = "https://musicbrainz.org/recording/";
constexpr std::string_view kPlaylistExtension = "https://musicbrainz.org/doc/jspf#playlist";
constexpr std::string_view kTrackExtension = "https://musicbrainz.org/doc/jspf#track";
constexpr std::size_t kMbidLetters = 36;

ListenBrainzTrackReply track_of(const ListedSong& song, const std::string& added_at) {
  ListenBrainzTrackReply track;
  if (const std::string mbid = mbid_in(song.id); !mbid.empty()) {
    track.identifier = {std::string(kRecordingAddress) + mbid};
  }
  track.title = song.title;
  track.creator = song.artist;
  if (!song.album.empty()) track.album = song.album;
  track.extension[kTrackExtension] = {
      {"added_at", added_at}, {"added_by", kCreator}, {"additional_metadata", {{"song_id", song.id}}}};
  return track;
}

}  // namespace

ListedSong listed_song(const data::Catalogue& songs, data::SongRow row) {
  const data::Song song = songs.song(row);
  return {std::string(song.id), std::string(song.title), std::string(song.artist), std::string(song.album)};
}

std::string mbid_in(std::string_view song_id) {
  const std::string_view last = search::last_part(song_id);
  return last.size() == kMbidLetters ? canonical_uuid(last) : "";
}

std::string time_text(std::int64_t unix_time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}+00:00", fmt::gmtime(static_cast<std::time_t>(unix_time)));
}

ListenBrainzPlaylistReply jspf_of(const ListedPlaylist& playlist, JspfSongs songs) {
  ListenBrainzPlaylistReply reply;
  ListenBrainzPlaylist& jspf = reply.playlist;
  jspf.creator = kCreator;
  jspf.title = playlist.title;
  if (!playlist.annotation.empty()) jspf.annotation = playlist.annotation;
  if (!playlist.id.empty()) jspf.identifier = std::string(kPlaylistAddress) + playlist.id;
  jspf.date = time_text(playlist.created);
  json::object metadata{{"algorithm_metadata", {{"source_patch", playlist.source}}}};
  if (playlist.expires) metadata["expires_at"] = time_text(*playlist.expires);
  json::object extension{{"creator", kCreator},
                         {"public", false},
                         {"last_modified_at", jspf.date},
                         {"additional_metadata", std::move(metadata)}};
  if (!playlist.user.empty()) extension["created_for"] = playlist.user;
  jspf.extension[kPlaylistExtension] = std::move(extension);
  if (songs == JspfSongs::without) return reply;
  for (const ListedSong& song : playlist.songs) jspf.track.push_back(track_of(song, jspf.date));
  return reply;
}

}  // namespace segue::serve
