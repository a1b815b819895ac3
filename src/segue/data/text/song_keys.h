// What makes two songs the same recording, or by the same artist, when logs spell them in many ways.
//
// A catalogue has the studio take, the remaster, the live take and the single edit of one song under several ids; a
// listener hears one song. Names are folded as a search folds them (data/text/text.h), and what usually tells versions
// apart is cut off: brackets and parts behind " - " that hold a word such as live, remastered, remix, edit, acoustic or
// feat.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace segue::data {

// The artist that comes first in "A, B", "A; B" or "A feat. B", folded; "" for "". "&" and "and" join names of one act
// as often as two acts, so they part nothing. "Tyler, The Creator" becomes "tyler", everywhere alike.
std::string main_artist(std::string_view artist);

// The title without what names a version, folded: "Jóga (Live at Ally Pally) - Remastered 2009" -> "joga". A title that
// is nothing but such words ("(Live)") stays whole; words outside brackets and dashes ("Live Forever") are left alone.
std::string recording_title(std::string_view title);

// Equal numbers mean the same main artist, or the same recording (the title and main artist are the same). A song
// without an artist is by an artist of its own, one without a title is a recording of its own. Numbers hold within one
// run of the program, and are never 0.
struct SongKeys {
  std::uint64_t artist = 0;
  std::uint64_t recording = 0;
};
// Of the song in this row, about a microsecond or two. Catalogue::keys() remembers them.
SongKeys song_keys(std::string_view artist, std::string_view title, std::uint32_t row);

}  // namespace segue::data
