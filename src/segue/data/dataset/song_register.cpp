#include "segue/data/dataset/song_register.h"

#include <algorithm>
#include <tuple>

#include "segue/base/ascii.h"
#include "segue/base/digest.h"
#include "segue/base/random.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/text/song_keys.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::string_view kBetween = " — ";

// The id of a song without one. Names that are too long for an id are cut short; a digest of them all tells them apart.
std::string id_of_names(std::string_view folded_artist, std::string_view folded_title) {
  std::string id(folded_artist);
  id += kBetween;
  id += folded_title;
  if (id.size() <= kMostIdBytes) return id;
  constexpr std::size_t kDigits = 32;
  const std::string digest = " #" + sha256_of(id).substr(0, kDigits);
  std::size_t end = kMostIdBytes - digest.size();
  while ((id[end] & 0xC0) == 0x80) --end;  // to the beginning of a letter
  return id.substr(0, end) + digest;
}
constexpr std::size_t kMostMergedShown = 1000;
constexpr std::string_view kAroundTags = " \t\r\n'\"";

// "rock; pop", "rock|pop", "rock, pop", "['rock', 'pop']".
template <class Visit>
void split_tags(std::string_view text, Visit visit) {
  text = trimmed(text, kAroundTags);
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
    visit(trimmed(text.substr(0, end), kAroundTags));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::uint32_t hash_of(const SongMention& song) {
  const std::hash<std::string_view> hash;
  const std::uint64_t all = hash(song.title) * 3 + hash(song.artist) * 5 + hash(song.album) * 7;
  return static_cast<std::uint32_t>(mix64(all) >> 32) | 1;
}

bool is_uuid(std::string_view id) {
  if (id.size() != 36) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f') || (id[i] >= 'A' && id[i] <= 'F');
    if (dash ? id[i] != '-' : !hex) return false;
  }
  return true;
}

// Two letters of the country, three letters or digits of the registrant, seven digits: "GBAYE6800011".
bool is_isrc(std::string_view id) {
  const auto is_letter = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return id.size() == 12 && std::ranges::all_of(id.substr(0, 2), is_letter) &&
         std::ranges::all_of(id.substr(2, 3), [&](char letter) { return is_letter(letter) || is_digit(letter); }) &&
         std::ranges::all_of(id.substr(5), is_digit);
}

// Who gave the id: ids of one kind tell recordings apart, those of two kinds may name the same.
std::string_view kind_of(std::string_view id) {
  if (is_uuid(id)) return "mbid";
  if (is_isrc(id)) return "isrc";
  const std::size_t colon = id.find(':');
  constexpr std::size_t kMostLetters = 16;  // a longer "kind" is text with a colon in it
  return colon > kMostLetters ? std::string_view{} : id.substr(0, colon);
}

}  // namespace

std::uint32_t SongRegister::new_song(std::string_view id, bool by_name) {
  Known known;
  known.id = id;
  known.by_name = by_name;
  known_.push_back(known);
  return size() - 1;
}

std::uint32_t SongRegister::by_id(std::string_view id) {
  const std::uint32_t number = ids_.intern(id);
  if (number == of_ids_.size()) of_ids_.push_back(new_song(ids_.text(number), false));
  return of_ids_[number];
}

std::uint32_t SongRegister::by_name(std::string_view artist, std::string_view title) {
  scratch_.assign(artist);
  scratch_ += '\0';
  scratch_ += title;
  const std::uint32_t spelt = spelt_names_.intern(scratch_);
  if (spelt < of_spelt_names_.size()) return of_spelt_names_[spelt];
  const std::string folded_artist = fold_name(artist);
  const std::string folded_title = fold_name(title);
  std::uint32_t song = kNone;
  if (!folded_artist.empty() && !folded_title.empty()) {
    const std::uint32_t number = folded_names_.intern(id_of_names(folded_artist, folded_title));
    if (number == of_folded_names_.size()) of_folded_names_.push_back(new_song(folded_names_.text(number), true));
    song = of_folded_names_[number];
  }
  of_spelt_names_.push_back(song);
  return song;
}

std::uint32_t SongRegister::add(const SongMention& song, std::span<const std::string_view> tags) {
  const std::uint32_t number = song.id.empty() ? by_name(song.artist, song.title) : by_id(song.id);
  if (number == kNone) return number;
  Known& known = known_[number];
  ++known.plays;
  count_spelling(number, song);
  const std::string_view listed = read_tags(tags);
  // Of several lists the first by its bytes, whichever row came first.
  if (!listed.empty() && (known.tags.empty() || listed < known.tags)) known.tags = texts_.keep(listed);
  return number;
}

std::uint32_t SongRegister::find(std::string_view id) const {
  const std::uint32_t number = ids_.find(id);
  if (number != Interner::kNone) return of_ids_[number];
  const std::uint32_t name = folded_names_.find(id);
  return name == Interner::kNone ? kNone : of_folded_names_[name];
}

