// Where a song of unknown plays may lie: the mean of the trained songs that share its album, its artist or its tags.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/math/matrix.h"
#include "segue/model/model.h"

namespace segue::pipeline {

// How many trained songs stand for each.
struct NamesKnown {
  std::uint32_t album = 0;
  std::uint32_t artist = 0;
  std::uint32_t tags = 0;
  bool operator==(const NamesKnown&) const = default;
};

// Views a model. Thread safe once made.
class NameMeans {
 public:
  // Reads the names of all trained songs once, for these songs.
  NameMeans(const model::Model& model, std::span<const data::SongRecord> songs);

  // The direction of `matrix` (vectors or context vectors of the model) that the names of song i stand for,
  //
  //     dir(dir(mean of its album) + dir(mean of its artist)), or, where both are unknown, dir(mean of its tags),
  //
  // at length 1, into `out`; zeros if no trained song has any of them.
  void mean(math::MatrixView<const float> matrix, std::size_t i, std::span<float> out) const;
  NamesKnown known(std::size_t i) const;

 private:
  using Songs = std::vector<data::SongRow>;  // the most played ones
  struct Names {
    const Songs* album = nullptr;
    const Songs* artist = nullptr;
    std::vector<const Songs*> tags;
  };
  std::unordered_map<std::string, Songs> groups_;  // by kind and name
  std::vector<Names> names_;                       // of each song
};

}  // namespace segue::pipeline
