#include "segue/data/dataset/songs_seen.h"

#include <algorithm>

#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::string_view kBetween = " — ";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kOutside = " \t\r\n'\"";
  const std::size_t begin = text.find_first_not_of(kOutside);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kOutside) - begin + 1);
}

// "rock; pop", "rock|pop", "rock, pop", "['rock', 'pop']".
template <class Visit>
void split_tags(std::string_view text, Visit visit) {
  text = trimmed(text);
  char between = ',';
  if (text.starts_with('[') && text.ends_with(']')) {
    text = text.substr(1, text.size() - 2);
  } else if (text.find('|') != std::string_view::npos) {
    between = '|';
  } else if (text.find(';') != std::string_view::npos) {
    between = ';';
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(between), text.size());
    visit(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::uint32_t SongsSeen::by_id(std::string_view id) {
  const std::uint32_t song = ids_.intern(id);
  if (song == known_.size()) known_.emplace_back();
  return song;
}

std::uint32_t SongsSeen::by_name(std::string_view artist, std::string_view title) {
  scratch_.assign(artist);
  scratch_ += '\0';
  scratch_ += title;
  const std::uint32_t name = names_.intern(scratch_);
  if (name < of_names_.size()) return of_names_[name];
  const std::string folded_artist = fold_name(artist);
  const std::string folded_title = fold_name(title);
  std::uint32_t song = kNone;
  if (!folded_artist.empty() && !folded_title.empty()) {
    const std::string id = folded_artist + std::string(kBetween) + folded_title;
    song = id.size() > kMostIdBytes ? kTooLong : by_id(id);
  }
  of_names_.push_back(song);
  return song;
}

std::string_view SongsSeen::keep_tags(std::span<const std::string_view> tags) {
  scratch_.clear();
  const auto add = [&](std::string_view tag) {
    if (tag.empty()) return;
    if (!scratch_.empty()) scratch_ += '\0';
    scratch_ += tag;
  };
  if (tags.size() == 1) {
    split_tags(tags.front(), add);
  } else {
    for (const std::string_view tag : tags) add(trimmed(tag));
  }
  return texts_.keep(scratch_);
}

void SongsSeen::describe(std::uint32_t song, const SongTexts& texts) {
  Known& known = known_[song];
  if (known.title.empty()) known.title = texts_.keep(texts.title);
  if (known.artist.empty()) known.artist = texts_.keep(texts.artist);
  if (known.album.empty()) known.album = texts_.keep(texts.album);
  if (known.tags.empty() && !texts.tags.empty()) known.tags = keep_tags(texts.tags);
}

void SongsSeen::describe_by_file(std::uint32_t song, const SongTexts& texts) {
  Known& known = known_[song];
  const auto set = [&](unsigned bit, std::string_view& text, std::string_view found) {
    if (found.empty() || (known.by_file & bit) != 0) return;
    text = texts_.keep(found);
    known.by_file = static_cast<std::uint8_t>(known.by_file | bit);
  };
  set(1, known.title, texts.title);
  set(2, known.artist, texts.artist);
  set(4, known.album, texts.album);
  if ((known.by_file & 8) == 0 && !texts.tags.empty()) {
    if (const std::string_view tags = keep_tags(texts.tags); !tags.empty()) {
      known.tags = tags;
      known.by_file |= 8;
    }
  }
}

Song SongsSeen::song(std::uint32_t number) const {
  const Known& known = known_[number];
  return {ids_.text(number), known.title, known.artist, known.album, 0};
}

std::vector<std::string_view> SongsSeen::tags(std::uint32_t number) const {
  std::vector<std::string_view> tags;
  for (std::string_view left = known_[number].tags; !left.empty();) {
    const std::size_t end = std::min(left.find('\0'), left.size());
    tags.push_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return tags;
}

}  // namespace segue::data
