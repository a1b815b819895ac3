#include "segue/model/extend.h"

#include <algorithm>
#include <string>

#include "segue/base/error.h"
#include "segue/base/folder.h"
#include "segue/base/manifest.h"
#include "segue/model/model.h"

namespace segue::model {

namespace fs = std::filesystem;

namespace {

void link_or_copy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_hard_link(from, to, error);
  if (!error) return;
  fs::copy_file(from, to, error);
  if (error) fail_errno(to.string(), error.value());
}

}  // namespace

void extend_model(const fs::path& folder, std::span<const std::string_view> names,
                  const std::function<json::object(const fs::path& folder)>& write) {
  Manifest old = open_manifest(folder, kModelFormat);
  const std::string subject = (folder / kManifestName).string();
  const json::object old_files = object_at(old.fields, "files", subject);
  FolderWriter writer(folder, kManifestName);
  for (const auto& file : old_files) {
    const std::string_view name = file.key();
    if (std::ranges::find(names, name) == names.end()) link_or_copy(folder / name, writer.path() / name);
  }
  const json::object fields = write(writer.path());

  // Keep what the manifest says about the model, including when it was made.
  json::object kept = old.fields;
  for (const char* key : {"format", "version", "files"}) kept.stable_erase(key);  // erase() would reorder
  for (const auto& field : fields) kept[field.key()] = field.value();
  write_manifest(writer.path(), kModelFormat, kept);
  const Manifest now = open_manifest(writer.path(), kModelFormat);
  for (const auto& file : object_at(now.fields, "files", subject)) {
    const auto* before = old_files.if_contains(file.key());
    if (before == nullptr || std::ranges::find(names, std::string_view(file.key())) != names.end()) continue;
    const std::string path = (folder / std::string_view(file.key())).string();
    const std::string wanted = string_at(before->as_object(), "sha256", subject);
    const std::string found = string_at(file.value().as_object(), "sha256", subject);
    if (found != wanted) fail(ErrorCode::corrupt, "{}: expected SHA-256 {}, found {}", path, wanted, found);
  }
  writer.commit();
}

}  // namespace segue::model
