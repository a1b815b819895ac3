#include "segue/data/dataset/song_register.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "segue/base/ascii.h"
#include "segue/base/digest.h"
#include "segue/base/text_hash.h"
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

bool is_uuid(std::string_view id) {
  if (id.size() != 36) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f') || (id[i] >= 'A' && id[i] <= 'F');
    if (dash ? id[i] != '-' : !hex) return false;
  }
  return true;
}

// Who gave the id: ids of one kind tell recordings apart, those of two kinds may name the same.
std::string_view kind_of(std::string_view id) {
  if (is_uuid(id)) return "mbid";
  const std::size_t colon = id.find(':');
  constexpr std::size_t kMostLetters = 16;  // a longer "kind" is text with a colon in it
  return colon > kMostLetters ? std::string_view{} : id.substr(0, colon);
}

}  // namespace

std::uint64_t SongRegister::bytes() const {
  return texts_.bytes() + known_.bytes() + ids_.bytes() + folded_names_.bytes() + spelt_.bytes() +
         spelt_names_.bytes() + tags_.capacity() * sizeof(Ref);
}

SongRegister::Hashes SongRegister::hashes_of(const SongMention& song) {
  Hashes hashes;
  const std::uint64_t names = hash_text(song.title, hash_text(song.artist));
  hashes.key = song.id.empty() ? names : hash_text(song.id);
  if (song.title.empty() && song.artist.empty() && song.album.empty()) return hashes;
  hashes.texts = (song.album.empty() ? names : hash_text(song.album, names)) | 1;
  return hashes;
}

std::uint32_t SongRegister::find(const TextIndex& index, std::string_view id, std::uint64_t hash) const {
  return index.find(hash, [&](std::uint32_t song) { return this->id(song) == id; });
}

std::uint32_t SongRegister::find(std::string_view id) const {
  const std::uint64_t hash = hash_text(id);
  const std::uint32_t song = find(ids_, id, hash);
  return song != kNone ? song : find(folded_names_, id, hash);
}

std::uint32_t SongRegister::new_song(TextIndex& index, std::string_view id, std::uint64_t hash, bool by_name) {
  const std::uint32_t song = size();
  index.insert(hash, song);
  Known known;
  known.id = texts_.keep(id);
  known.by_name = by_name;
  known_.push_back(known);
  return song;
}

std::uint32_t SongRegister::by_id(std::string_view id, std::uint64_t hash) {
  const std::uint32_t song = find(ids_, id, hash);
  return song != kNone ? song : new_song(ids_, id, hash, false);
}

std::uint32_t SongRegister::by_folded_name(std::string_view artist, std::string_view title) {
  const std::string folded_artist = fold_name(artist);
  const std::string folded_title = fold_name(title);
  if (folded_artist.empty() || folded_title.empty()) return kNone;
  const std::string id = id_of_names(folded_artist, folded_title);
  const std::uint64_t hash = hash_text(id);
  const std::uint32_t song = find(folded_names_, id, hash);
  return song != kNone ? song : new_song(folded_names_, id, hash, true);
}

bool SongRegister::is_spelt(const SpeltName& name, const SongMention& song) const {
  const std::string_view text = texts_.view(name.text);
  return name.artist_size == song.artist.size() && text.size() == song.artist.size() + 1 + song.title.size() &&
         text.starts_with(song.artist) && text.ends_with(song.title);
}

// Folding takes a hundred times as long as finding a spelling seen before.
std::uint32_t SongRegister::by_name(const SongMention& song, std::uint64_t hash) {
  const std::uint32_t known =
      spelt_.find(hash, [&](std::uint32_t number) { return is_spelt(spelt_names_[number], song); });
  if (known != kNone) return known;
  scratch_.assign(song.artist);
  scratch_ += '\0';
  scratch_ += song.title;
  const auto number = static_cast<std::uint32_t>(spelt_names_.size());
  spelt_.insert(hash, number);
  spelt_names_.push_back(
      {texts_.keep(scratch_), static_cast<std::uint32_t>(song.artist.size()), by_folded_name(song.artist, song.title)});
  return number;
}

std::uint32_t SongRegister::add(const SongMention& song, std::span<const std::string_view> tags) {
  return add(song, tags, hashes_of(song));
}

std::uint32_t SongRegister::add(const SongMention& song, std::span<const std::string_view> tags, const Hashes& hashes) {
  const SpeltName* name = song.id.empty() ? &spelt_names_[by_name(song, hashes.key)] : nullptr;
  const std::uint32_t number = name != nullptr ? name->song : by_id(song.id, hashes.key);
  if (number == kNone) return number;
  ++known_[number].plays;
  count_spelling(number, song, hashes.texts, name);
  if (!tags.empty()) keep_tags(number, read_tags(tags));
  return number;
}

