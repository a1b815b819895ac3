// A small model with the awkward cases of songs: ids with spaces, titles in Arabic and with accents, a song without a
// title, rows that are not a multiple of a SIMD register.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/plays/habits.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"

#include "tests/support/transition_columns.h"

namespace segue::testing {

struct SmallModel {
  std::vector<data::SongRecord> songs;
  train::TrainOptions options;
  train::TrainedVectors trained;
  TransitionColumns transitions;
  std::optional<plays::Habits> habits = {};
};

// `songs` songs in four genres (song i is of genre i % 4): the songs of a genre point in roughly the same direction and
// follow each other. The same arguments give the same model.
SmallModel small_model(std::uint32_t songs = 24, std::uint32_t dim = 10);

void write_songs(const std::filesystem::path& songs_arrow, const std::vector<data::SongRecord>& songs);
void write_small_model(const std::filesystem::path& folder, const SmallModel& model);

// A dataset of these songs; users[i] plays queue i, which starts an hour after the one before.
void write_small_dataset(const std::filesystem::path& folder, const std::vector<data::SongRecord>& songs,
                         const std::vector<std::vector<std::uint32_t>>& queues, const std::vector<std::string>& users);

}  // namespace segue::testing
