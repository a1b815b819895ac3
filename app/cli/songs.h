// Songs as commands take and show them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json.h"
#include "segue/data/dataset/catalogue.h"

#include "app/cli/terminal.h"

namespace segue::cli {

// The row of the song that `typed` names: an exact id, else words of artist and title. Of several songs that match
// equally well the most played is taken; they are listed in a note, and so is the song that words were taken for.
// Throws not_found with the nearest titles.
std::uint32_t resolve_song(const data::Catalogue& songs, std::string_view typed, Terminal& terminal);

// The same for several songs, in their order.
std::vector<std::uint32_t> resolve_songs(const data::Catalogue& songs, std::span<const std::string> typed,
                                         Terminal& terminal);

// {"id", "title", "artist", "album", "plays"}
json::object song_json(const data::Catalogue& songs, std::uint32_t row);

// Replaces control characters with spaces: names and titles are untrusted, and must not control the terminal.
std::string for_terminal(std::string text);

// "Björk – Jóga", without what would break a line.
std::string song_text(const data::Catalogue& songs, std::uint32_t row);

}  // namespace segue::cli
