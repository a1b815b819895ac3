// Playlists as ListenBrainz writes them: JSPF with the extensions of MusicBrainz (https://musicbrainz.org/doc/jspf).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/serve/listenbrainz/replies.h"

namespace segue::serve {

struct ListedSong {
  std::string id;  // of the catalogue
  std::string title;
  std::string artist;
  std::string album;
};
ListedSong listed_song(const data::Catalogue& songs, data::SongRow row);

struct ListedPlaylist {
  std::string id;  // a UUID; "" for a playlist that is not kept
  std::string title;
  std::string annotation;
  std::string user;                       // whom it was made for; "" for nobody known
  std::string source;                     // what made it, "weekly-jams"
  std::int64_t created = 0;               // seconds since 1970
  std::optional<std::int64_t> expires{};  // likewise
  std::vector<ListedSong> songs;
};

// The MusicBrainz id that a catalogue id is or ends with; "" if it has none. Ids without hyphens are those of music
// servers.
std::string mbid_in(std::string_view song_id);

// "2026-11-23T00:00:00+00:00"
std::string time_text(std::int64_t unix_time);

enum class JspfSongs { with, without };
// A song without a MusicBrainz id has no identifier.
ListenBrainzPlaylistReply jspf_of(const ListedPlaylist& playlist, JspfSongs songs = JspfSongs::with);

}  // namespace segue::serve
