// Adding what is computed from a model to its folder.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "segue/base/json_fwd.h"

namespace segue::model {

// Puts a new version of the model folder in place of the old one: the same files, and beside them those that
// `write(folder)` makes, which are named by `names` and replace older ones of these names. What `write` returns is set
// in the manifest. It finds the files that stay in the folder it is given, and may read but not change them. Files that
// stay are linked, not copied, where the file system can. Every file that stays is read and compared with its digest
// first, so that damage is not vouched for anew. After a crash there is the old folder or the new one. A model opened
// before stays usable. Throws as open_manifest and verify_files do, and no_space, io_failed.
void extend_model(const std::filesystem::path& folder, std::span<const std::string_view> names,
                  const std::function<json::object(const std::filesystem::path& folder)>& write);

}  // namespace segue::model
