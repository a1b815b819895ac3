#include "segue/model/update.h"

#include "segue/base/error.h"
#include "segue/model/model.h"

namespace segue {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFiles = "files";

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error);
}

}  // namespace

ModelUpdate::ModelUpdate(const fs::path& model)
    : old_(open_manifest(model, kModelFormat)), model_(model), writer_(model, kManifestName), fields_(old_.fields) {
  fields_.erase(kFiles);
  for (const auto& file : object_at(old_.fields, kFiles, kManifestName)) {
    const std::string name(file.key());
    std::error_code error;
    fs::create_hard_link(model_ / name, writer_.path() / name, error);
    if (error) fs::copy_file(model_ / name, writer_.path() / name);  // a file system without links
  }
}

void ModelUpdate::commit() {
  write_manifest(writer_.path(), kModelFormat, fields_);
  // Its digests are of the bytes as they are now: they must not vouch for a file that was damaged before.
  const Manifest now = open_manifest(writer_.path(), kModelFormat);
  const json::object& after = object_at(now.fields, kFiles, kManifestName);
  for (const auto& file : object_at(old_.fields, kFiles, kManifestName)) {
    const std::string name(file.key());
    const json::value* found = after.if_contains(name);
    if (found == nullptr || *found == file.value() || !is_same_file(model_ / name, writer_.path() / name)) continue;
    fail(ErrorCode::corrupt, "{}: expected SHA-256 {}, found {}", (model_ / name).string(),
         string_at(file.value().as_object(), "sha256", name), string_at(found->as_object(), "sha256", name));
  }
  writer_.commit();
}

}  // namespace segue
