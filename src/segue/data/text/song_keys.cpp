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

// Folded words that name an edition: another issue of the same recording.
constexpr std::array<std::string_view, 21> kEditionWords = {
    "remaster", "remastered", "remasterizado", "remastering", "deluxe",  "edition",  "anniversary",
    "reissue",  "reissued",   "expanded",      "bonus",       "mono",    "stereo",   "explicit",
    "clean",    "album",      "original",      "version",     "digital", "complete", "track"};

// Words of an edition's name that say nothing by themselves: a year, "2011 remaster", "20th anniversary edition".
bool is_filler(std::string_view word) {
  constexpr std::array<std::string_view, 5> kFillers = {"the", "of", "a", "lp", "ep"};
  return (word.front() >= '0' && word.front() <= '9') || std::ranges::find(kFillers, word) != kFillers.end();
}

template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
  const std::string folded = search_fold(text);
  for (std::size_t begin = 0; begin < folded.size();) {
    const std::size_t end = std::min(folded.find(' ', begin), folded.size());
    if (end > begin) visit(std::string_view(folded).substr(begin, end - begin));
    begin = end + 1;
  }
}

bool names_version(std::string_view part) {
  bool any = false;
  for_each_word(
      part, [&](std::string_view word) { any = any || std::ranges::find(kVersionWords, word) != kVersionWords.end(); });
  return any;
}

// Every word belongs to an edition's name, and one of them is not a filler: "(Live, Remastered)" is live.
bool names_edition(std::string_view part) {
  bool any = false;
  bool all = true;
  for_each_word(part, [&](std::string_view word) {
    const bool edition = std::ranges::find(kEditionWords, word) != kEditionWords.end();
    any = any || edition;
    all = all && (edition || is_filler(word));
  });
  return any && all;
}

// Removes every "(...)" or "[...]" that `is_part` names. An open bracket without its end reaches to the end of the
// title.
std::string without_brackets(std::string_view title, bool (*is_part)(std::string_view)) {
  std::string kept;
  while (!title.empty()) {
    const std::size_t open = title.find_first_of("([");
    kept += title.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = title.find(title[open] == '(' ? ')' : ']', open);
    const std::size_t end = close == std::string_view::npos ? title.size() : close + 1;
    const std::string_view part = title.substr(open, end - open);
    if (!is_part(part)) kept += part;
    title.remove_prefix(end);
  }
  return kept;
}

// The title without the brackets and the parts after " - " that `is_part` names.
std::string without_parts(std::string_view title, bool (*is_part)(std::string_view)) {
  std::string kept = without_brackets(title, is_part);
  for (std::size_t dash = kept.rfind(" - "); dash != std::string::npos && dash > 0; dash = kept.rfind(" - ")) {
    if (!is_part(std::string_view(kept).substr(dash))) break;
    kept.resize(dash);
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

std::string edition_title(std::string_view title) {
  const std::string folded = fold_name(title);
  const std::string kept = fold_name(without_parts(folded, names_edition));
  return kept.empty() ? folded : kept;
}

std::string recording_title(std::string_view title) {
  const std::string folded = fold_name(title);
  const std::string kept = without_parts(folded, names_version);
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
