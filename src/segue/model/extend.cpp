#include "segue/model/extend.h"

#include <algorithm>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/folder.h"
#include "segue/base/manifest.h"
#include "segue/model/model.h"

namespace segue::model {

namespace fs = std::filesystem;

namespace {

void link_or_copy(const OpenFolder& folder, std::string_view name, const fs::path& to) {
  if (::linkat(folder.handle().get(), std::string(name).c_str(), AT_FDCWD, to.c_str(), 0) == 0) return;
  FileWriter copy(to);
  copy.write(folder.map(name).bytes());
  copy.close();
}

void refuse_replaced(const fs::path& folder, std::string_view wanted, std::string_view found) {
  if (found == wanted) return;
  fail(ErrorCode::wrong_use, "{}: expected the model of digest {}, found {}: it was replaced meanwhile",
       folder.string(), wanted, found);
}

}  // namespace

void extend_model(const fs::path& folder, std::span<const std::string_view> names,
                  const std::function<json::object(const fs::path& folder)>& write, std::string_view digest,
                  const fs::path& target) {
  const OpenFolder open(folder);
  Manifest old = open_manifest(open, kModelFormat);
  if (!digest.empty()) refuse_replaced(folder, digest, old.digest);
  const std::string subject = (folder / kManifestName).string();
  const json::object old_files = object_at(old.fields, "files", subject);
  FolderWriter writer(target.empty() ? folder : target, replaces(kModelFormat));
  for (const auto& file : old_files) {
    const std::string_view name = file.key();
    if (std::ranges::find(names, name) == names.end()) link_or_copy(open, name, writer.path() / name);
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
  refuse_replaced(folder, old.digest, open_manifest(folder, kModelFormat).digest);
  writer.commit();
}

}  // namespace segue::model
