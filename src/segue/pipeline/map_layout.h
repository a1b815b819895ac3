// The computation behind lay_out_map: from a model's vectors to points, regions and their names.
#pragma once

#include <optional>
#include <stop_token>

#include "segue/base/progress.h"
#include "segue/layout/song_map.h"
#include "segue/layout/tsne.h"
#include "segue/model/model.h"
#include "segue/pipeline/lay_out_map.h"

namespace segue::pipeline {

struct MapLayout {
  layout::SongMap map;
  double kl = 0;
  std::optional<double> mean_displacement;  // with `like`
};

// Writes nothing. Throws as lay_out_map does.
MapLayout make_map_layout(const model::Model& model, const LayoutOptions& options, const layout::TsneOptions& tsne,
                          Progress& progress, const std::stop_token& stop);

}  // namespace segue::pipeline
