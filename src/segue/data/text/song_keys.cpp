#include "segue/data/text/song_keys.h"

#include <algorithm>
#include <array>
#include <functional>

#include "segue/base/random.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

// Folded words that name a version of a recording rather than another song.
constexpr std::array<std::string_view, 33> kVersionWords = {
    "acoustic",   "bonus",  "clean",     "demo",       "deluxe",        "edit",    "edition", "explicit",   "extended",
    "feat",       "ft",     "featuring", "live",       "instrumental",  "karaoke", "mix",     "mixed",      "mono",
    "orchestral", "rework", "remaster",  "remastered", "remasterizado", "remix",   "remixed", "rerecorded", "session",
    "sessions",   "stereo", "unplugged", "version",    "vip",           "with"};

bool names_version(std::string_view part) {
  const std::string folded = search_fold(part);
  std::size_t begin = 0;
  while (begin < folded.size()) {
    const std::size_t end = std::min(folded.find(' ', begin), folded.size());
    if (std::ranges::find(kVersionWords, std::string_view(folded).substr(begin, end - begin)) != kVersionWords.end()) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

// Removes every "(...)" or "[...]" that names a version. An open bracket without its end reaches to the end of the
// title.
std::string without_brackets(std::string_view title) {
  std::string kept;
  while (!title.empty()) {
    const std::size_t open = title.find_first_of("([");
    kept += title.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = title.find(title[open] == '(' ? ')' : ']', open);
    const std::size_t end = close == std::string_view::npos ? title.size() : close + 1;
    const std::string_view part = title.substr(open, end - open);
    if (!names_version(part)) kept += part;
    title.remove_prefix(end);
  }
  return kept;
}

// The text before the first of `marks`, which are lower case and start with a space; all of it if there is none.
template <std::size_t N>
std::string_view before(std::string_view text, const std::array<std::string_view, N>& marks) {
  std::size_t end = text.size();
  for (const std::string_view mark : marks) {
    const std::size_t at = text.find(mark);
    if (at != std::string_view::npos && at > 0) end = std::min(end, at);
  }
  return text.substr(0, end);
}

constexpr std::array<std::string_view, 3> kGuestMarks = {" feat.", " ft.", " featuring "};
constexpr std::array<std::string_view, 5> kArtistMarks = {",", ";", " feat.", " ft.", " featuring "};

std::uint64_t own_key(std::uint32_t row) {
  return mix64(row) | 1;
}

std::uint64_t key_of(const std::string& text) {
  const std::uint64_t key = std::hash<std::string>{}(text);
  return key == 0 ? 1 : key;
}

}  // namespace

std::string main_artist(std::string_view artist) {
  const std::string folded = fold_name(artist);
  const std::string first = search_fold(before(folded, kArtistMarks));
  // A name made only of symbols ("!!!", "+/-") folds to nothing in a search, and is still a name.
  return first.empty() ? folded : first;
}

std::string recording_title(std::string_view title) {
  const std::string folded = fold_name(title);
  std::string kept = without_brackets(folded);
  for (std::size_t dash = kept.rfind(" - "); dash != std::string::npos && dash > 0; dash = kept.rfind(" - ")) {
    if (!names_version(std::string_view(kept).substr(dash))) break;
    kept.resize(dash);
  }
  std::string recording = search_fold(before(kept, kGuestMarks));
  if (!recording.empty()) return recording;
  const std::string whole = search_fold(folded);
  return whole.empty() ? folded : whole;
}

SongKeys song_keys(std::string_view artist, std::string_view title, std::uint32_t row) {
  const std::string main = main_artist(artist);
  const std::string recording = recording_title(title);
  SongKeys keys;
  keys.artist = main.empty() ? own_key(row) : key_of(main);
  keys.recording = main.empty() || recording.empty() ? own_key(row) : key_of(main + '\n' + recording);
  return keys;
}

}  // namespace segue::data
