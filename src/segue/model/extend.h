// Adds files computed from a model to its folder.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "segue/base/json_fwd.h"

namespace segue::model {

// Replaces the model folder by a new version: the old files plus those that `write(folder)` makes, which are listed in
// `names` and replace older files of these names. The fields that `write` returns are set in the manifest. `write`
// finds the old files in the folder it is given and may read but not change them. They are linked, not copied, if the
// file system allows it. Each is read and compared with its digest first, so that the new manifest does not vouch for
// damage. After a crash, either the old folder or the new one exists. A model opened before stays usable. `digest` is
// that of the model that the new files were computed from, if that was opened before. With a `target`, the new version
// is written there, replacing a model, and the old one stays as it is. Throws as open_manifest and verify_files do,
// wrong_use if the folder was replaced by another model meanwhile, and no_space, io_failed.
void extend_model(const std::filesystem::path& folder, std::span<const std::string_view> names,
                  const std::function<json::object(const std::filesystem::path& folder)>& write,
                  std::string_view digest = "", const std::filesystem::path& target = {});

}  // namespace segue::model
