// The map as a self-contained page: no server, no network.
#pragma once

#include <cstdint>
#include <filesystem>

#include "segue/data/dataset/catalogue.h"
#include "segue/layout/song_map.h"

namespace segue::draw {

// The most songs a page holds; of more, the most played are shown.
inline constexpr std::uint32_t kMostPageSongs = 200'000;

// Columns of numbers and texts are embedded as base64, so that no title can be taken for markup. The file appears
// complete or not at all. Throws not_found, wrong_use, no_space, io_failed.
void write_map_html(const std::filesystem::path& file, const layout::SongMap& map, const data::Catalogue& songs);

}  // namespace segue::draw
