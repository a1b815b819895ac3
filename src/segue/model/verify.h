// Everything that can be checked about a model folder.
#pragma once

#include <filesystem>

#include "segue/base/open_folder.h"
#include "segue/base/progress.h"

namespace segue::model {

// Compares the SHA-256 of every file with the manifest's, then opens the model, which checks the files' content.
// Throws as Model's constructor and verify_files do.
void verify_model(const std::filesystem::path& folder, Progress& progress);
// The same for a folder held open: a model opened from it uses the very bytes that were compared.
void verify_model(const OpenFolder& folder, Progress& progress);

}  // namespace segue::model
