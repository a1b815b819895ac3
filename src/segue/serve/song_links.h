// Where the songs of a service are found elsewhere: addresses with places for what is known of a song.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segue::serve {

struct SongLink {
  std::string name;
  std::string address;  // with {id}, {artist}, {title}, {album}
};

struct SongLinks {
  std::vector<SongLink> links;
  std::string cover;     // of a picture, likewise; "" for none
  std::string subsonic;  // of a music server to play from, without a slash at its end; "" for none
};

// The links that `--song-link` names, each NAME=ADDRESS: those to MusicBrainz, ListenBrainz, Spotify and YouTube
// without any, and none for "none". Throws wrong_use for a text without a name, an address that does not begin with
// https:// or http://, and a place that no song has.
SongLinks song_links(const std::vector<std::string>& named, std::string_view cover, std::string_view subsonic = "");

// The scheme and host of an address, for a content security policy: "https://coverartarchive.org". REQUIRES: one that
// song_links() took.
std::string origin_of(std::string_view address);

}  // namespace segue::serve