void SongRegister::add_all(std::span<const Listen> listens, std::vector<std::uint32_t>& numbers) {
  constexpr std::size_t kGroup = 32;
  std::array<Hashes, kGroup> hashes;
  while (!listens.empty()) {
    const std::span<const Listen> group = listens.first(std::min(kGroup, listens.size()));
    listens = listens.subspan(group.size());
    const auto for_each_likely = [&](auto visit) {
      for (std::size_t i = 0; i < group.size(); ++i) {
        const bool has_id = !group[i].song.id.empty();
        const std::uint32_t number = (has_id ? ids_ : spelt_).likely(hashes[i].key);
        if (number != kNone) visit(has_id, number);
      }
    };
    for (std::size_t i = 0; i < group.size(); ++i) {
      hashes[i] = hashes_of(group[i].song);
      (group[i].song.id.empty() ? spelt_ : ids_).prefetch(hashes[i].key);
    }
    for_each_likely([&](bool has_id, std::uint32_t number) {
      __builtin_prefetch(has_id ? static_cast<const void*>(&known_[number]) : &spelt_names_[number]);
    });
    for_each_likely([&](bool has_id, std::uint32_t number) {
      texts_.prefetch(has_id ? known_[number].id : spelt_names_[number].text);
      if (!has_id && spelt_names_[number].song != kNone) __builtin_prefetch(&known_[spelt_names_[number].song]);
    });
    for (std::size_t i = 0; i < group.size(); ++i) numbers.push_back(add(group[i].song, group[i].tags, hashes[i]));
  }
}

SongRegister::Spelling SongRegister::kept_spelling(const SongMention& mention, std::uint64_t hash,
                                                   const SpeltName* name) {
  Spelling spelling{hash, 1, {}, {}, texts_.keep(mention.album)};
  if (name != nullptr && texts_.view(name->text).size() <= TextStore::kMostToDivide) {
    spelling.artist = TextStore::part(name->text, 0, mention.artist.size());
    spelling.title = TextStore::part(name->text, mention.artist.size() + 1, mention.title.size());
  } else {
    spelling.artist = texts_.keep(mention.artist);
    spelling.title = texts_.keep(mention.title);
  }
  return spelling;
}

// Most mentions of a song spell it the same: one comparison of hashes.
void SongRegister::count_spelling(std::uint32_t song, const SongMention& mention, std::uint64_t hash,
                                  const SpeltName* name) {
  Known& known = known_[song];
  if (hash == 0) return;
  if (known.texts == hash) {
    ++known.same_texts;
    return;
  }
  if (known.texts == 0) {
    const Spelling first = kept_spelling(mention, hash, name);
    known.texts = hash;
    known.same_texts = 1;
    known.title = first.title;
    known.artist = first.artist;
    known.album = first.album;
    return;
  }
  std::vector<Spelling>& others = spellings_[song];
  const auto found = std::ranges::find(others, hash, &Spelling::texts);
  if (found != others.end()) {
    ++found->times;
  } else {
    others.push_back(kept_spelling(mention, hash, name));
  }
}

// Of several lists the first by its bytes, whichever row came first.
void SongRegister::keep_tags(std::uint32_t song, std::string_view listed) {
  if (listed.empty()) return;
  if (tags_.size() <= song) tags_.resize(std::size_t{song} + 1);
  if (tags_[song] == Ref{} || listed < texts_.view(tags_[song])) tags_[song] = texts_.keep(listed);
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
  const auto set = [&](unsigned bit, Ref& text, std::string_view found) {
    if (found.empty() || (known.by_file & bit) != 0) return;
    text = texts_.keep(found);
    known.by_file = static_cast<std::uint8_t>(known.by_file | bit);
  };
  set(1, known.title, texts.title);
  set(2, known.artist, texts.artist);
  set(4, known.album, texts.album);
  if ((known.by_file & 8) == 0 && !tags.empty()) {
    if (const std::string_view listed = read_tags(tags); !listed.empty()) {
      if (tags_.size() <= song) tags_.resize(std::size_t{song} + 1);
      tags_[song] = texts_.keep(listed);
      known.by_file |= 8;
    }
  }
}

// The most frequent spelling, of equally frequent ones the first by its bytes; what it lacks comes from the others.
void SongRegister::settle_texts() {
  const auto order = [this](const Spelling& spelling) {
    return std::tuple(texts_.view(spelling.title), texts_.view(spelling.artist), texts_.view(spelling.album));
  };
  for (auto& [number, others] : spellings_) {
    Known& known = known_[number];
    if ((known.by_file & 7) == 7) continue;
    others.push_back({known.texts, known.same_texts, known.title, known.artist, known.album});
    std::ranges::sort(others, [&](const Spelling& a, const Spelling& b) {
      return a.times != b.times ? a.times > b.times : order(a) < order(b);
    });
    const auto settle = [&](unsigned bit, Ref& text, Ref Spelling::*of) {
      if ((known.by_file & bit) != 0) return;
      for (const Spelling& spelling : others) {
        text = spelling.*of;
        if (text != Ref{}) return;
      }
    };
    settle(1, known.title, &Spelling::title);
    settle(2, known.artist, &Spelling::artist);
    settle(4, known.album, &Spelling::album);
  }
}

