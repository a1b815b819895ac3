// A dataset folder, written by `segue ingest`: queues and catalogue.
#pragma once

#include <filesystem>

#include "segue/base/manifest.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/queues.h"
#include "segue/data/dataset/skips.h"

namespace segue::data {

// A dataset of several shards is of version 3, others are of version 2, which older programs read.
inline constexpr FormatVersion kDatasetFormat{"segue-dataset", 3};
inline constexpr FormatVersion kWholeDatasetFormat{"segue-dataset", 2};
inline constexpr std::string_view kSongsName = "songs.arrow";
inline constexpr std::string_view kQueuesName = "queues.arrow";

struct Dataset {
  Manifest manifest;
  Catalogue songs;
  Queues queues;
  Skips skips;  // none in datasets of version 1 and in those made elsewhere
};

// Maps the dataset and checks sizes, manifest and that queues and catalogue fit together. Throws as open_manifest does.
Dataset open_dataset(const std::filesystem::path& folder);

// Of the dataset with this manifest: 1 if its queues are in one file. Throws corrupt.
std::size_t shards_in(const Manifest& manifest);

// Whether the own queues are sessions of listeners who return, each with its time; else they are playlists and the
// like.
bool has_sessions(const Dataset& dataset);

}  // namespace segue::data
