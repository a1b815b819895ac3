// What a listener starts from: songs, and groups of songs such as an artist, an album, a tag or what somebody plays.
//
// A group is represented by its most played songs, which share its weight: an artist of 300 songs counts as much as
// one song of the same weight. Seeds count at once, in no order, each by its weight; a history, in contrast, counts by
// how long ago its songs were played.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"
#include "segue/model/model.h"

namespace segue::recommend {

struct WeightedSong {
  data::SongRow song = 0;
  double weight = 1;  // above 0
};

struct Seed {
  std::vector<WeightedSong> songs;  // the heaviest first; not empty
  bool is_group = false;            // else it is one song, which was heard already

  double weight() const;  // the sum of those of its songs
};

// So many songs represent a group.
inline constexpr std::size_t kSongsOfGroup = 20;
// So many songs count as seeds together: the heaviest.
inline constexpr std::size_t kMostSeedSongs = 200;

Seed song_seed(data::SongRow song, double weight = 1);

// The first kSongsOfGroup of `songs`, sharing `weight` by their plays. Songs without a vector are left out if any has
// one. `songs`: rows of the model, ascending, that is the most played first. REQUIRES: not empty, weight > 0.
Seed group_seed(const model::Model& model, std::span<const data::SongRow> songs, double weight = 1);

// The songs of all seeds, each once with the sum of its weights, the heaviest first, ties by row; at most
// kMostSeedSongs. Their weights add up to 1.
std::vector<WeightedSong> merged(std::span<const WeightedSong> songs);
std::vector<WeightedSong> merged_songs(std::span<const Seed> seeds);

}  // namespace segue::recommend
