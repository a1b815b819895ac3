// Songs as arguments and output of commands.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/recommend/typed_seeds.h"

#include "app/cli/terminal.h"

namespace segue::cli {

// What `typed` names: songs, artists, albums and tags (search/seed_search.h). Notes say what words were taken as, and
// list what matches equally well. Throws not_found with the nearest names.
std::vector<recommend::TypedSeed> resolve_seeds(const model::Model& model, std::span<const std::string> typed,
                                                Terminal& terminal);

// The song that `typed` names; of an artist, an album or a tag the most played one.
data::SongRow resolve_song(const model::Model& model, std::string_view typed, Terminal& terminal);

// Ids of rows, as views of the catalogue.
std::vector<std::string_view> ids_of(const data::Catalogue& songs, std::span<const std::uint32_t> rows);

// Replaces control characters with spaces: names and titles are untrusted, and must not control the terminal.
std::string for_terminal(std::string text);

// "Björk – Jóga", printable.
std::string song_text(const data::Catalogue& songs, std::uint32_t row);

}  // namespace segue::cli
