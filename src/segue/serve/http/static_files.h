// The pages of the web app as replies: from inside the binary, or from a folder while they are being worked on.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "segue/serve/http/http.h"

namespace segue::serve {

// A file of the binary. Paths are as requests have them: "/" and "/docs" are pages, everything else stands under
// "/assets/" with a digest in its name.
struct StaticFile {
  std::string_view path;
  std::string_view media_type;
  std::string_view bytes;
  std::string_view gzip;  // "" where that is not smaller
  std::string_view etag;  // with its quotes
};

// Thread safe.
class StaticFiles {
 public:
  StaticFiles() = default;  // none
  explicit StaticFiles(std::span<const StaticFile> files);
  // The files that lie in `folder` now: index.html is "/", name.html "/name", the rest by its path; read anew for each
  // request. Throws not_found without index.html.
  explicit StaticFiles(const std::filesystem::path& folder);

  // nullopt where there is no such file. Only names that were there when this was made are ever opened, so no path
  // leads out of the folder.
  std::optional<Reply> find(std::string_view path) const;

 private:
  struct File {
    std::string media_type;
    std::shared_ptr<const SharedBody> body;  // nullptr: read `source`
    std::filesystem::path source;
  };
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace segue::serve
