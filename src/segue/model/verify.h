// Everything that can be checked about a model folder.
#pragma once

#include <filesystem>

#include "segue/base/progress.h"

namespace segue::model {

// Reads every file whole and compares its SHA-256 with the manifest's, then opens the model, which checks what the
// files say. Throws as Model's constructor and verify_files do.
void verify_model(const std::filesystem::path& folder, Progress& progress);

}  // namespace segue::model
