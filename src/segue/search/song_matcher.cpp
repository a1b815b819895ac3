#include "segue/search/song_matcher.h"

#include <algorithm>
#include <functional>
#include <string>

#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/data/text/song_keys.h"
#include "segue/data/text/text.h"

namespace segue::search {

namespace {

enum class Kind : std::uint64_t { names, recording, last_part };
constexpr std::size_t kKinds = 3;
constexpr std::size_t kGrain = 4096;  // songs a piece of work

// A key a song can be found by; 0 for none.
struct Entry {
  std::uint64_t key = 0;
  std::uint32_t row = 0;
  bool last_part = false;
};

std::uint64_t key_of(Kind kind, std::string_view text) {
  const std::uint64_t key = mix64(std::hash<std::string_view>{}(text) + static_cast<std::uint64_t>(kind));
  return key == 0 ? 1 : key;
}

// A unit separator cannot be in a folded text.
std::uint64_t names_key(Kind kind, const std::string& artist, const std::string& title) {
  return artist.empty() || title.empty() ? 0 : key_of(kind, artist + '\x1f' + title);
}

std::uint64_t exact_key(std::string_view artist, std::string_view title) {
  return names_key(Kind::names, data::fold_name(artist), data::fold_name(title));
}

std::uint64_t recording_key(std::string_view artist, std::string_view title) {
  return names_key(Kind::recording, data::main_artist(artist), data::recording_title(title));
}

std::uint64_t last_part_key(std::string_view id) {
  const std::string_view part = last_part(id);
  return part.size() == id.size() ? 0 : key_of(Kind::last_part, part);
}

bool in_order(const Entry& a, const Entry& b) {
  return a.key != b.key ? a.key < b.key : a.row < b.row;
}

// One entry a key, the song played most; none if several ids have the same last part, which is then ambiguous.
void keep_one_a_key(std::vector<Entry>& entries) {
  std::size_t kept = 0;
  for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
    while (end < entries.size() && entries[end].key == entries[begin].key) ++end;
    const bool none = entries[begin].key == 0 || (entries[begin].last_part && end - begin > 1);
    if (!none) entries[kept++] = entries[begin];
  }
  entries.resize(kept);
}

}  // namespace

std::string_view last_part(std::string_view id) {
  const std::string_view path = id.substr(0, id.find_first_of("?#"));
  const std::size_t mark = path.find_last_of(":/");
  const std::string_view part = mark == std::string_view::npos ? id : path.substr(mark + 1);
  return part.empty() ? id : part;
}

SongMatcher::SongMatcher(const data::Catalogue& songs, std::size_t threads) : songs_(songs) {
  std::vector<Entry> entries(std::size_t{songs.size()} * kKinds);
  parallel_for(songs.size(), kGrain, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = static_cast<std::uint32_t>(i);
      const data::Song song = songs.song(row);
      entries[i * kKinds] = {exact_key(song.artist, song.title), row, false};
      entries[i * kKinds + 1] = {recording_key(song.artist, song.title), row, false};
      entries[i * kKinds + 2] = {last_part_key(song.id), row, true};
    }
  });
  std::ranges::sort(entries, in_order);
  keep_one_a_key(entries);
  keys_.reserve(entries.size());
  rows_.reserve(entries.size());
  for (const Entry& entry : entries) {
    keys_.push_back(entry.key);
    rows_.push_back(entry.row);
  }
  static_cast<void>(songs.find(""));  // hashes the ids now instead of in the first request
}

std::optional<std::uint32_t> SongMatcher::find(const store::StoredListen& listen) const {
  if (const auto row = find_id(listen.song_id)) return row;
  if (const auto row = find_id(listen.recording_mbid)) return row;
  if (const auto row = find_key(exact_key(listen.artist, listen.title))) return row;
  return find_key(recording_key(listen.artist, listen.title));
}

std::optional<std::uint32_t> SongMatcher::find_id(std::string_view id) const {
  if (id.empty()) return std::nullopt;
  if (const auto row = songs_.find(id)) return row;
  return find_key(key_of(Kind::last_part, id));
}

std::optional<std::uint32_t> SongMatcher::find_key(std::uint64_t key) const {
  const auto found = std::ranges::lower_bound(keys_, key);
  if (key == 0 || found == keys_.end() || *found != key) return std::nullopt;
  return rows_[static_cast<std::size_t>(found - keys_.begin())];
}

}  // namespace segue::search
