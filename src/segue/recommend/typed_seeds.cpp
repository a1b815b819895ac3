#include "segue/recommend/typed_seeds.h"

#include <algorithm>

namespace segue::recommend {

TypedSeed find_seed(const model::Model& model, std::string_view typed) {
  TypedSeed seed{.typed = std::string(typed), .found = search::find_seed(model.songs(), typed), .seed = {}};
  const double weight = seed.found.weight.value_or(1);
  seed.seed = seed.found.is_group() ? group_seed(model, seed.found.group().songs, weight)
                                    : song_seed(seed.found.songs.songs.front(), weight);
  return seed;
}

bool are_history(std::span<const TypedSeed> seeds) {
  return std::ranges::none_of(
      seeds, [](const TypedSeed& seed) { return seed.found.is_group() || seed.found.weight.has_value(); });
}

std::vector<WeightedSong> weighted_songs_of(std::span<const TypedSeed> seeds) {
  std::vector<WeightedSong> songs;
  for (const TypedSeed& one : seeds) songs.insert(songs.end(), one.seed.songs.begin(), one.seed.songs.end());
  return songs;
}

std::vector<data::SongRow> songs_of(std::span<const TypedSeed> seeds) {
  std::vector<data::SongRow> songs;
  for (const WeightedSong& one : weighted_songs_of(seeds)) songs.push_back(one.song);
  return songs;
}

std::vector<data::SongRow> all_songs_of(std::span<const TypedSeed> seeds) {
  std::vector<data::SongRow> songs;
  for (const TypedSeed& one : seeds) {
    const std::vector<data::SongRow> rows = one.found.rows();
    songs.insert(songs.end(), rows.begin(), rows.end());
  }
  return songs;
}

std::vector<Seed> seeds_of(std::span<const TypedSeed> seeds) {
  std::vector<Seed> plain;
  for (const TypedSeed& one : seeds) plain.push_back(one.seed);
  return plain;
}

std::string name_of(const data::Catalogue& songs, const TypedSeed& seed) {
  return seed.found.is_group() ? seed.found.group().name : songs.song(seed.found.songs.songs.front()).display();
}

}  // namespace segue::recommend
