// Training options that suit the size of the data (docs/train.md has what was measured).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "segue/base/options.h"
#include "segue/train/options.h"

namespace segue::data {
struct Dataset;  // data/dataset/dataset.h
}

namespace segue::train {

enum class Preset { automatic, none };

inline constexpr std::array<std::string_view, 2> kPresetNames = {"auto", "none"};
constexpr std::span<const std::string_view> names(Preset) {
  return kPresetNames;
}

struct PresetOptions {
  Preset preset = Preset::automatic;
};

// Ten passes over a million plays or fewer, five over ten million or more.
std::uint32_t preset_epochs(std::uint64_t plays);
// Of a run that starts from an earlier model, instead of `epochs` from nothing (docs/train.md has what was measured).
constexpr std::uint32_t warm_epochs(std::uint32_t epochs) {
  return (epochs + 4) / 5;
}
// A ten-thousandth of all plays, or the share of the mean song if that is more: in a small catalogue every song has a
// large share. REQUIRES: songs > 0
double preset_subsample(std::uint64_t songs);

// Sets epochs and subsample of `options`, each unless is_given("epochs") and the like.
void apply_preset(TrainOptions& options, const PresetOptions& preset, const data::Dataset& dataset,
                  const std::function<bool(std::string_view option)>& is_given);

}  // namespace segue::train

namespace segue {

template <>
struct OptionsOf<train::PresetOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&train::PresetOptions::preset>(
          "preset",
          "auto: epochs and subsampling that suit the size of the data, unless they are given; none: as shown"),
  };
};
SEGUE_CHECK_OPTIONS(train::PresetOptions);

}  // namespace segue
