#include "segue/data/log/input/inputs.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <numeric>

#include <arrow/filesystem/api.h>
#include <arrow/io/interfaces.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/secrets.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/file_systems.h"
#include "segue/data/log/input/archive.h"
#include "segue/data/log/input/counted_file.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

// Archives in archives: more are a bomb.
constexpr std::size_t kMostNesting = 4;

bool is_passed_over(std::string_view file_name) {
  return file_name.starts_with('.') || file_name.starts_with('_');
}

// Whether a part of the path below `folder` is hidden.
bool is_hidden(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    // "_date=2024" would be a column.
    if (is_passed_over(part) && (part.starts_with('.') || part.find('=') == std::string_view::npos)) return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

std::vector<std::pair<std::string, std::string>> partition_of(std::string_view path) {
  std::vector<std::pair<std::string, std::string>> partition;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    const std::string_view part = path.substr(0, slash);
    const std::size_t equals = part.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      partition.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    }
    path.remove_prefix(slash + 1);
  }
  return partition;
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& name)
      : descriptor_(name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail_errno(name, errno);
  }
  ~Descriptor() {
    if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Visits the log in a stream, or those in the container that it is.
void visit_stream(Input input, std::size_t nesting, const std::function<void(Input&)>& visit) {
  if (!is_container(input.stream.peek(kContainerBytes))) return visit(input);
  if (nesting == kMostNesting) {
    fail(ErrorCode::bad_input, "{}: expected at most {} archives inside each other", input.name, kMostNesting);
  }
  bool any = false;
  for_each_member(input.stream, input.file, input.name,
                  [&](const std::string& member, std::unique_ptr<ByteStream> bytes) {
                    if (is_hidden(member) || member.starts_with("__MACOSX/")) return;
                    any = true;
                    PeekableStream stream(std::move(bytes));
                    const std::string name = member.empty() ? input.name : input.name + "/" + member;
                    Input inside{name, stream, nullptr, input.partition, input.named && member.empty()};
                    for (auto& part : partition_of(member)) inside.partition.push_back(std::move(part));
                    visit_stream(std::move(inside), nesting + 1, visit);
                  });
  if (!any) fail(ErrorCode::bad_input, "{}: expected rows, found nothing inside", input.name);
}

}  // namespace

// Where a file is: in a filesystem, or a pipe without one.
struct Inputs::Place {
  std::shared_ptr<arrow::fs::FileSystem> system;
  std::string path;
  std::vector<std::pair<std::string, std::string>> partition;
  bool named = false;
};

Inputs::Inputs(std::span<const std::string> names) {
  for (const std::string& name : names) find(name);
}

Inputs::~Inputs() = default;

std::uint64_t Inputs::bytes() const {
  return std::accumulate(files_.begin(), files_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const File& file) { return sum + file.bytes; });
}

void Inputs::find(const std::string& name) {
  std::shared_ptr<arrow::fs::FileSystem> system;
  std::string path = name;
  const bool uri = is_uri(name);
  const std::string shown = uri ? without_passwords(name) : name;
  if (uri) {
    system = file_system_of(name, path);
  } else {
    std::error_code error;
    const fs::file_status status = fs::status(name, error);
    if (name == "-" || (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status))) {
      files_.push_back({name == "-" ? "standard input" : name, 0});
      places_.push_back({nullptr, name, {}, true});
      return;
    }
    if (!fs::exists(status)) fail(ErrorCode::not_found, "{}: no such file or folder", name);
    system = std::make_shared<arrow::fs::LocalFileSystem>();
  }
  const arrow::fs::FileInfo info =
      arrow_value(uri ? ErrorCode::unavailable : ErrorCode::io_failed, shown, system->GetFileInfo(path));
  switch (info.type()) {
    case arrow::fs::FileType::File:
      if (info.size() == 0) fail(ErrorCode::bad_input, "{}: expected rows, found an empty file", shown);
      files_.push_back({shown, static_cast<std::uint64_t>(std::max<std::int64_t>(0, info.size())),
                        info.mtime().time_since_epoch().count()});
      places_.push_back({system, path, {}, true});
      return;
    case arrow::fs::FileType::Directory:
      return find_in_folder(system, path, shown);
    default:
      fail(ErrorCode::not_found, "{}: no such file or folder", shown);
  }
}

void Inputs::find_in_folder(const std::shared_ptr<arrow::fs::FileSystem>& system, const std::string& folder,
                            const std::string& name) {
  arrow::fs::FileSelector selector;
  selector.base_dir = folder;
  selector.recursive = true;
  std::vector<arrow::fs::FileInfo> inside = arrow_value(ErrorCode::io_failed, name, system->GetFileInfo(selector));
  const auto below = [&](const arrow::fs::FileInfo& info) {
    std::string_view path = info.path();
    path.remove_prefix(std::min(folder.size(), path.size()));
    while (path.starts_with('/')) path.remove_prefix(1);
    return path;
  };
  std::erase_if(inside, [&](const arrow::fs::FileInfo& info) {
    return info.type() != arrow::fs::FileType::File || is_hidden(below(info)) || info.size() == 0;
  });
  if (inside.empty()) fail(ErrorCode::bad_input, "{}: expected files, found a folder without any", name);
  std::ranges::sort(inside, {}, [](const arrow::fs::FileInfo& info) { return info.path(); });
  for (const arrow::fs::FileInfo& info : inside) {
    const std::string_view path = below(info);
    const std::string_view between = name.ends_with('/') ? "" : "/";
    files_.push_back({name + std::string(between) + std::string(path),
                      static_cast<std::uint64_t>(std::max<std::int64_t>(0, info.size())),
                      info.mtime().time_since_epoch().count()});
    places_.push_back({system, info.path(), partition_of(path), false});
  }
}

void Inputs::open(const File& file, const Place& place, const std::function<void(Input&)>& visit) {
  if (place.system == nullptr) {
    const Descriptor descriptor(place.path);
    PeekableStream stream(descriptor_stream(descriptor.get(), file.name, bytes_read_));
    if (stream.peek(1).empty()) fail(ErrorCode::bad_input, "{}: expected rows, found nothing", file.name);
    return visit_stream({file.name, stream, nullptr, {}, true}, 0, visit);
  }
  const auto opened = arrow_value(ErrorCode::io_failed, file.name, place.system->OpenInputFile(place.path));
  PeekableStream stream(arrow_stream(opened, file.name, bytes_read_));
  const auto counted = std::make_shared<CountedFile>(opened, bytes_read_);
  visit_stream({file.name, stream, counted, place.partition, place.named}, 0, visit);
}

void Inputs::for_each(const std::function<void(Input&)>& visit) {
  std::uint64_t before = bytes_read_;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    open(files_[i], places_[i], visit);
    before += files_[i].bytes;
    if (files_[i].bytes > 0) bytes_read_ = before;  // of Parquet, columns without a meaning are not read
  }
}

}  // namespace segue::data
