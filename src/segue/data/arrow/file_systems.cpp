#include "segue/data/arrow/file_systems.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include <arrow/filesystem/api.h>
#include <arrow/util/config.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/secrets.h"

namespace segue::data {

namespace {

// Arrow's wheel has S3 in a library of its own beside libarrow, which finds it by name; a system's Arrow has it inside.
std::string s3_library() {
  return fmt::format("libarrow_s3.so.{}", ARROW_VERSION_MAJOR * 100 + ARROW_VERSION_MINOR);
}

// Stores start threads, which have to end before the program does. arrow::fs::EnsureFinalized() does not end those of
// S3 in a library that was loaded, so its own function is looked up there.
void end_stores() {
  if (void* const library = ::dlopen(s3_library().c_str(), RTLD_NOW | RTLD_NOLOAD); library != nullptr) {
    void* const end = ::dlsym(library, "_ZN5arrow2fs17EnsureS3FinalizedEv");
    if (end != nullptr) static_cast<void>(reinterpret_cast<arrow::Status (*)()>(end)());
  }
  arrow::fs::EnsureFinalized();
}

}  // namespace

bool is_uri(std::string_view name) {
  const std::size_t scheme = name.find("://");
  return scheme != std::string::npos && scheme > 0 &&
         std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(scheme),
                     [](char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'); });
}

std::shared_ptr<arrow::fs::FileSystem> file_system_of(const std::string& uri, std::string& path) {
  static std::once_flag loaded;
  static std::once_flag used;
  // Without the library, URIs of S3 are refused by name.
  std::call_once(loaded, [] { static_cast<void>(arrow::fs::LoadFileSystemFactories(s3_library().c_str())); });
  const auto system = arrow::fs::FileSystemFromUri(uri, &path);
  // After the first use, also one that failed, so that the end comes before the destructors of what it made.
  std::call_once(used, [] { std::atexit(end_stores); });
  if (!system.ok()) {
    fail(ErrorCode::unavailable, "{}: expected the URI of a file or of a store in reach: {}", without_passwords(uri),
         without_passwords(system.status().message()));
  }
  return *system;
}

}  // namespace segue::data
