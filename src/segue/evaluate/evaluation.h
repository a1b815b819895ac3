// One evaluation: fits every method on the training part and measures each of them at every position.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/bootstrap.h"
#include "segue/evaluate/list_statistics.h"
#include "segue/evaluate/method.h"
#include "segue/evaluate/metrics.h"
#include "segue/evaluate/options.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/settings.h"
#include "segue/evaluate/split.h"
#include "segue/train/options.h"

namespace segue::evaluate {

// The positions of one mode are grouped by how popular the next song is, and by how many songs were heard.
inline constexpr std::size_t kDeciles = 10;
inline constexpr std::array<std::uint32_t, 7> kHistoryLengths = {1, 2, 4, 8, 16, 32, 64};  // the smallest of each group

struct SliceScore {
  double hit_rate = 0;  // at 10
  double ndcg = 0;
};

struct ModeSummary {
  Mode mode = Mode::any;
  std::uint64_t positions = 0;
  std::uint64_t unknown = 0;  // positions whose next song is not in the catalogue
  // Each decile has a tenth of the training plays: the first the few most played songs, the last the many least
  // played.
  std::array<std::uint64_t, kDeciles> by_popularity{};
  std::array<std::uint64_t, kHistoryLengths.size()> by_history{};
};

// The scores of one method in one mode.
struct ModeScore {
  Accuracy accuracy;
  ListStatistics lists;
  std::array<SliceScore, kDeciles> by_popularity{};
  std::array<SliceScore, kHistoryLengths.size()> by_history{};
  // 95 %, of HitRate@10 and NDCG@10; absent without resamples.
  std::optional<Interval> hit_rate;
  std::optional<Interval> ndcg;
  // The difference from the reference of the mode, and its paired interval.
  double hit_rate_gain = 0;
  double ndcg_gain = 0;
  std::optional<Interval> hit_rate_gain_interval;
  std::optional<Interval> ndcg_gain_interval;
};

struct MethodScore {
  std::string name;
  std::string summary;
  bool baseline = true;
  double fit_seconds = 0;
  double rank_seconds = 0;
  std::vector<ChosenSettings> settings;  // of each task, if the method has some
  std::vector<ModeScore> modes;          // as Evaluation::modes
};

// What a method predicted at one position, for people to look at.
struct ExamplePrediction {
  std::vector<std::uint32_t> heard;  // the last few, rows of the dataset, newest last
  std::uint32_t target = 0;          // row of the dataset
  std::uint32_t rank = 0;            // of the target; 0: not among the first 100
  std::vector<std::uint32_t> list;   // the first few, rows of the dataset
};

struct Evaluation {
  std::uint64_t seed = 0;
  SplitKind split = SplitKind::queues;
  std::uint64_t training_queues = 0;
  std::uint64_t training_plays = 0;
  std::uint32_t songs = 0;  // of the catalogue
  std::uint64_t held_out_queues = 0;
  std::uint32_t units = 0;
  std::vector<ModeSummary> modes;       // those with positions
  std::vector<std::size_t> references;  // of each mode: the baseline with the best NDCG@10
  std::vector<MethodScore> methods;
  std::vector<std::string> skipped;  // names of methods that do not apply
  std::string example_method;        // the best in the first mode; good and bad are its predictions
  std::vector<ExamplePrediction> good;
  std::vector<ExamplePrediction> bad;
};

// The same arguments give the same numbers with any number of threads, except for methods that train vectors, which
// need a single thread for that. REQUIRES: every option within the range of its row. Throws wrong_use if no method
// applies, and interrupted when `stop` is requested.
Evaluation evaluate(const data::Dataset& dataset, const Split& split, std::vector<std::unique_ptr<Method>> methods,
                    const EvaluateOptions& options, const train::TrainOptions& train, Progress& progress,
                    std::stop_token stop);

}  // namespace segue::evaluate
