// Options of training. The maths and the names are those of Mikolov et al. 2013 (arXiv:1301.3781 for the two
// architectures, arXiv:1310.4546 for negative sampling and subsampling).
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "segue/base/options.h"

namespace segue::train {

enum class Architecture { skipgram, cbow };

inline constexpr std::array<std::string_view, 2> kArchitectureNames = {"skipgram", "cbow"};
constexpr std::span<const std::string_view> names(Architecture) {
  return kArchitectureNames;
}

// How many examples share their noise songs (examples.h).
enum class NegativeSharing { pair, window, block };

inline constexpr std::array<std::string_view, 3> kNegativeSharingNames = {"pair", "window", "block"};
constexpr std::span<const std::string_view> names(NegativeSharing) {
  return kNegativeSharingNames;
}

// The number type of the vectors during training; the arithmetic is in f32 either way.
enum class Precision { f32, bf16 };

inline constexpr std::array<std::string_view, 2> kPrecisionNames = {"f32", "bf16"};
constexpr std::span<const std::string_view> names(Precision) {
  return kPrecisionNames;
}

struct TrainOptions {
  Architecture architecture = Architecture::skipgram;
  std::uint32_t dim = 128;
  std::uint32_t window = 5;
  bool dynamic_window = true;
  std::uint32_t negatives = 5;
  NegativeSharing negative_sharing = NegativeSharing::block;
  std::uint32_t negative_block = 8;
  std::uint32_t negative_pool = 2;
  double negative_exponent = 0.75;
  double subsample = 1e-3;
  std::uint64_t min_plays = 5;
  std::uint64_t place_plays = 1;
  std::uint32_t epochs = 5;
  std::uint32_t own_weight = 1;
  std::chrono::milliseconds decay{0};
  double learning_rate = 0.025;
  double min_learning_rate = 1e-4;
  Precision precision = Precision::f32;
  std::uint32_t threads = 0;
  std::uint64_t seed = 1;
};

// Of a song of the model, trained or placed.
inline std::uint64_t least_plays(const TrainOptions& options) {
  return std::min(options.min_plays, options.place_plays);
}

}  // namespace segue::train

namespace segue {

template <>
struct OptionsOf<train::TrainOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&train::TrainOptions::architecture>("architecture",
                                                 "Predict the neighbours of a song, or a song from them"),
      option<&train::TrainOptions::dim>("dim", "Numbers in a song vector", between(1, 4096)),
      option<&train::TrainOptions::window>("window", "Songs before and after a song that count as its neighbours",
                                           between(1, 1000)),
      option<&train::TrainOptions::dynamic_window>(
          "dynamic_window", "Draw each window's size from 1 to --window, so that near songs weigh more"),
      option<&train::TrainOptions::negatives>("negatives", "Noise songs drawn for each pair", between(0, 100)),
      option<&train::TrainOptions::negative_sharing>(
          "negative_sharing", "Draw noise songs for each pair, for each window, or for a block of windows (fastest)"),
      option<&train::TrainOptions::negative_block>(
          "negative_block", "Windows, one after another, that share their noise songs, with --negative-sharing block",
          between(1, 1000)),
      option<&train::TrainOptions::negative_pool>(
          "negative_pool",
          "Noise songs that a block of windows shares; they count for as much as --negatives for each pair",
          between(1, 100)),
      option<&train::TrainOptions::negative_exponent>(
          "negative_exponent", "Noise songs are drawn by plays to this power; 0 is uniform, below 0 prefers rare songs",
          between(-5, 5)),
      option<&train::TrainOptions::subsample>(
          "subsample", "Songs with a larger share of all plays than this are skipped at random; 0 skips none",
          between(0, 1)),
      option<&train::TrainOptions::min_plays>("min_plays", "Songs played less often are not trained", at_least(1)),
      option<&train::TrainOptions::place_plays>("place_plays",
                                                "Songs played less often than --min-plays, but at least this often, "
                                                "are placed among those they were played with",
                                                at_least(1)),
      option<&train::TrainOptions::epochs>("epochs", "Passes over all plays", between(1, 10000)),
      option<&train::TrainOptions::own_weight>(
          "own_weight", "How often an epoch passes over one's own plays, where a base is beside them (ingest --base)",
          between(1, 100)),
      option<&train::TrainOptions::decay>("decay",
                                          "Half-life of queues in training: one that is this much older than the "
                                          "newest is trained half as often; 0s: none"),
      option<&train::TrainOptions::learning_rate>("learning_rate", "Step size at the start", between(0, 10)),
      option<&train::TrainOptions::min_learning_rate>("min_learning_rate", "Step size at the end; it falls linearly",
                                                      between(0, 10)),
      option<&train::TrainOptions::precision>("precision",
                                              "Hold vectors in training as float32, or as bfloat16 in half the memory"),
      option<&train::TrainOptions::threads>("threads", "Threads to use, 0 for all cores; 1 makes training reproducible",
                                            between(0, 1024)),
      option<&train::TrainOptions::seed>("seed", "Seed of all random numbers", at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(train::TrainOptions);

}  // namespace segue
