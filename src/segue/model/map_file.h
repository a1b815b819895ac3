// The map's files in a model folder: map.arrow and clusters.arrow, Arrow IPC files, uncompressed.
//
//   map.arrow       x float, y float, cluster int32    row i is song i; cluster: a row of clusters.arrow, -1 for none
//   clusters.arrow  x float, y float, label utf8, size uint32, level uint32, parent int32, source utf8
//
// A cluster is a region of the map. Regions of level 0 are the largest and have the parent -1; the others lie in a
// region one level up, which has a smaller row. A song's cluster is its region at the finest level.
// source: what the label is made of, a name of layout::NameSource; earlier versions have no such column.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "segue/base/open_folder.h"
#include "segue/layout/song_map.h"

namespace segue::model {

inline constexpr std::string_view kMapName = "map.arrow";
inline constexpr std::string_view kClustersName = "clusters.arrow";

// Reads both files of `folder` and checks everything stated at the top of this file. Throws not_found, io_failed,
// corrupt.
layout::SongMap read_map(const OpenFolder& folder, std::uint32_t song_count);
layout::SongMap read_map(const std::filesystem::path& folder, std::uint32_t song_count);

// Throws no_space, io_failed.
void write_map(const std::filesystem::path& folder, const layout::SongMap& map);

// The points alone as an Arrow IPC stream of one batch, for network clients: x float, y float, cluster int16, 10 bytes
// a song. A region whose row does not fit into int16 is written as the closest parent whose row does.
std::string map_stream(const layout::SongMap& map);

}  // namespace segue::model
