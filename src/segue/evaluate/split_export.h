// A split as files, so that programs of other kinds can be trained on the same queues and asked at the same positions.
// docs/evaluate.md#measuring-other-programs is the contract of the files.
//
//   manifest.json     what it is, with the digest of the split, which their lists must repeat (outside_lists.h)
//   songs       the catalogue, a song a row
//   training    the queues to learn from, a queue a row
//   positions   what to predict the next song of, a position a row; never the song itself
//   targets     the song to predict at each position, for judging lists elsewhere; none if it is not in the catalogue
//
// The last four are .jsonl or .parquet files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "segue/base/format_version.h"
#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/options.h"
#include "segue/evaluate/split.h"

namespace segue::evaluate {

inline constexpr FormatVersion kSplitFormat{"segue-split", 1};

// Names the catalogue, the held-out queues and their positions: lists for one split cannot be taken for another's.
std::string split_digest(const Split& split, std::uint32_t heard);

// Throws as FolderWriter does, and interrupted.
void export_split(const data::Dataset& dataset, const Split& split, std::uint32_t heard, SplitFormat format,
                  const std::filesystem::path& folder, Progress& progress, const std::stop_token& stop);

}  // namespace segue::evaluate
