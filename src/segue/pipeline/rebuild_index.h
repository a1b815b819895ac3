// Replaces the search graph of a model folder.
#pragma once

#include <filesystem>
#include <stop_token>

#include "segue/base/json.h"
#include "segue/base/progress.h"
#include "segue/model/index_file.h"

namespace segue::pipeline {

// Builds the index and puts it into the model in `folder`. Returns the manifest's "index" (model/index_file.h).
// Throws as model::extend_model and model::write_index do.
json::object rebuild_index(const std::filesystem::path& folder, const model::IndexBuild& build, Progress& progress,
                           const std::stop_token& stop);

}  // namespace segue::pipeline
