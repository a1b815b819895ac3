// Seeds as people type them (search/seed_search.h), found in a model.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/model/model.h"
#include "segue/recommend/seeds.h"
#include "segue/search/seed_search.h"

namespace segue::recommend {

struct TypedSeed {
  std::string typed;
  search::FoundSeed found;
  Seed seed;
};

// Throws as search::find_seed().
TypedSeed find_seed(const model::Model& model, std::string_view typed);

// Whether these are songs without weights: in their order they are a history, the newest last.
bool are_history(std::span<const TypedSeed> seeds);
// The songs of all, in order, and the seeds.
std::vector<data::SongRow> songs_of(std::span<const TypedSeed> seeds);
std::vector<data::SongRow> all_songs_of(std::span<const TypedSeed> seeds);  // of groups too, however many
std::vector<WeightedSong> weighted_songs_of(std::span<const TypedSeed> seeds);
std::vector<Seed> seeds_of(std::span<const TypedSeed> seeds);

// "Kane Brown", "Miles Davis – Kind Of Blue", "Adele – Hello".
std::string name_of(const data::Catalogue& songs, const TypedSeed& seed);

}  // namespace segue::recommend
