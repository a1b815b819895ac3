// Options of evaluation.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"

namespace segue::evaluate {

enum class SplitKind { automatic, time, queues, last_song };
inline constexpr std::array<std::string_view, 4> kSplitKindNames = {"auto", "time", "queues", "last-song"};
constexpr std::span<const std::string_view> names(SplitKind) {
  return kSplitKindNames;
}

enum class SplitPart { test, validation };
inline constexpr std::array<std::string_view, 2> kSplitPartNames = {"test", "validation"};
constexpr std::span<const std::string_view> names(SplitPart) {
  return kSplitPartNames;
}

struct SplitOptions {
  SplitKind split = SplitKind::automatic;
  SplitPart part = SplitPart::test;
  double held_out = 0.1;
  std::chrono::milliseconds gap = std::chrono::hours(24);
  std::uint64_t max_positions = 0;
  std::uint64_t max_plays = 0;
};

}  // namespace segue::evaluate

namespace segue {

template <>
struct OptionsOf<evaluate::SplitOptions> {
  static constexpr std::string_view section = "evaluate";
  static constexpr std::array rows = {
      option<&evaluate::SplitOptions::split>(
          "split",
          "Hold out the latest queues (time), whole users or playlists (queues) or the last "
          "song of every queue (last-song); auto: time for sessions, queues for playlists"),
      option<&evaluate::SplitOptions::part>(
          "part", "Measure on the test part, or on the validation part with the test part unseen"),
      option<&evaluate::SplitOptions::held_out>(
          "held_out", "Share of the plays (time) or of the users and playlists (queues) in each held-out part",
          between(0.001, 0.45)),
      option<&evaluate::SplitOptions::gap>("gap", "Time skipped between training and the held-out part (time)",
                                           between(0, 1e15)),
      option<&evaluate::SplitOptions::max_positions>(
          "max_positions", "Measure on held-out queues drawn at random until they have this many songs; 0: all of them",
          at_least(0)),
      option<&evaluate::SplitOptions::max_plays>(
          "max_plays", "Use only users or playlists drawn at random until they have this many plays; 0: all of them",
          at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(evaluate::SplitOptions);

}  // namespace segue

namespace segue::evaluate {

enum class VectorMetric { cosine, euclidean };
inline constexpr std::array<std::string_view, 2> kVectorMetricNames = {"cosine", "euclidean"};
constexpr std::span<const std::string_view> names(VectorMetric) {
  return kVectorMetricNames;
}

// Whether the settings of baselines are chosen on the validation part; automatic: if the test part is measured.
enum class TuneBaselines { automatic, off };
inline constexpr std::array<std::string_view, 2> kTuneBaselinesNames = {"auto", "off"};
constexpr std::span<const std::string_view> names(TuneBaselines) {
  return kTuneBaselinesNames;
}

// The files of an exported split.
enum class SplitFormat { jsonl, parquet };
inline constexpr std::array<std::string_view, 2> kSplitFormatNames = {"jsonl", "parquet"};
constexpr std::span<const std::string_view> names(SplitFormat) {
  return kSplitFormatNames;
}

struct EvaluateOptions {
  std::string baselines = "all";
  TuneBaselines tune_baselines = TuneBaselines::automatic;
  std::uint32_t heard = 10;
  VectorMetric vector_metric = VectorMetric::cosine;
  std::uint32_t seeds = 1;
  std::uint32_t resamples = 1000;
  std::string html = {};
  std::string report = {};
  std::string export_split = {};
  SplitFormat split_format = SplitFormat::jsonl;
  std::vector<std::string> lists = {};
  std::vector<std::string> teacher = {};
};

}  // namespace segue::evaluate

namespace segue {

template <>
struct OptionsOf<evaluate::EvaluateOptions> {
  static constexpr std::string_view section = "evaluate";
  static constexpr std::array rows = {
      option<&evaluate::EvaluateOptions::baselines>("baselines",
                                                    "Methods to compare: all, or names separated by commas"),
      option<&evaluate::EvaluateOptions::tune_baselines>(
          "tune_baselines",
          "Choose the settings of baselines on the validation part (auto, unless that part is measured), or keep their "
          "defaults (off)"),
      option<&evaluate::EvaluateOptions::heard>(
          "heard", "A song counts as just heard if it is among this many songs before; 0: among all before",
          between(0, 1e6)),
      option<&evaluate::EvaluateOptions::vector_metric>("vector_metric",
                                                        "Compare song vectors by angle or by distance"),
      option<&evaluate::EvaluateOptions::seeds>(
          "seeds", "Repeat with this many seeds, starting at --seed; the table shows means", between(1, 100)),
      option<&evaluate::EvaluateOptions::resamples>(
          "resamples", "Bootstrap samples behind the 95 % intervals; 0: no intervals", between(0, 100'000)),
      option<&evaluate::EvaluateOptions::html>("html", "Write the report to this file as an HTML page"),
      option<&evaluate::EvaluateOptions::report>("report",
                                                 "Write what --json prints to this file, for serve --evaluation"),
      option<&evaluate::EvaluateOptions::export_split>(
          "export_split", "Measure nothing; write training queues and positions to this folder, for other programs"),
      option<&evaluate::EvaluateOptions::split_format>("split_format", "Files of the exported split"),
      option<&evaluate::EvaluateOptions::lists>(
          "lists", "NAME=FILE: measure lists that another program made for the positions of an exported split"),
      option<&evaluate::EvaluateOptions::teacher>(
          "teacher",
          "A file of next songs (as for segue distil) from a teacher of an exported split: measure the blend with it; "
          "a second file, of the validation part, is for the fit of its weights"),
  };
};
SEGUE_CHECK_OPTIONS(evaluate::EvaluateOptions);

}  // namespace segue
