// The pages of the web app as replies: from the binary, or from a folder during development.
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

// A file in the binary. Paths are those of requests: "/" and "/docs" are pages, everything else is under "/assets/"
// with a digest in its name.
struct StaticFile {
  std::string_view path;
  std::string_view media_type;
  std::string_view bytes;
  std::string_view gzip;  // "" if it is not smaller
  std::string_view etag;  // with its quotes
};

// Thread safe.
class StaticFiles {
 public:
  StaticFiles() = default;  // none
  explicit StaticFiles(std::span<const StaticFile> files);
  // The files in `folder`: index.html is "/", name.html is "/name", the rest go by their paths; read again for each
  // request. Throws not_found without index.html.
  explicit StaticFiles(const std::filesystem::path& folder);

  // nullopt if there is no such file. Only names that existed at construction are ever opened, so no path leads out of
  // the folder.
  std::optional<Reply> find(std::string_view path) const;

  // Lets pages show pictures from one more origin ("https://coverartarchive.org"). Before any request.
  void allow_pictures(std::string_view origin);
  // Lets pages ask one more origin, and play what it sends. Before any request.
  void allow_player(std::string_view origin);

 private:
  struct File {
    std::string media_type;
    std::shared_ptr<const SharedBody> body;  // nullptr: read `source`
    std::filesystem::path source;
  };
  std::map<std::string, File, std::less<>> files_;
  // Origins beside this one, each after a space.
  std::string pictures_;
  std::string players_;
};

}  // namespace segue::serve
