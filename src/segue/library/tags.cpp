#include "segue/library/tags.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <taglib/fileref.h>
#include <taglib/tpropertymap.h>

#include "segue/base/ascii.h"
#include "segue/data/text/text.h"

namespace segue::library {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kNameDash = " - ";

std::string joined(const TagLib::StringList& values) {
  std::string text;
  for (const TagLib::String& value : values) {
    const std::string part = value.stripWhiteSpace().to8Bit(true);
    if (part.empty()) continue;
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

std::string value_of(const TagLib::PropertyMap& tags, const char* name) {
  return tags.contains(name) ? joined(tags[name]) : "";
}

std::string first_of(const TagLib::PropertyMap& tags, const char* name) {
  return tags.contains(name) && !tags[name].isEmpty() ? tags[name].front().stripWhiteSpace().to8Bit(true) : "";
}

std::string utf8_name(const fs::path& path) {
  return data::printable(path.native(), path.native().size());
}

bool is_decimal(char letter) {
  return letter >= '0' && letter <= '9';
}

// "01 - Title", "1-01 Title", "01. Title" -> "Title". A title that is all number stays.
std::string_view without_track_number(std::string_view stem) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < stem.size() && is_decimal(stem[at])) ++at;
    return at - begin;
  };
  const std::size_t first = digits();
  if (first == 0 || first > 3) return stem;
  if (at < stem.size() && stem[at] == '-' && at + 1 < stem.size() && is_decimal(stem[at + 1])) {
    ++at;
    digits();
  }
  const std::size_t text = stem.find_first_not_of(" .-_", at);
  return text == std::string_view::npos || text == at ? stem : stem.substr(text);
}

}  // namespace

bool is_music(const fs::path& file) {
  static const TagLib::StringList known = TagLib::FileRef::defaultFileExtensions();
  std::string ending = file.extension().native();
  if (ending.size() < 2) return false;
  ending.erase(0, 1);
  std::ranges::transform(ending, ending.begin(), ascii_lower);
  return known.contains(TagLib::String(ending, TagLib::String::UTF8));
}

std::optional<LibraryItem> read_tags(const fs::path& file) {
  const TagLib::FileRef opened(file.c_str(), true, TagLib::AudioProperties::Average);
  if (opened.isNull() || opened.file() == nullptr || !opened.file()->isValid()) return std::nullopt;
  const TagLib::PropertyMap tags = opened.file()->properties();
  LibraryItem item;
  item.path = file.native();
  item.title = value_of(tags, "TITLE");
  item.artist = value_of(tags, "ARTIST");
  if (item.artist.empty()) item.artist = value_of(tags, "ALBUMARTIST");
  item.album = value_of(tags, "ALBUM");
  item.recording_mbid = first_of(tags, "MUSICBRAINZ_TRACKID");
  item.isrc = first_of(tags, "ISRC");
  if (const TagLib::AudioProperties* audio = opened.audioProperties()) {
    item.length_ms = static_cast<std::uint32_t>(std::max(0, audio->lengthInMilliseconds()));
  }
  const bool says_nothing = item.title.empty() && item.artist.empty() && item.length_ms == 0;
  return says_nothing ? std::nullopt : std::optional(std::move(item));
}

bool name_by_path(LibraryItem& item, const fs::path& folder) {
  if (!item.title.empty() && !item.artist.empty()) return false;
  const fs::path path(item.path);
  const std::string stem = utf8_name(path.stem());
  std::string_view name = without_track_number(stem);
  const fs::path inside = path.lexically_relative(folder);
  const std::vector<fs::path> parts(inside.begin(), inside.end());
  const bool in_album = parts.size() >= 3 && parts.front() != "..";
  const std::size_t dash = name.find(kNameDash);
  if (in_album) {
    if (item.artist.empty()) item.artist = utf8_name(parts[parts.size() - 3]);
    if (item.album.empty()) item.album = utf8_name(parts[parts.size() - 2]);
    const bool names_artist =
        dash != std::string_view::npos && data::compared_name(name.substr(0, dash)) == data::compared_name(item.artist);
    if (names_artist) name.remove_prefix(dash + kNameDash.size());
  } else if (dash != std::string_view::npos && item.title.empty()) {
    if (item.artist.empty()) item.artist = name.substr(0, dash);
    name.remove_prefix(dash + kNameDash.size());
  }
  if (item.title.empty()) item.title = name;
  return true;
}

}  // namespace segue::library
