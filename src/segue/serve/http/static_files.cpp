#include "segue/serve/http/static_files.h"

#include <array>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue::serve {

namespace fs = std::filesystem;

namespace {

// Scripts, styles and requests from this server only; nothing inline, no framing. {0}: further origins of
// pictures, {1}: of music.
constexpr std::string_view kPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{0}; media-src 'self' "
    "blob:{1}; connect-src 'self'{1}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

struct MediaType {
  std::string_view extension;
  std::string_view type;
};
constexpr std::array kMediaTypes = {
    MediaType{".html", "text/html; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"},
    MediaType{".css", "text/css; charset=utf-8"},
    MediaType{".json", "application/json"},
    MediaType{".svg", "image/svg+xml"},
    MediaType{".png", "image/png"},
    MediaType{".ico", "image/x-icon"},
    MediaType{".woff2", "font/woff2"},
    MediaType{".webmanifest", "application/manifest+json"},
};

std::string_view media_type_of(const fs::path& file) {
  const std::string extension = file.extension().string();
  for (const MediaType& known : kMediaTypes) {
    if (known.extension == extension) return known.type;
  }
  return "application/octet-stream";
}

std::string request_path(const fs::path& relative) {
  if (relative == "index.html") return "/";
  const bool page = !relative.has_parent_path() && relative.extension() == ".html";
  return "/" + (page ? relative.stem() : relative).generic_string();
}

}  // namespace

StaticFiles::StaticFiles(std::span<const StaticFile> files) {
  for (const StaticFile& file : files) {
    auto body = std::make_shared<const SharedBody>(
        SharedBody{std::string(file.bytes), std::string(file.gzip), std::string(file.etag)});
    files_[std::string(file.path)] = {std::string(file.media_type), std::move(body), {}};
  }
}

StaticFiles::StaticFiles(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_regular_file(folder / "index.html", error)) {
    fail(ErrorCode::not_found, "{}: expected a folder with index.html, found none", folder.string());
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".gz") continue;
    files_[request_path(entry.path().lexically_relative(folder))] = {std::string(media_type_of(entry.path())), nullptr,
                                                                     entry.path()};
  }
}

void StaticFiles::allow_pictures(std::string_view origin) {
  pictures_ += fmt::format(" {}", origin);
}

void StaticFiles::allow_player(std::string_view origin) {
  players_ += fmt::format(" {}", origin);
}

std::optional<Reply> StaticFiles::find(std::string_view path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  const File& file = found->second;
  Reply reply;
  reply.content_type = file.media_type;
  reply.shared = file.body;
  if (file.body == nullptr) reply.body = read_text(file.source);
  const bool may_keep = file.body != nullptr && path.starts_with("/assets/");
  reply.headers.push_back({"Cache-Control", may_keep ? "public, max-age=31536000, immutable" : "no-cache"});
  if (reply.content_type.starts_with("text/html")) {
    reply.headers.push_back({"Content-Security-Policy", fmt::format(kPolicy, pictures_, players_)});
    reply.headers.push_back({"Referrer-Policy", "no-referrer"});
  }
  return reply;
}

}  // namespace segue::serve
