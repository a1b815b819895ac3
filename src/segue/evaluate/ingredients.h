// What several methods need, computed once on first use and then shared.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/evaluate/knowledge.h"
#include "segue/evaluate/split.h"
#include "segue/math/matrix.h"
#include "segue/math/packed_rows.h"
#include "segue/recommend/blend_query.h"
#include "segue/train/options.h"
#include "segue/train/trainer.h"
#include "segue/transitions/transitions.h"

namespace segue::evaluate {

// The methods that count pairs of plays count those at most this far apart.
inline constexpr std::uint32_t kPairWindow = 10;
// Each song keeps this many of its most frequent partners, which bounds memory and the time of a query.
inline constexpr std::uint32_t kPairsKept = 1000;

// The queues that each song is in.
struct QueuesOfSongs {
  std::vector<std::uint64_t> offsets;  // songs + 1
  std::vector<std::uint32_t> queues;   // each queue once a song, in order of start

  std::span<const std::uint32_t> of(std::uint32_t song) const {
    return std::span(queues).subspan(offsets[song], offsets[song + 1] - offsets[song]);
  }
};

// Not thread safe.
class Ingredients {
 public:
  // `knowledge`: nullptr if methods are to know nothing but training. REQUIRES: training, knowledge and progress
  // outlive this object.
  Ingredients(const TrainingSet& training, const train::TrainOptions& options, Progress& progress, std::stop_token stop,
              const Knowledge* knowledge = nullptr);

  const TrainingSet& training() const { return training_; }
  const train::TrainOptions& options() const { return options_; }
  const Knowledge* knowledge() const { return knowledge_; }
  Progress& progress() const { return progress_; }
  const std::stop_token& stop() const { return stop_; }
  std::size_t threads() const;
  // Throws interrupted if `stop` was requested; the message names what was being fitted.
  void check_stop(std::string_view fitting) const;

  // Pairs of plays at distance `window` or less, counted on every call.
  transitions::Transitions count_pairs(std::uint32_t window) const;
  // As a model folder has them: fewer neighbours a song than pairs().
  const transitions::Transitions& transitions();
  // Pairs at most kPairWindow apart.
  const transitions::Transitions& pairs();
  // Song and context vectors trained with options().
  const train::TrainedVectors& vectors();
  // The first songs are trained, the others placed among them (transitions/song_placer.h). REQUIRES: has_vectors()
  std::size_t trained_songs() const { return trained_songs_; }
  // songs x dim, each row of W1 at length 1 (or 0).
  const math::Matrix& unit_vectors();
  // 1/|row of W1|, 0 for a row of zeros.
  const std::vector<float>& inverse_norms();
  const data::LogPlays& log_plays();
  // The unit vectors, packed for batched search.
  const math::PackedRows& packed_unit_vectors();
  // All of these and the songs' artists, for the blend. Views these ingredients.
  recommend::BlendSources blend_sources();
  bool has_vectors() const { return vectors_.has_value(); }
  const QueuesOfSongs& queues_of_songs();
  // The place of each queue by start, earliest first; without times, the order of the training set.
  const std::vector<std::uint32_t>& recency();

 private:
  void place_rare_songs();

  const TrainingSet& training_;
  const train::TrainOptions options_;
  Progress& progress_;
  const std::stop_token stop_;
  const Knowledge* const knowledge_;
  std::optional<transitions::Transitions> transitions_;
  std::optional<transitions::Transitions> pairs_;
  std::optional<train::TrainedVectors> vectors_;  // of all songs
  std::size_t trained_songs_ = 0;
  std::optional<math::Matrix> unit_vectors_;
  std::optional<math::PackedRows> packed_unit_vectors_;
  std::vector<float> inverse_norms_;
  std::optional<data::LogPlays> log_plays_;
  std::optional<QueuesOfSongs> queues_of_songs_;
  std::vector<std::uint32_t> recency_;
};

}  // namespace segue::evaluate