// Most mentions of a song spell it the same: one comparison of hashes.
void SongRegister::count_spelling(std::uint32_t song, const SongMention& mention) {
  Known& known = known_[song];
  if (mention.title.empty() && mention.artist.empty() && mention.album.empty()) return;
  const std::uint32_t hash = hash_of(mention);
  if (known.texts == hash) {
    ++known.same_texts;
    return;
  }
  if (known.texts == 0) {
    known.texts = hash;
    known.same_texts = 1;
    known.title = texts_.keep(mention.title);
    known.artist = texts_.keep(mention.artist);
    known.album = texts_.keep(mention.album);
    return;
  }
  std::vector<Spelling>& others = spellings_[song];
  const auto found = std::ranges::find(others, hash, &Spelling::texts);
  if (found != others.end()) {
    ++found->times;
  } else {
    others.push_back({hash, 1, texts_.keep(mention.title), texts_.keep(mention.artist), texts_.keep(mention.album)});
  }
}

std::string_view SongRegister::read_tags(std::span<const std::string_view> tags) {
  scratch_.clear();
  const auto add = [&](std::string_view tag) {
    if (tag.empty()) return;
    if (!scratch_.empty()) scratch_ += '\0';
    scratch_ += tag;
  };
  if (tags.size() == 1) {
    split_tags(tags.front(), add);
  } else {
    for (const std::string_view tag : tags) add(trimmed(tag, kAroundTags));
  }
  return scratch_;
}

void SongRegister::describe(std::uint32_t song, const SongMention& texts, std::span<const std::string_view> tags) {
  Known& known = known_[song];
  const auto set = [&](unsigned bit, std::string_view& text, std::string_view found) {
    if (found.empty() || (known.by_file & bit) != 0) return;
    text = texts_.keep(found);
    known.by_file = static_cast<std::uint8_t>(known.by_file | bit);
  };
  set(1, known.title, texts.title);
  set(2, known.artist, texts.artist);
  set(4, known.album, texts.album);
  if ((known.by_file & 8) == 0 && !tags.empty()) {
    if (const std::string_view listed = read_tags(tags); !listed.empty()) {
      known.tags = texts_.keep(listed);
      known.by_file |= 8;
    }
  }
}

// The most frequent spelling, of equally frequent ones the first by its bytes; what it lacks comes from the others.
void SongRegister::settle_texts() {
  for (auto& [number, others] : spellings_) {
    Known& known = known_[number];
    if ((known.by_file & 7) == 7) continue;
    others.push_back({known.texts, known.same_texts, known.title, known.artist, known.album});
    std::ranges::sort(others, [](const Spelling& a, const Spelling& b) {
      return std::tuple(b.times, a.title, a.artist, a.album) < std::tuple(a.times, b.title, b.artist, b.album);
    });
    const auto settle = [&](unsigned bit, std::string_view& text, std::string_view Spelling::*of) {
      if ((known.by_file & bit) != 0) return;
      for (const Spelling& spelling : others) {
        text = spelling.*of;
        if (!text.empty()) return;
      }
    };
    settle(1, known.title, &Spelling::title);
    settle(2, known.artist, &Spelling::artist);
    settle(4, known.album, &Spelling::album);
  }
  spellings_.clear();
}

ResolvedSongs SongRegister::resolve(const SongRules& rules) {
  settle_texts();
  ResolvedSongs resolved;
  resolved.song_of.resize(known_.size());
  for (std::uint32_t song = 0; song < size(); ++song) resolved.song_of[song] = song;
  if (rules.meet && folded_names_.size() + ids_.size() > 0) meet(resolved);
  if (rules.merge_versions) merge_versions(resolved);
  share_texts(resolved);
  for (std::uint32_t song = 0; song < size(); ++song) {
    if (resolved.song_of[song] != song) continue;
    (known_[song].by_name ? resolved.by_name : resolved.with_id) += 1;
  }
  return resolved;
}

