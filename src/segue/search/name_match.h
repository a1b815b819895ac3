// How well the names of a song match what was typed, for every search by names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "segue/data/dataset/catalogue.h"

namespace segue::search {

// Typed text in the forms that names are compared in.
struct TypedName {
  explicit TypedName(std::string_view text);
  std::string spelt;   // data::fold_name(): "n.w.a."
  std::string folded;  // data::compared_name(): "n w a"
};

// The best first: the song has exactly this name (title, or artist and title in either order), as typed or folded; its
// artist has this name as typed; or anything else.
enum class NameMatch : std::uint8_t { spelt_song, folded_song, spelt_artist, words };

// `folded_artist` and `folded_title` are the compared_name() of those of the song.
NameMatch match_of(const TypedName& typed, const data::Song& song, const std::string& folded_artist,
                   const std::string& folded_title);

}  // namespace segue::search