ResolvedSongs SongRegister::resolve(const SongRules& rules) {
  settle_texts();
  spellings_.clear();
  spelt_ = TextIndex();
  spelt_names_ = {};
  ResolvedSongs resolved;
  resolved.song_of.resize(known_.size());
  for (std::uint32_t song = 0; song < size(); ++song) resolved.song_of[song] = song;
  if (rules.meet && has_songs_to_meet()) meet(resolved);
  if (rules.merge_versions) merge_versions(resolved);
  for (std::uint32_t song = 0; song < size(); ++song) {
    if (resolved.song_of[song] != song) continue;
    (known_[song].by_name ? resolved.by_name : resolved.with_id) += 1;
  }
  return resolved;
}

// Songs by name and songs with an id, or ids of several kinds.
bool SongRegister::has_songs_to_meet() const {
  std::optional<std::string_view> kind;
  bool any_by_name = false;
  for (std::uint32_t song = 0; song < size(); ++song) {
    if (known_[song].by_name) {
      any_by_name = true;
    } else if (!kind) {
      kind = kind_of(id(song));
    } else if (*kind != kind_of(id(song))) {
      return true;
    }
    if (any_by_name && kind) return true;
  }
  return false;
}

std::string SongRegister::folded_name(std::uint32_t song) const {
  return id_of_names(fold_name(artist(song)), fold_name(title(song)));
}

void SongRegister::meet(ResolvedSongs& resolved) const {
  // Songs with an id in groups of one hash of their folded names, which take too much memory to be kept.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> named;
  for (std::uint32_t song = 0; song < size(); ++song) {
    const Known& known = known_[song];
    if (known.by_name || known.artist == Ref{} || known.title == Ref{}) continue;
    named.emplace_back(hash_text(folded_name(song)), song);
  }
  std::ranges::sort(named);
  std::map<std::string, std::vector<std::uint32_t>> names;  // of one hash: nearly always one
  for (std::size_t begin = 0, end = 0; begin < named.size(); begin = end) {
    while (end < named.size() && named[end].first == named[begin].first) ++end;
    names.clear();
    for (std::size_t i = begin; i < end; ++i) names[folded_name(named[i].second)].push_back(named[i].second);
    for (auto& [name, songs] : names) meet(songs, find(folded_names_, name, named[begin].first), resolved);
  }
}

// `songs` have one name, and so has the song without an id, which may be kNone.
void SongRegister::meet(std::vector<std::uint32_t>& songs, std::uint32_t by_name, ResolvedSongs& resolved) const {
  const auto kind = [this](std::uint32_t song) { return kind_of(id(song)); };
  std::ranges::sort(songs, [this](std::uint32_t a, std::uint32_t b) {
    return known_[a].plays != known_[b].plays ? known_[a].plays > known_[b].plays : id(a) < id(b);
  });
  std::map<std::string_view, std::uint64_t> plays_of_kinds;
  for (const std::uint32_t song : songs) plays_of_kinds[kind(song)] += known_[song].plays;
  // The first of those played most.
  const std::string_view main =
      std::ranges::max_element(plays_of_kinds, {}, &std::pair<const std::string_view, std::uint64_t>::second)->first;
  const std::uint32_t target = *std::ranges::find(songs, main, kind);
  for (const std::uint32_t song : songs) {
    if (kind(song) == main) continue;
    resolved.song_of[song] = target;
    ++resolved.met;
  }
  if (by_name == kNone) return;
  resolved.song_of[by_name] = target;
  ++resolved.met;
}

void SongRegister::merge_versions(ResolvedSongs& resolved) const {
  std::unordered_map<std::string, std::vector<std::uint32_t>> editions;
  std::vector<std::uint64_t> plays(size());
  for (std::uint32_t song = 0; song < size(); ++song) plays[resolved.song_of[song]] += known_[song].plays;
  for (std::uint32_t song = 0; song < size(); ++song) {
    const Known& known = known_[song];
    if (resolved.song_of[song] != song || known.artist == Ref{} || known.title == Ref{}) continue;
    editions[fold_name(artist(song)) + '\n' + edition_title(title(song))].push_back(song);
  }
  std::vector<std::pair<std::uint64_t, MergedSong>> merged;
  for (auto& [edition, songs] : editions) {
    if (songs.size() < 2) continue;
    std::ranges::sort(songs, [&](std::uint32_t a, std::uint32_t b) {
      return plays[a] != plays[b] ? plays[a] > plays[b] : id(a) < id(b);
    });
    MergedSong shown{std::string(title(songs[0])), std::string(artist(songs[0])), {}};
    std::uint64_t all = 0;
    for (const std::uint32_t song : songs) {
      resolved.song_of[song] = songs[0];
      shown.ids.emplace_back(id(song));
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

Song SongRegister::song(std::uint32_t number) const {
  const Known& known = known_[number];
  return {texts_.view(known.id), texts_.view(known.title), texts_.view(known.artist), texts_.view(known.album), 0};
}

std::vector<std::string_view> SongRegister::tags(std::uint32_t number) const {
  std::vector<std::string_view> tags;
  if (number >= tags_.size()) return tags;
  for (std::string_view left = texts_.view(tags_[number]); !left.empty();) {
    const std::size_t end = std::min(left.find('\0'), left.size());
    tags.push_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return tags;
}

}  // namespace segue::data
