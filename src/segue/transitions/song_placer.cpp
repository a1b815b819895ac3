#include "segue/transitions/song_placer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "segue/base/error.h"
#include "segue/math/kernels/kernels.h"

namespace segue::transitions {

namespace {

// More songs of an artist hardly move their mean.
constexpr std::size_t kMostOfArtist = 50;

bool to_length(std::span<float> vector, float length) {
  const float square = math::best_kernels().squared_norm(vector.data(), vector.size());
  if (!(square > 0)) return false;
  math::best_kernels().scale(length / std::sqrt(square), vector.data(), vector.size());
  return true;
}

}  // namespace

SongPlacer::SongPlacer(PlacerSources sources) : sources_(std::move(sources)), inverse_lengths_(sources_.trained) {
  for (data::SongRow song = sources_.trained; song < sources_.songs; ++song) {
    by_artist_.try_emplace(sources_.keys(song).artist);
  }
  std::vector<float> scratch(sources_.dim);
  double lengths = 0;
  for (data::SongRow song = 0; song < sources_.trained; ++song) {
    const float square = math::best_kernels().squared_norm(sources_.vector(song, scratch.data()), sources_.dim);
    inverse_lengths_[song] = square > 0 ? 1 / std::sqrt(square) : 0;
    lengths += std::sqrt(square);
    const auto artist = by_artist_.find(sources_.keys(song).artist);
    if (artist != by_artist_.end() && artist->second.size() < kMostOfArtist) artist->second.push_back(song);
  }
  if (sources_.trained > 0) mean_length_ = static_cast<float>(lengths / sources_.trained);
}

bool SongPlacer::place(data::SongRow song, std::span<float> out) const {
  SEGUE_ASSERT(song >= sources_.trained && song < sources_.songs && out.size() == sources_.dim);
  std::ranges::fill(out, 0.0F);
  std::vector<float> scratch(sources_.dim);
  add_surroundings(song, out, scratch);
  to_length(out, 1);
  std::vector<float> artist(sources_.dim);
  add_artist(song, artist, scratch);
  if (to_length(artist, 1)) math::best_kernels().axpy(1, artist.data(), out.data(), out.size());
  return to_length(out, mean_length_);
}

void SongPlacer::add_surroundings(data::SongRow song, std::span<float> out, std::vector<float>& scratch) const {
  const TransitionsOf near = sources_.transitions(song);
  for (std::size_t i = 0; i < near.neighbours.size(); ++i) {
    const data::SongRow other = near.neighbours[i];
    if (other >= sources_.trained) continue;
    const float damping = std::sqrt(static_cast<float>(sources_.plays(other)));
    const float weight = (near.forward[i] + near.backward[i]) / damping * inverse_lengths_[other];
    math::best_kernels().axpy(weight, sources_.vector(other, scratch.data()), out.data(), out.size());
  }
}

void SongPlacer::add_artist(data::SongRow song, std::span<float> out, std::vector<float>& scratch) const {
  const auto artist = by_artist_.find(sources_.keys(song).artist);
  if (artist == by_artist_.end()) return;
  for (const data::SongRow other : artist->second) {
    math::best_kernels().axpy(inverse_lengths_[other], sources_.vector(other, scratch.data()), out.data(), out.size());
  }
}

}  // namespace segue::transitions
