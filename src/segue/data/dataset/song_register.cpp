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

// As a number that compares like the text.
std::uint64_t first_bytes(std::string_view text) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) {
    number = number << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  }
  return number;
}

}  // namespace

std::uint64_t SongRegister::bytes() const {
  return texts_.bytes() + ids_.bytes() + folded_names_.bytes() + spelt_names_.bytes() + spelt_places_.bytes() +
         known_.bytes() + tags_.capacity() * sizeof(Ref);
}

SongRegister::Hashes SongRegister::hashes_of(const SongMention& song) {
  Hashes hashes;
  const std::uint64_t names = hash_text(song.title, hash_text(song.artist));
  hashes.key = song.id.empty() ? names : hash_text(song.id);
  if (song.title.empty() && song.artist.empty() && song.album.empty()) return hashes;
  hashes.texts = (song.album.empty() ? names : hash_text(song.album, names)) | 1;
  return hashes;
}

std::uint32_t SongRegister::find(std::string_view id) const {
  const std::uint64_t hash = hash_text(id);
  for (const TextTable<std::uint32_t>* table : {&ids_, &folded_names_}) {
    if (const Place place = table->find(id, hash); place != kNone) return table->value(place);
  }
  return kNone;
}

std::uint32_t SongRegister::new_song(TextTable<std::uint32_t>& table, std::string_view id, std::uint64_t hash,
                                     bool by_name) {
  const std::uint32_t song = size();
  Known known;
  known.id = table.insert(id, hash, song);
  known.by_name = by_name;
  known_.push_back(known);
  return song;
}

std::uint32_t SongRegister::by_id(std::string_view id, std::uint64_t hash) {
  const Place known = ids_.find(id, hash);
  return known != kNone ? ids_.value(known) : new_song(ids_, id, hash, false);
}

std::string id_of_song(std::string_view artist, std::string_view title) {
  const std::string folded_artist = fold_name(artist);
  const std::string folded_title = fold_name(title);
  if (folded_artist.empty() || folded_title.empty()) return "";
  return id_of_names(folded_artist, folded_title);
}

std::uint32_t SongRegister::by_folded_name(std::string_view artist, std::string_view title) {
  const std::string id = id_of_song(artist, title);
  if (id.empty()) return kNone;
  const std::uint64_t hash = hash_text(id);
  const Place known = folded_names_.find(id, hash);
  return known != kNone ? folded_names_.value(known) : new_song(folded_names_, id, hash, true);
}

bool SongRegister::is_spelt(Place name, const SongMention& song) const {
  const std::string_view text = spelt_names_.text(name);
  return spelt_names_.value(name).artist_size == song.artist.size() &&
         text.size() == song.artist.size() + 1 + song.title.size() && text.starts_with(song.artist) &&
         text.ends_with(song.title);
}

// Folding takes a hundred times as long as finding a spelling seen before.
TextStore::Place SongRegister::by_name(const SongMention& song, std::uint64_t hash) {
  const Place known = spelt_names_.find(hash, [&](Place name) { return is_spelt(name, song); });
  if (known != kNone) return known;
  SpeltName name;
  name.song = by_folded_name(song.artist, song.title);
  name.artist_size = static_cast<std::uint32_t>(song.artist.size());
  scratch_.assign(song.artist);
  scratch_ += '\0';
  scratch_ += song.title;
  const Place place = spelt_names_.insert(scratch_, hash, name);
  spelt_places_.push_back(place);
  return place;
}

std::uint32_t SongRegister::add(const SongMention& song, std::span<const std::string_view> tags, std::uint64_t plays) {
  return add(song, tags, hashes_of(song), plays);
}

std::uint32_t SongRegister::add(const SongMention& song, std::span<const std::string_view> tags, const Hashes& hashes,
                                std::uint64_t plays) {
  std::uint32_t number = kNone;
  if (song.id.empty()) {
    SpeltName& name = spelt_names_.value(by_name(song, hashes.key));
    number = name.song;
    if (number == kNone) return number;
    // Counted without a look at the song, which would be another wait for memory.
    if (song.album.empty()) {
      name.times += plays;
    } else {
      count_spelling(number, song, hashes.texts, plays);
    }
  } else {
    number = by_id(song.id, hashes.key);
    count_spelling(number, song, hashes.texts, plays);
  }
  mentions_ += plays;
  if (!tags.empty()) keep_tags(number, read_tags(tags));
  return number;
}

