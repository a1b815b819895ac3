// Recognises songs of the same recording or artist that logs spell in different ways.
//
// A catalogue has the studio take, the remaster, the live take and the single edit of one song under several ids, but
// to a listener they are one song. Names are folded as in a search (data/text/text.h), and the parts that usually
// distinguish versions are removed: brackets and parts after " - " with a word such as live, remastered, remix, edit,
// acoustic or feat.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace segue::data {

// The artist that comes first in "A, B", "A; B" or "A feat. B", folded; "" for "". "&" and "and" join the names of
// one act as often as those of two, so they do not separate. "Tyler, The Creator" always becomes "tyler".
std::string main_artist(std::string_view artist);

// The title without the names of versions, folded: "Jóga (Live at Ally Pally) - Remastered 2009" -> "joga". A title
// made only of such words ("(Live)") stays whole; words outside brackets and dashes ("Live Forever") stay.
std::string recording_title(std::string_view title);

// The title without the names of editions, which hold the same recording, folded: remastered, deluxe and anniversary
// editions, reissues, mono and stereo, bonus tracks, explicit and clean. "Jóga - Live" and "Jóga (Remix)" keep theirs.
std::string edition_title(std::string_view title);

// Equal numbers mean the same main artist, or the same recording (the title and main artist are the same). A song
// without an artist has an artist of its own, one without a title is a recording of its own. Numbers are valid within
// one run of the program and never 0.
struct SongKeys {
  std::uint64_t artist = 0;
  std::uint64_t recording = 0;
};
// The keys of the song in this row, in a microsecond or two. Catalogue::keys() caches them.
SongKeys song_keys(std::string_view artist, std::string_view title, std::uint32_t row);

}  // namespace segue::data
