#include "segue/pipeline/dated_models.h"

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/folder.h"
#include "segue/base/manifest.h"
#include "segue/model/model.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kDateShape = "00000000T000000Z";  // a digit for each 0

fs::path without_slash(const fs::path& link) {
  return link.has_filename() ? link : link.parent_path();
}

fs::path folder_of(const fs::path& link) {
  const fs::path parent = without_slash(link).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

std::string prefix_of(const fs::path& link) {
  return without_slash(link).filename().string() + "-";
}

// Whether a name is the prefix, a date, and maybe a number.
bool is_dated(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  if (name.size() < kDateShape.size()) return false;
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  for (std::size_t i = 0; i < kDateShape.size(); ++i) {
    if (kDateShape[i] == '0' ? !is_digit(name[i]) : name[i] != kDateShape[i]) return false;
  }
  name.remove_prefix(kDateShape.size());
  return name.empty() || (name.size() > 1 && name.front() == '-' && std::ranges::all_of(name.substr(1), is_digit));
}

}  // namespace

void check_can_be_link(const fs::path& link) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(without_slash(link), error);
  if (fs::exists(status) && !fs::is_symlink(status)) {
    fail(ErrorCode::wrong_use,
         "--keep-models: {}: expected a link to a model or nothing, found a folder; rename it, and "
         "make a link to it: ln -s NAME {}",
         link.string(), without_slash(link).filename().string());
  }
}

fs::path dated_folder(const fs::path& link, std::chrono::system_clock::time_point now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const std::string name = fmt::format("{}{:%Y%m%dT%H%M%SZ}", prefix_of(link), fmt::gmtime(seconds));
  fs::path folder = folder_of(link) / name;
  std::error_code error;
  for (std::size_t number = 2; fs::exists(folder, error); ++number) {
    folder = folder_of(link) / fmt::format("{}-{}", name, number);
  }
  return folder;
}

void point_to(const fs::path& link, const fs::path& folder) {
  const fs::path temporary = folder_of(link) / fmt::format(".{}segue-link", prefix_of(link));
  std::error_code error;
  fs::remove(temporary, error);  // what a run left that was killed
  fs::create_symlink(folder.filename(), temporary, error);
  if (!error) fs::rename(temporary, without_slash(link), error);
  if (error) fail(ErrorCode::io_failed, "{}: {}", link.string(), error.message());
  sync_directory(folder_of(link));
}

void remove_old_models(const fs::path& link, std::size_t kept) {
  std::error_code error;
  const fs::path served = fs::weakly_canonical(without_slash(link), error);
  std::vector<fs::path> models;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_of(link))) {
    if (!is_dated(entry.path().filename().string(), prefix_of(link))) continue;
    if (fs::weakly_canonical(entry.path(), error) != served) models.push_back(entry.path());
  }
  std::ranges::sort(models, std::ranges::greater());
  // The one in service is one of those kept.
  for (std::size_t i = std::max<std::size_t>(kept, 1) - 1; i < models.size(); ++i) {
    if (has_format(models[i], model::kModelFormat)) remove_folder(models[i], replaces(model::kModelFormat));
  }
}

}  // namespace segue::pipeline