std::uint32_t SongRegister::add_song(const Song& song, std::span<const std::string_view> tags) {
  const bool by_name = song.id == id_of_names(fold_name(song.artist), fold_name(song.title));
  const std::uint32_t number = add({by_name ? std::string_view() : song.id, song.title, song.artist, song.album}, tags);
  if (number != kNone && song.plays > 0) known_[number].plays += song.plays - 1;
  return number;
}

void SongRegister::add_all(std::span<const Listen> listens, std::vector<std::uint32_t>& numbers) {
  constexpr std::size_t kGroup = 32;
  std::array<Hashes, kGroup> hashes;
  while (!listens.empty()) {
    const std::span<const Listen> group = listens.first(std::min(kGroup, listens.size()));
    listens = listens.subspan(group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
      hashes[i] = hashes_of(group[i].song);
      group[i].song.id.empty() ? spelt_names_.prefetch(hashes[i].key) : ids_.prefetch(hashes[i].key);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      group[i].song.id.empty() ? spelt_names_.likely(hashes[i].key) : ids_.likely(hashes[i].key);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i].song.id.empty()) continue;
      const Place place = ids_.likely(hashes[i].key);
      if (place != kNone) __builtin_prefetch(&known_[ids_.value(place)]);
    }
    for (std::size_t i = 0; i < group.size(); ++i) numbers.push_back(add(group[i].song, group[i].tags, hashes[i], 1));
  }
}

// Counts plays of the song. Most mentions of a song spell it the same: one comparison of hashes.
void SongRegister::count_spelling(std::uint32_t song, const SongMention& mention, std::uint64_t hash,
                                  std::uint64_t plays) {
  Known& known = known_[song];
  known.plays += plays;
  if (hash == 0) return;
  if (known.texts == hash) {
    known.same_texts += plays;
    return;
  }
  if (known.texts != 0) {
    std::vector<Spelling>& others = spellings_[song];
    const auto found = std::ranges::find(others, hash, &Spelling::texts);
    if (found != others.end()) {
      found->times += plays;
      return;
    }
  }
  add_spelling(song,
               {hash, plays, texts_.keep(mention.title), texts_.keep(mention.artist), texts_.keep(mention.album)});
}

void SongRegister::add_spelling(std::uint32_t song, const Spelling& spelling) {
  Known& known = known_[song];
  if (known.texts != 0) {
    spellings_[song].push_back(spelling);
    return;
  }
  known.texts = spelling.texts;
  known.same_texts = spelling.times;
  if ((known.by_file & 1) == 0) known.title = spelling.title;
  if ((known.by_file & 2) == 0) known.artist = spelling.artist;
  if ((known.by_file & 4) == 0) known.album = spelling.album;
}

SongRegister::Spelling SongRegister::spelling_of(Place name) {
  const SpeltName& spelt = spelt_names_.value(name);
  const std::string_view text = spelt_names_.text(name);
  const std::size_t title_at = std::size_t{spelt.artist_size} + 1;
  Spelling spelling;
  spelling.texts = 1;  // some
  spelling.times = spelt.times;
  constexpr std::size_t kTextAt = TextTable<SpeltName>::kTextAt;
  if (kTextAt + text.size() <= TextStore::kMostToDivide) {
    spelling.artist = TextStore::part(name, kTextAt, spelt.artist_size);
    spelling.title = TextStore::part(name, kTextAt + title_at, text.size() - title_at);
  } else {
    spelling.artist = texts_.keep(text.substr(0, spelt.artist_size));
    spelling.title = texts_.keep(text.substr(title_at));
  }
  return spelling;
}

