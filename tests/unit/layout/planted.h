// Maps with blobs of songs at given places.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "segue/base/random.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/layout/layout.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::testing {

struct Blob {
  layout::Point centre;
  float deviation;
  std::uint32_t songs;
};

// The songs of one blob after another, normally distributed around its centre (Box, Muller 1958).
inline layout::Layout planted(const std::vector<Blob>& blobs, std::uint64_t seed = 1) {
  layout::Layout layout;
  for (std::size_t blob = 0; blob < blobs.size(); ++blob) {
    Random random(seed, blob);
    for (std::uint32_t i = 0; i < blobs[blob].songs; ++i) {
      const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
      const double angle = 6.283185307 * random.uniform();
      layout.push_back({blobs[blob].centre.x + blobs[blob].deviation * static_cast<float>(radius * std::cos(angle)),
                        blobs[blob].centre.y + blobs[blob].deviation * static_cast<float>(radius * std::sin(angle))});
    }
  }
  return layout;
}

inline const std::vector<Blob> kFourBlobs = {
    {{0, 0}, 1, 400}, {{20, 0}, 1, 400}, {{0, 20}, 1.5F, 300}, {{22, 21}, 0.7F, 200}};

// Songs of `artists[blob]` in the order of planted(), two in three by the blob's first artist.
inline data::Catalogue songs_of(const Scratch& scratch, const std::vector<Blob>& blobs,
                                const std::vector<std::vector<std::string>>& artists,
                                const std::vector<std::string>& tags = {}) {
  std::vector<data::SongRecord> songs;
  for (std::size_t blob = 0; blob < blobs.size(); ++blob) {
    for (std::uint32_t i = 0; i < blobs[blob].songs; ++i) {
      data::SongRecord song;
      song.id = fmt::format("{}-{:04}", blob, i);
      song.title = fmt::format("Song {}", i);
      song.artist = artists[blob][i % 3 == 0 ? artists[blob].size() - 1 : 0];
      if (!tags.empty()) song.tags = {tags[blob], "everywhere"};
      song.plays = 10;
      songs.push_back(song);
    }
  }
  write_songs(scratch / "songs.arrow", songs);
  return data::Catalogue(scratch / "songs.arrow");
}

}  // namespace segue::testing
