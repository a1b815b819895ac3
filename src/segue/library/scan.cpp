#include "segue/library/scan.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <sys/stat.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/data/text/text.h"
#include "segue/library/tags.h"

namespace segue::library {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFilesAPiece = 16;

struct FoundFile {
  fs::path path;
  fs::path folder;  // that was asked for
  std::uint64_t size = 0;
  std::int64_t modified = 0;
};

// Collects files below folders. Two links to one folder, or a link to a folder above, lead to it once.
class Walk {
 public:
  Walk(Progress& progress, const std::stop_token& stop) : progress_(progress), stop_(stop) {}

  void below(const fs::path& folder) {
    asked_ = folder;
    into(folder);
  }

  std::vector<FoundFile> found;

 private:
  void into(const fs::path& folder) {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "{}: the scan was stopped", folder.string());
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) != 0) fail_errno(folder.string(), errno);
    if (!S_ISDIR(facts.st_mode)) fail(ErrorCode::wrong_use, "{}: expected a folder, found a file", folder.string());
    if (!seen_.emplace(facts.st_dev, facts.st_ino).second) return;
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    if (error) fail_errno(folder.string(), error.value());
    for (const fs::directory_entry& entry : entries) visit(entry.path());
  }

  void visit(const fs::path& path) {
    if (path.filename().native().starts_with('.')) return;
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return;  // a link to nowhere, or gone meanwhile
    if (S_ISDIR(facts.st_mode)) {
      into(path);
    } else if (S_ISREG(facts.st_mode) && is_music(path)) {
      found.push_back({path, asked_, static_cast<std::uint64_t>(facts.st_size),
                       std::int64_t{facts.st_mtim.tv_sec} * 1'000'000 + facts.st_mtim.tv_nsec / 1000});
      progress_.update(found.size(), "");
    }
  }

  Progress& progress_;
  const std::stop_token& stop_;
  fs::path asked_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

LibraryItem owned(const LibraryItemView& item) {
  const auto text = [](std::string_view view) { return std::string(view); };
  return {.id = text(item.id),
          .path = text(item.path),
          .title = text(item.title),
          .artist = text(item.artist),
          .album = text(item.album),
          .artist_id = text(item.artist_id),
          .recording_mbid = text(item.recording_mbid),
          .isrc = text(item.isrc),
          .length_ms = item.length_ms,
          .size = item.size,
          .modified = item.modified};
}

// Files of an older scan by their paths.
std::unordered_map<std::string_view, std::size_t> places_of(const LibraryFile* before) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; before != nullptr && i < before->size(); ++i) places.emplace(before->item(i).path, i);
  return places;
}

}  // namespace

std::vector<LibraryItem> scan(std::span<const std::string> folders, const LibraryFile* before, std::size_t threads,
                              Progress& progress, const std::stop_token& stop, ScanReport& report) {
  progress.begin("find", 0, "files");
  Walk walk(progress, stop);
  for (const std::string& folder : folders) {
    std::error_code error;
    const fs::path whole = fs::absolute(folder, error).lexically_normal();
    if (!fs::exists(whole)) fail(ErrorCode::not_found, "{}: no such folder", folder);
    walk.below(whole);
  }
  std::vector<FoundFile>& files = walk.found;
  if (files.empty()) {
    fail(ErrorCode::bad_input, "{}: expected files of music (.mp3, .flac, .ogg, .opus, .m4a, ...), found none",
         folders.size() == 1 ? folders.front() : std::to_string(folders.size()) + " folders");
  }
  std::ranges::sort(files, {}, &FoundFile::path);

  const std::unordered_map<std::string_view, std::size_t> places = places_of(before);
  std::vector<std::optional<LibraryItem>> items(files.size());
  progress.begin("tags", files.size(), "files");
  std::mutex mutex;  // guards what is counted
  std::size_t done = 0;
  parallel_for(files.size(), kFilesAPiece, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "{}: the scan was stopped", files[begin].path.string());
    std::size_t unchanged = 0;
    std::size_t by_path = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const FoundFile& file = files[i];
      const auto old = places.find(file.path.native());
      if (old != places.end()) {
        const LibraryItemView known = before->item(old->second);
        if (known.size == file.size && known.modified == file.modified) {
          items[i] = owned(known);
          ++unchanged;
          continue;
        }
      }
      items[i] = read_tags(file.path);
      if (!items[i]) continue;
      by_path += name_by_path(*items[i], file.folder) ? 1 : 0;
      items[i]->size = file.size;
      items[i]->modified = file.modified;
    }
    const std::lock_guard lock(mutex);
    report.unchanged += unchanged;
    report.named_by_path += by_path;
    progress.update(done += end - begin, "");
  });
  progress.end();

  report.files = files.size();
  std::vector<LibraryItem> read;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (items[i]) {
      read.push_back(*std::move(items[i]));
      continue;
    }
    ++report.unreadable;
    if (report.unreadable_files.size() < kUnreadableShown) {
      report.unreadable_files.push_back(data::printable(files[i].path.native(), files[i].path.native().size()));
    }
  }
  return read;
}

}  // namespace segue::library
