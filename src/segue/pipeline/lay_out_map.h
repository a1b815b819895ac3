// Puts a map of all songs into a model folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "segue/base/json.h"
#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/layout/song_map.h"
#include "segue/layout/tsne.h"
#include "segue/model/model.h"

namespace segue::pipeline {

struct LayoutOptions {
  std::uint32_t most_played = 0;
  std::string like{};
  bool redo = false;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::LayoutOptions> {
  static constexpr std::string_view section = "map";
  static constexpr std::array rows = {
      option<&pipeline::LayoutOptions::most_played>(
          "most_played", "Lay out only the most played songs, this many, and place the rest among them; 0: lay out all",
          between(0, 4294967295.0)),
      option<&pipeline::LayoutOptions::like>(
          "like", "A model with a map: start from its layout, so that songs stay where they were"),
      option<&pipeline::LayoutOptions::redo>("redo", "Lay out again even if the model already has this map"),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::LayoutOptions);

}  // namespace segue

namespace segue::pipeline {

struct MapResult {
  layout::SongMap map;
  bool reused = false;  // the model already had this map
  json::object record;  // the manifest's "map": the options, "vectors", "kl", "mean_displacement", "seconds"
  double kl = 0;
  std::optional<double> mean_displacement;  // with `like`, if laid out now: see layout::Alignment
  double seconds = 0;                       // of laying it out, now or earlier
};

// The map with these options of the model in `folder`, which `model` has open: its own if it has that map already, else
// one that is laid out now and written into the folder. Throws wrong_use if `like` has no map, bad_input for fewer than
// two songs, interrupted, and as model::extend_model does.
MapResult lay_out_map(const std::filesystem::path& folder, const model::Model& model, const LayoutOptions& options,
                      const layout::TsneOptions& tsne, Progress& progress, const std::stop_token& stop);

}  // namespace segue::pipeline