void SongRegister::count_spelt_names() {
  for (std::size_t i = 0; i < spelt_places_.size(); ++i) {
    const SpeltName& name = spelt_names_.value(spelt_places_[i]);
    if (name.times == 0 || name.song == kNone) continue;
    known_[name.song].plays += name.times;
    add_spelling(name.song, spelling_of(spelt_places_[i]));
  }
  spelt_names_.forget_index();
  spelt_places_ = {};
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

void SongRegister::describe(const SongDescription& song) {
  if (const std::uint32_t number = find(song.song.id); number != kNone) describe(number, song.song, song.tags);
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
  count_spelt_names();
  settle_texts();
  spellings_.clear();
  ResolvedSongs resolved;
  resolved.song_of.resize(known_.size());
  for (std::uint32_t song = 0; song < size(); ++song) resolved.song_of[song] = song;
  if (rules.meet && has_songs_to_meet()) meet(resolved);
  if (rules.merge_versions) merge_versions(resolved);
  share_texts(resolved);
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
    for (auto& [name, songs] : names) {
      const Place by_name = folded_names_.find(name, named[begin].first);
      meet(songs, by_name == kNone ? kNone : folded_names_.value(by_name), resolved);
    }
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

// An album or tags that only some of the mentions of a song have are the song's. Those from a file come first; then the
// album of the mention played most and, as within a mention, the first tags by their bytes.
void SongRegister::share_texts(const ResolvedSongs& resolved) {
  std::vector<std::uint32_t> joined;
  for (std::uint32_t song = 0; song < size(); ++song) {
    if (resolved.song_of[song] != song) joined.push_back(song);
  }
  std::ranges::sort(joined, [&](std::uint32_t a, std::uint32_t b) {
    return known_[a].plays != known_[b].plays ? known_[a].plays > known_[b].plays : id(a) < id(b);
  });
  const auto tags_of = [&](std::uint32_t song) {
    return song < tags_.size() ? texts_.view(tags_[song]) : std::string_view();
  };
  for (const std::uint32_t song : joined) {
    const std::uint32_t target = resolved.song_of[song];
    const Known& from = known_[song];
    Known& to = known_[target];
    const auto takes = [&](unsigned bit, std::string_view text, bool better) {
      if ((to.by_file & bit) != 0 || text.empty()) return false;
      to.by_file = static_cast<std::uint8_t>(to.by_file | (from.by_file & bit));
      return better || (from.by_file & bit) != 0;
    };
    if (takes(4, texts_.view(from.album), texts_.view(to.album).empty())) to.album = from.album;
    const std::string_view tags = tags_of(song);
    if (takes(8, tags, tags_of(target).empty() || tags < tags_of(target))) {
      if (tags_.size() <= target) tags_.resize(std::size_t{target} + 1);
      tags_[target] = tags_[song];
    }
  }
}

void SongRegister::prefetch(std::span<const std::uint32_t> songs) const {
  for (const std::uint32_t song : songs) __builtin_prefetch(&known_[song]);
  for (const std::uint32_t song : songs) {
    __builtin_prefetch(ids_.text(known_[song].id).data());
    for (const Ref& text : {known_[song].title, known_[song].artist, known_[song].album}) {
      __builtin_prefetch(texts_.view(text).data());
    }
  }
}

std::uint64_t SongRegister::write(const std::filesystem::path& songs_arrow, std::span<const std::uint32_t> order,
                                  const std::vector<std::uint64_t>& plays) const {
  constexpr std::size_t kSongsAtOnce = 64;
  std::uint64_t titled = 0;
  CatalogueWriter writer(songs_arrow);
  for (std::size_t begin = 0; begin < order.size(); begin += kSongsAtOnce) {
    const std::span<const std::uint32_t> piece = order.subspan(begin, std::min(kSongsAtOnce, order.size() - begin));
    prefetch(piece);
    for (const std::uint32_t number : piece) {
      Song one = song(number);
      one.plays = plays[number];
      if (!one.title.empty()) ++titled;
      writer.add(one, tags(number));
    }
  }
  writer.close();
  return titled;
}

Song SongRegister::song(std::uint32_t number) const {
  const Known& known = known_[number];
  return {id(number), texts_.view(known.title), texts_.view(known.artist), texts_.view(known.album), 0};
}

std::vector<std::uint32_t> SongRegister::in_order(const std::vector<std::uint64_t>& plays) const {
  // Most songs are played a few times, so most comparisons are of ids: their first bytes as a number decide nearly all.
  struct Ordered {
    std::uint64_t plays;
    std::uint64_t first_bytes;
    std::uint32_t song;
  };
  std::vector<Ordered> played;
  for (std::uint32_t song = 0; song < plays.size(); ++song) {
    if (plays[song] > 0) played.push_back({plays[song], first_bytes(id(song)), song});
  }
  std::ranges::sort(played, [this](const Ordered& a, const Ordered& b) {
    if (a.plays != b.plays) return a.plays > b.plays;
    if (a.first_bytes != b.first_bytes) return a.first_bytes < b.first_bytes;
    return id(a.song) < id(b.song);
  });
  std::vector<std::uint32_t> order;
  order.reserve(played.size());
  for (const Ordered& one : played) order.push_back(one.song);
  return order;
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