void SongRegister::meet(ResolvedSongs& resolved) const {
  // The songs with an id, by folded name; only where there are songs by name or ids of several kinds to meet.
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_folded;
  std::string first_kind;
  bool several_kinds = false;
  for (std::uint32_t song = 0; song < size(); ++song) {
    if (known_[song].by_name) continue;
    const std::string_view kind = kind_of(known_[song].id);
    if (first_kind.empty()) first_kind = std::string(kind) + "/";
    several_kinds = several_kinds || first_kind != std::string(kind) + "/";
  }
  if (folded_names_.size() == 0 && !several_kinds) return;
  for (std::uint32_t song = 0; song < size(); ++song) {
    const Known& known = known_[song];
    if (known.by_name || known.artist.empty() || known.title.empty()) continue;
    by_folded[id_of_names(fold_name(known.artist), fold_name(known.title))].push_back(song);
  }
  const auto more_played = [&](std::uint32_t a, std::uint32_t b) {
    return known_[a].plays != known_[b].plays ? known_[a].plays > known_[b].plays : known_[a].id < known_[b].id;
  };
  for (auto& [name, songs] : by_folded) {
    std::ranges::sort(songs, more_played);
    std::vector<std::pair<std::string_view, std::uint64_t>> kinds;
    for (const std::uint32_t song : songs) {
      const std::string_view kind = kind_of(known_[song].id);
      const auto found = std::ranges::find(kinds, kind, &std::pair<std::string_view, std::uint64_t>::first);
      if (found == kinds.end()) {
        kinds.emplace_back(kind, known_[song].plays);
      } else {
        found->second += known_[song].plays;
      }
    }
    const auto main = std::ranges::min_element(kinds, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    const auto target =
        std::ranges::find_if(songs, [&](std::uint32_t song) { return kind_of(known_[song].id) == main->first; });
    for (const std::uint32_t song : songs) {
      if (kind_of(known_[song].id) == main->first) continue;
      resolved.song_of[song] = *target;
      ++resolved.met;
    }
    const std::uint32_t named = folded_names_.find(name);
    if (named == Interner::kNone) continue;
    resolved.song_of[of_folded_names_[named]] = *target;
    ++resolved.met;
  }
}

void SongRegister::merge_versions(ResolvedSongs& resolved) const {
  std::unordered_map<std::string, std::vector<std::uint32_t>> editions;
  std::vector<std::uint64_t> plays(size());
  for (std::uint32_t song = 0; song < size(); ++song) plays[resolved.song_of[song]] += known_[song].plays;
  for (std::uint32_t song = 0; song < size(); ++song) {
    const Known& known = known_[song];
    if (resolved.song_of[song] != song || known.artist.empty() || known.title.empty()) continue;
    editions[fold_name(known.artist) + '\n' + edition_title(known.title)].push_back(song);
  }
  std::vector<std::pair<std::uint64_t, MergedSong>> merged;
  for (auto& [edition, songs] : editions) {
    if (songs.size() < 2) continue;
    std::ranges::sort(songs, [&](std::uint32_t a, std::uint32_t b) {
      return plays[a] != plays[b] ? plays[a] > plays[b] : known_[a].id < known_[b].id;
    });
    MergedSong shown{std::string(known_[songs[0]].title), std::string(known_[songs[0]].artist), {}};
    std::uint64_t all = 0;
    for (const std::uint32_t song : songs) {
      resolved.song_of[song] = songs[0];
      shown.ids.emplace_back(known_[song].id);
      all += plays[song];
    }
    resolved.versions += songs.size() - 1;
    merged.emplace_back(all, std::move(shown));
  }
  for (std::uint32_t& song : resolved.song_of) song = resolved.song_of[song];
  std::ranges::sort(merged, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second.ids < b.second.ids;
  });
  for (auto& [all, song] : merged) {
    if (resolved.merged.size() == kMostMergedShown) break;
    resolved.merged.push_back(std::move(song));
  }
}

// An album or tags that only some of the mentions of a song have are the song's. Those from a file come first; then the
// album of the mention played most and, as within a mention, the first tags by their bytes.
void SongRegister::share_texts(const ResolvedSongs& resolved) {
  std::vector<std::uint32_t> joined;
  for (std::uint32_t song = 0; song < size(); ++song) {
    if (resolved.song_of[song] != song) joined.push_back(song);
  }
  std::ranges::sort(joined, [&](std::uint32_t a, std::uint32_t b) {
    return known_[a].plays != known_[b].plays ? known_[a].plays > known_[b].plays : known_[a].id < known_[b].id;
  });
  for (const std::uint32_t song : joined) {
    const Known& from = known_[song];
    Known& to = known_[resolved.song_of[song]];
    const auto by_file = [](const Known& known, unsigned bit) { return (known.by_file & bit) != 0; };
    const auto share = [&](unsigned bit, std::string_view Known::*text, bool better) {
      if (by_file(to, bit) || (from.*text).empty()) return;
      if (!by_file(from, bit) && !better) return;
      to.*text = from.*text;
      to.by_file = static_cast<std::uint8_t>(to.by_file | (from.by_file & bit));
    };
    share(4, &Known::album, to.album.empty());
    share(8, &Known::tags, to.tags.empty() || from.tags < to.tags);
  }
}

Song SongRegister::song(std::uint32_t number) const {
  const Known& known = known_[number];
  return {known.id, known.title, known.artist, known.album, 0};
}

std::vector<std::string_view> SongRegister::tags(std::uint32_t number) const {
  std::vector<std::string_view> tags;
  for (std::string_view left = known_[number].tags; !left.empty();) {
    const std::size_t end = std::min(left.find('\0'), left.size());
    tags.push_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return tags;
}

}  // namespace segue::data
