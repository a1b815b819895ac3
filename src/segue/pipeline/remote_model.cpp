#include "segue/pipeline/remote_model.h"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/filesystem/filesystem.h>
#include <arrow/io/interfaces.h>
#include <fmt/format.h>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/folder.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/base/secrets.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/file_systems.h"
#include "segue/library/http_client.h"
#include "segue/model/model.h"
#include "segue/pipeline/dated_models.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> kSchemes = {"s3://", "gs://", "http://", "https://"};
constexpr std::int64_t kPieceBytes = 1 << 20;
constexpr std::size_t kHexDigits = 64;       // of a SHA-256
constexpr std::size_t kDigitsOfTheUri = 12;  // tell places in a cache apart
constexpr std::size_t kMostManifest = std::size_t{16} << 20;

// The files of a place.
class Place {
 public:
  using Take = std::function<void(std::string_view bytes)>;

  virtual ~Place() = default;
  virtual void read(std::string_view name, const Take& take) = 0;
};

class HttpPlace final : public Place {
 public:
  explicit HttpPlace(const std::string& uri) : client_(uri, {}) {}
  void read(std::string_view name, const Take& take) override { client_.get(fmt::format("/{}", name), {}, {}, take); }

 private:
  library::HttpClient client_;
};

class StorePlace final : public Place {
 public:
  StorePlace(const std::string& uri, std::string shown)
      : shown_(std::move(shown)), system_(data::file_system_of(uri, path_)) {}

  void read(std::string_view name, const Take& take) override {
    const std::string subject = fmt::format("{}/{}", shown_, name);
    const std::string path = fmt::format("{}/{}", path_, name);
    const arrow::fs::FileInfo info = data::arrow_value(ErrorCode::unavailable, subject, system_->GetFileInfo(path));
    if (info.type() != arrow::fs::FileType::File) fail(ErrorCode::not_found, "{}: no such file", subject);
    const auto stream = data::arrow_value(ErrorCode::unavailable, subject, system_->OpenInputStream(info));
    for (;;) {
      const auto piece = data::arrow_value(ErrorCode::unavailable, subject, stream->Read(kPieceBytes));
      if (piece->size() == 0) return;
      take({reinterpret_cast<const char*>(piece->data()), static_cast<std::size_t>(piece->size())});
    }
  }

 private:
  std::string shown_;
  std::string path_;
  std::shared_ptr<arrow::fs::FileSystem> system_;
};

bool is_http(std::string_view uri) {
  return uri.starts_with("http://") || uri.starts_with("https://");
}

std::string without_query(std::string_view uri) {
  return std::string(uri.substr(0, uri.find('?')));
}

// The last part of the path, as people know the place by.
std::string name_of(std::string_view uri) {
  std::string path = without_query(uri);
  while (path.ends_with('/')) path.pop_back();
  std::string name = path.substr(path.find_last_of('/') + 1);
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-' && letter != '_'; }, '_');
  return name;
}

struct RemoteFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct RemoteManifest {
  std::string text;
  std::string digest;
  std::vector<RemoteFile> files;
};

// What a manifest says of its files. Whether it is sound is for open_manifest() to say, once they are there.
RemoteManifest parsed(std::string text, const std::string& subject) {
  const json::value document = parse_json(text, subject);
  if (!document.is_object()) fail(ErrorCode::corrupt, "{}: expected an object", subject);
  const json::object& fields = document.get_object();
  if (string_at(fields, "format", subject) != model::kModelFormat.name) {
    fail(ErrorCode::wrong_use, "{}: expected a model, found a {}", subject, string_at(fields, "format", subject));
  }
  RemoteManifest manifest;
  manifest.digest = string_at(fields, "digest", subject);
  const auto is_hex = [](char letter) { return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f'); };
  if (manifest.digest.size() != kHexDigits || !std::ranges::all_of(manifest.digest, is_hex)) {
    fail(ErrorCode::corrupt, "{}: expected a SHA-256 as digest, found \"{}\"", subject, manifest.digest);
  }
  for (const auto& [name, entry] : object_at(fields, "files", subject)) {
    const std::string file(name);
    if (file.empty() || file.front() == '.' || file.find('/') != std::string::npos || !entry.is_object()) {
      fail(ErrorCode::corrupt, "{}: expected the names of files, found \"{}\"", subject, file);
    }
    manifest.files.push_back(
        {file, count_at(entry.get_object(), "bytes", subject), string_at(entry.get_object(), "sha256", subject)});
  }
  manifest.text = std::move(text);
  return manifest;
}

std::unique_ptr<Place> open_place(const std::string& uri, const std::string& shown) {
  if (is_http(uri)) return std::make_unique<HttpPlace>(uri);
  return std::make_unique<StorePlace>(uri, without_query(shown));
}

RemoteManifest read_manifest(Place& place, const std::string& shown) {
  const std::string subject = fmt::format("{}/{}", shown, kManifestName);
  std::string text;
  place.read(kManifestName, [&](std::string_view bytes) {
    text += bytes;
    if (text.size() > kMostManifest) fail(ErrorCode::corrupt, "{}: expected a manifest, found a larger file", subject);
  });
  return parsed(std::move(text), subject);
}

// The files of the model that was fetched last, by their digests.
class FilesOfLast {
 public:
  // "": there is none.
  explicit FilesOfLast(fs::path folder) : folder_(std::move(folder)) {
    if (folder_.empty()) return;
    files_ = object_at(open_manifest(folder_, model::kModelFormat).fields, "files", folder_.string());
  }

  // Links the file into a folder, if it is there with the same bytes and the file system can.
  bool link(const RemoteFile& file, const fs::path& into) const {
    const json::value* const known = files_.if_contains(file.name);
    if (known == nullptr || string_at(known->as_object(), "sha256", folder_.string()) != file.sha256) return false;
    std::error_code error;
    fs::create_hard_link(folder_ / file.name, into / file.name, error);
    return !error;
  }

 private:
  fs::path folder_;
  json::object files_;
};

// Calls written() with the bytes so far, after each piece.
void download(Place& place, const RemoteFile& file, const std::string& shown, const fs::path& into,
              const std::function<void(std::uint64_t)>& written) {
  FileWriter out(into / file.name);
  std::uint64_t bytes = 0;
  place.read(file.name, [&](std::string_view piece) {
    bytes += piece.size();
    if (bytes > file.bytes) {
      fail(ErrorCode::corrupt, "{}/{}: expected {} bytes, found more", shown, file.name, file.bytes);
    }
    out.write(piece);
    written(bytes);
  });
  out.close();
}

}  // namespace

