#include "segue/library/m3u.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/log/formats/playlist_rows.h"
#include "segue/library/tags.h"

namespace segue::library {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kExtInf = "#EXTINF:";
constexpr std::string_view kFileUri = "file://";

// "#EXTINF:212,Björk - Jóga"
LibraryItem described(std::string_view line) {
  line.remove_prefix(kExtInf.size());
  LibraryItem item;
  const std::string length(line.substr(0, line.find(',')));
  double seconds = 0;
  std::from_chars(length.data(), length.data() + length.size(), seconds);
  if (seconds > 0 && seconds < 1e6) item.length_ms = static_cast<std::uint32_t>(seconds * 1000);
  const data::ShownNames names = data::names_of_info(line);
  item.artist = trimmed(names.artist);
  item.title = trimmed(names.title);
  return item;
}

// Whether a line is likely to name music: any text has lines.
bool is_entry(std::string_view line, const LibraryItem& info) {
  return !info.title.empty() || line.find("://") != std::string_view::npos || is_music(line);
}

// What an entry of a playlist in `folder` leads to.
LibraryItem m3u_item(std::string_view entry, const fs::path& folder, LibraryItem item, M3uReport& report) {
  const bool is_file_uri = entry.starts_with(kFileUri);
  if (!is_file_uri && entry.find("://") != std::string_view::npos) {
    item.id = entry;
    return item;
  }
  std::string named(entry);
  if (is_file_uri) {
    entry.remove_prefix(kFileUri.size());
    named = data::percent_decoded(entry.substr(std::min(entry.find('/'), entry.size())));
  }
  const fs::path path = fs::absolute(folder / named).lexically_normal();
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    if (std::optional<LibraryItem> read = read_tags(path)) item = *std::move(read);
  } else {
    ++report.missing;
  }
  item.path = path.native();
  name_by_path(item, folder);
  return item;
}

}  // namespace

std::vector<LibraryItem> read_m3u(std::span<const std::string> playlists, M3uReport& report) {
  std::vector<LibraryItem> items;
  std::unordered_set<std::string> seen;
  for (const std::string& playlist : playlists) {
    const std::string text = read_text(playlist);
    const fs::path folder = fs::absolute(playlist).parent_path();
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    LibraryItem next;
    std::size_t entries = 0;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.starts_with(kExtInf)) next = described(line);
      if (line.empty() || line.starts_with('#')) continue;
      entries += is_entry(line, next) ? 1 : 0;
      LibraryItem item = m3u_item(line, folder, std::exchange(next, {}), report);
      if (seen.insert(item.path.empty() ? item.id : item.path).second) items.push_back(std::move(item));
    }
    if (entries == 0) fail(ErrorCode::bad_input, "{}: expected a playlist in M3U, found no entry", playlist);
  }
  report.files = items.size();
  return items;
}

}  // namespace segue::library
