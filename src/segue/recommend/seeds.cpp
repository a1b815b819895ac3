#include "segue/recommend/seeds.h"

#include <algorithm>

#include "segue/base/error.h"

namespace segue::recommend {

namespace {

double total_of(std::span<const WeightedSong> songs) {
  double total = 0;
  for (const WeightedSong& one : songs) total += one.weight;
  return total;
}

void scale_to(std::span<WeightedSong> songs, double wanted) {
  const double total = total_of(songs);
  for (WeightedSong& one : songs) one.weight *= wanted / total;
}

void sort_heaviest_first(std::vector<WeightedSong>& songs) {
  std::ranges::sort(songs, [](const WeightedSong& a, const WeightedSong& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.song < b.song;
  });
}

}  // namespace

double Seed::weight() const {
  return total_of(songs);
}

Seed song_seed(data::SongRow song, double weight) {
  return {.songs = {{song, weight}}, .is_group = false};
}

Seed group_seed(const model::Model& model, std::span<const data::SongRow> songs, double weight) {
  SEGUE_ASSERT(!songs.empty());
  const auto has_vector = [&](data::SongRow song) { return model.inverse_norms()[song] > 0; };
  const bool any_vector = std::ranges::any_of(songs, has_vector);
  Seed seed{.songs = {}, .is_group = true};
  for (const data::SongRow song : songs) {
    if (seed.songs.size() == kSongsOfGroup) break;
    if (any_vector && !has_vector(song)) continue;
    // A song that nobody played yet still is one of the group.
    seed.songs.push_back({song, std::max(1.0, static_cast<double>(model.songs().plays(song)))});
  }
  scale_to(seed.songs, weight);
  return seed;
}

std::vector<WeightedSong> merged(std::span<const WeightedSong> songs) {
  std::vector<WeightedSong> all(songs.begin(), songs.end());
  std::ranges::stable_sort(all, {}, &WeightedSong::song);
  std::vector<WeightedSong> distinct;
  for (const WeightedSong& one : all) {
    if (distinct.empty() || distinct.back().song != one.song) distinct.push_back({one.song, 0});
    distinct.back().weight += one.weight;
  }
  sort_heaviest_first(distinct);
  if (distinct.size() > kMostSeedSongs) distinct.resize(kMostSeedSongs);
  scale_to(distinct, 1);
  return distinct;
}

std::vector<WeightedSong> merged_songs(std::span<const Seed> seeds) {
  std::vector<WeightedSong> all;
  for (const Seed& seed : seeds) all.insert(all.end(), seed.songs.begin(), seed.songs.end());
  return merged(all);
}

}  // namespace segue::recommend
