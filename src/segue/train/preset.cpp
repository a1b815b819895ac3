#include "segue/train/preset.h"

#include <algorithm>
#include <cmath>

#include "segue/data/dataset/dataset.h"

namespace segue::train {

std::uint32_t preset_epochs(std::uint64_t plays) {
  constexpr double kFew = 1e6;
  constexpr double kMany = 1e7;
  const double share = std::log(static_cast<double>(std::max<std::uint64_t>(plays, 1)) / kFew) / std::log(kMany / kFew);
  return static_cast<std::uint32_t>(std::lround(10 - 5 * std::clamp(share, 0.0, 1.0)));
}

double preset_subsample(std::uint64_t songs) {
  return std::max(1e-4, 1 / static_cast<double>(songs));
}

void apply_preset(TrainOptions& options, const PresetOptions& preset, const data::Dataset& dataset,
                  const std::function<bool(std::string_view option)>& is_given) {
  if (preset.preset == Preset::none) return;
  if (!is_given("epochs")) options.epochs = preset_epochs(dataset.queues.plays());
  if (!is_given("subsample")) options.subsample = preset_subsample(std::max<std::uint64_t>(1, dataset.songs.size()));
}

}  // namespace segue::train
