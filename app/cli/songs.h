// Songs as arguments and output of commands.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"

#include "app/cli/terminal.h"

namespace segue::cli {

// The row of the song that `typed` names: an exact id, else words of artist and title. If several songs match equally
// well, the most played one is chosen. Notes list such matches and name the song chosen for words. Throws not_found
// with the nearest titles.
std::uint32_t resolve_song(const data::Catalogue& songs, std::string_view typed, Terminal& terminal);

// The same for several songs, in their order.
std::vector<std::uint32_t> resolve_songs(const data::Catalogue& songs, std::span<const std::string> typed,
                                         Terminal& terminal);

// Ids of rows, as views of the catalogue.
std::vector<std::string_view> ids_of(const data::Catalogue& songs, std::span<const std::uint32_t> rows);

// Replaces control characters with spaces: names and titles are untrusted, and must not control the terminal.
std::string for_terminal(std::string text);

// "Björk – Jóga", printable.
std::string song_text(const data::Catalogue& songs, std::uint32_t row);

}  // namespace segue::cli