bool is_remote(std::string_view model) {
  return data::is_uri(model) && !model.starts_with("file://");
}

RemoteModel::RemoteModel(std::string uri, const fs::path& cache)
    : uri_(std::move(uri)), shown_(without_passwords(uri_)) {
  if (std::ranges::none_of(kSchemes, [&](std::string_view scheme) { return uri_.starts_with(scheme); })) {
    fail(ErrorCode::wrong_use, "{}: expected s3://, gs://, http:// or https://", shown_);
  }
  while (is_http(uri_) && uri_.ends_with('/')) uri_.pop_back();
  Sha256 digest;
  digest.update(uri_);
  const fs::path folder = cache / "models";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(ErrorCode::io_failed, "{}: {}", folder.string(), error.message());
  link_ = folder / fmt::format("{}-{}", name_of(uri_), digest.hex().substr(0, kDigitsOfTheUri));
}

bool RemoteModel::fetch(Progress& progress, const std::stop_token& stop) {
  const std::unique_ptr<Place> place = open_place(uri_, shown_);
  const RemoteManifest manifest = read_manifest(*place, without_query(shown_));
  const fs::path target = folder_of(manifest.digest);
  std::error_code error;
  const fs::path last = fs::weakly_canonical(link_, error);
  const bool has_last = fs::is_directory(last, error);
  if (has_last && fs::equivalent(last, target, error)) return false;

  if (!fs::exists(target, error)) {
    FolderWriter writer(target, replaces(model::kModelFormat));
    const FilesOfLast known(has_last ? last : fs::path());
    std::uint64_t bytes = 0;
    for (const RemoteFile& file : manifest.files) bytes += file.bytes;
    progress.begin("fetch", bytes, "bytes");
    std::uint64_t done = 0;
    for (const RemoteFile& file : manifest.files) {
      if (!known.link(file, writer.path())) {
        download(*place, file, without_query(shown_), writer.path(), [&](std::uint64_t written) {
          if (stop.stop_requested()) fail(ErrorCode::interrupted, "{}: stopped while it was fetched", shown_);
          progress.update(done + written, file.name);
        });
      }
      progress.update(done += file.bytes, file.name);
    }
    progress.end();
    FileWriter out(writer.path() / kManifestName);
    out.write(manifest.text);
    out.close();
    verify_files(writer.path(), open_manifest(writer.path(), model::kModelFormat), progress);
    writer.commit();
  }
  point_to(link_, target);
  remove_others(target, has_last ? last : fs::path());
  return true;
}

fs::path RemoteModel::folder_of(const std::string& digest) const {
  return link_.parent_path() / fmt::format("{}-{}", link_.filename().string(), digest);
}

std::string RemoteModel::published_digest() const {
  const std::unique_ptr<Place> place = open_place(uri_, shown_);
  return read_manifest(*place, without_query(shown_)).digest;
}

fs::path RemoteModel::fetch(const std::string& digest, Progress& progress, const std::stop_token& stop) {
  const fs::path folder = folder_of(digest);
  std::error_code error;
  if (!fs::exists(folder, error)) fetch(progress, stop);
  if (!fs::exists(folder, error)) {
    fail(ErrorCode::corrupt, "{}: expected the model {}, found that another was published meanwhile", shown_, digest);
  }
  return folder;
}

// Of what was fetched for this link: all but these two.
void RemoteModel::remove_others(const fs::path& now, const fs::path& before) const {
  const std::string prefix = link_.filename().string() + "-";
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(link_.parent_path())) {
    const std::string name = entry.path().filename().string();
    const bool is_fetched = name.starts_with(prefix) && name.size() == prefix.size() + kHexDigits;
    if (!is_fetched || entry.path() == now || fs::equivalent(entry.path(), before, error)) continue;
    remove_folder(entry.path(), replaces(model::kModelFormat));
  }
}

}  // namespace segue::pipeline
