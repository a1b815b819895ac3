// How songs are numbered.
#pragma once

#include <cstdint>

namespace segue::data {

// A row of a catalogue: row i of songs.arrow, of the vectors, of the transitions and of the map is song i.
using SongRow = std::uint32_t;

}  // namespace segue::data
