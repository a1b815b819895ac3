// Vectors of songs that were played too rarely to be trained: of what was played around them, and of their artist.
//
// A song x without a vector of its own gets the direction of
//
//     dir(sum_y w(x, y) plays(y)^-1/2 dir(v_y)) + dir(sum_z dir(v_z))
//
// where y are the trained songs played near x, w the weights of its transitions in both directions, and z the artist's
// trained songs, the most played of them. Training would move a new song towards its surroundings in the same way, were
// all other vectors frozen (Mikolov et al. 2013, arXiv:1310.4546, eq. 4); a few plays are too few for more. Frequent
// songs are damped as subsampling damps them in training.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "segue/data/dataset/song_row.h"
#include "segue/data/text/song_keys.h"
#include "segue/transitions/transitions.h"

namespace segue::transitions {

// What is known of the songs, by row: the first ones are trained. Functions are thread safe.
struct PlacerSources {
  std::uint32_t trained = 0;
  std::uint32_t songs = 0;  // with those to place
  std::size_t dim = 0;
  // Of a trained song: its vector, perhaps written to scratch (dim floats).
  std::function<const float*(data::SongRow song, float* scratch)> vector;
  std::function<TransitionsOf(data::SongRow song)> transitions;
  std::function<data::SongKeys(data::SongRow song)> keys;
  std::function<std::uint64_t(data::SongRow song)> plays;
};

// Thread safe.
class SongPlacer {
 public:
  explicit SongPlacer(PlacerSources sources);

  // Writes the vector of a song that is not trained, `out` of dim floats, as long as the trained ones are on average;
  // zeros if nothing trained was played near it and its artist has no trained song. Returns whether it has a direction.
  // REQUIRES: trained <= song < songs
  bool place(data::SongRow song, std::span<float> out) const;

 private:
  void add_surroundings(data::SongRow song, std::span<float> out, std::vector<float>& scratch) const;
  void add_artist(data::SongRow song, std::span<float> out, std::vector<float>& scratch) const;

  PlacerSources sources_;
  std::vector<float> inverse_lengths_;  // of trained songs; 0 for a vector of zeros
  float mean_length_ = 0;
  std::unordered_map<std::uint64_t, std::vector<data::SongRow>> by_artist_;  // trained, of artists with songs to place
};

}  // namespace segue::transitions
