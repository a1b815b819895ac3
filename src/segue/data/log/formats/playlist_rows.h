// Playlists as players write them: M3U8 and XSPF. One row a file.
#pragma once

#include <memory>
#include <string>

#include "segue/data/log/input/byte_stream.h"
#include "segue/data/log/rows.h"

namespace segue::data {

// The columns playlist, songs, title, artist, album. The id of a song is what Segue wrote there, else an id of a
// service, else missing: the path of a file names no recording.
std::unique_ptr<RowReader> open_m3u8_rows(ByteStream& text, const std::string& name);
std::unique_ptr<RowReader> open_xspf_rows(ByteStream& text, const std::string& name);

// "segue:song:..." as the id in it, percent-decoded; spotify:track:... and the like as they are; the page of a song at
// MusicBrainz, Spotify, YouTube, Deezer or Tidal as the id that logs of these have (youtube:...); "" for a path or any
// other address.
std::string song_id_of_location(std::string_view location);

// Each "%41" as the byte that it stands for; other signs of percent stay.
std::string percent_decoded(std::string_view text);

// Of "212,Artist - Title", which follows #EXTINF:, also with a longer dash as the web app shows songs; "" for an artist
// that is not named, and for both without a comma.
struct ShownNames {
  std::string_view artist;
  std::string_view title;
};
ShownNames names_of_info(std::string_view info);

}  // namespace segue::data
