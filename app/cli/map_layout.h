// The way from a model's vectors to a map: what `segue map` does before it draws.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/layout/song_map.h"
#include "segue/layout/tsne.h"
#include "segue/model/model.h"

namespace segue {

struct LayoutOptions {
  std::uint32_t most_played = 0;
  std::string like{};
  bool redo = false;
};

template <>
struct OptionsOf<LayoutOptions> {
  static constexpr std::string_view section = "map";
  static constexpr std::array rows = {
      option<&LayoutOptions::most_played>(
          "most_played",
          "Lay out only so many songs, the most played, and put each other one among its neighbours; 0: "
          "lay out all",
          between(0, 4294967295.0)),
      option<&LayoutOptions::like>("like", "A model with a map: begin where its songs lie, so that they stay there"),
      option<&LayoutOptions::redo>("redo", "Lay out anew even where the model has the map asked for"),
  };
};
SEGUE_CHECK_OPTIONS(LayoutOptions);

namespace cli {

struct LaidOut {
  layout::SongMap map;
  double kl = 0;
  std::optional<double> mean_displacement;  // with `like`: of the songs on both maps, in parts of the old map's radius
};

// Throws wrong_use where `like` has no map, bad_input for fewer than two songs, interrupted.
LaidOut lay_out(const model::Model& model, const layout::TsneOptions& tsne, const LayoutOptions& options,
                Progress& progress, const std::stop_token& stop);

// Where a vector of length 1 would lie on the map: among the songs nearest to it.
layout::Point place_vector(const model::Model& model, const layout::SongMap& map, std::span<const float> vector,
                           std::size_t threads);

}  // namespace cli
}  // namespace segue
