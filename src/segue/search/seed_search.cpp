#include "segue/search/seed_search.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

#include "segue/base/error.h"

namespace segue::search {

namespace {

constexpr std::size_t kListed = 5;

// Words with what they may say besides a name.
struct Words {
  std::optional<GroupKind> kind;
  std::string_view name;  // without prefix and weight
  std::optional<double> weight;
};

std::optional<GroupKind> prefix_of(std::string_view typed) {
  for (const GroupKind kind : {GroupKind::artist, GroupKind::album, GroupKind::tag}) {
    const std::string_view name = kGroupKindNames[static_cast<std::size_t>(kind)];
    if (typed.starts_with(name) && typed.substr(name.size()).starts_with(':')) return kind;
  }
  return std::nullopt;
}

Words without_prefix(std::string_view typed) {
  Words words{.kind = prefix_of(typed), .name = typed, .weight = std::nullopt};
  if (words.kind) words.name.remove_prefix(kGroupKindNames[static_cast<std::size_t>(*words.kind)].size() + 1);
  return words;
}

// The same words without ":NUMBER" at their end; nothing if they do not end so.
std::optional<Words> without_weight(Words words) {
  const std::size_t colon = words.name.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view text = words.name.substr(colon + 1);
  double weight = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  words.name = words.name.substr(0, colon);
  words.weight = error == std::errc() ? weight : kMostSeedWeight * 2;  // too large for a number is too large
  return words;
}

std::optional<FoundSeed> group_seed(const data::Catalogue& songs, const Words& words, GroupKind kind, bool exactly) {
  FoundGroups found = find_groups(songs, kind, words.name);
  if (found.match == GroupMatch::none || (exactly && !found.is_exact())) return std::nullopt;
  return FoundSeed{.songs = {}, .kind = kind, .groups = std::move(found.groups), .weight = words.weight};
}

std::optional<FoundSeed> song_seed(const data::Catalogue& songs, const Words& words, bool exactly) {
  FoundSongs found = match_songs(songs, words.name, kListed);
  if (found.match == SongMatch::none || (exactly && found.match == SongMatch::words)) return std::nullopt;
  return FoundSeed{.songs = std::move(found), .kind = std::nullopt, .groups = {}, .weight = words.weight};
}

std::optional<FoundSeed> by_name(const data::Catalogue& songs, const Words& words) {
  if (words.kind) return group_seed(songs, words, *words.kind, true);
  if (auto song = song_seed(songs, words, true)) return song;
  return group_seed(songs, words, GroupKind::artist, true);
}

std::optional<FoundSeed> by_words(const data::Catalogue& songs, const Words& words) {
  return words.kind ? group_seed(songs, words, *words.kind, false) : song_seed(songs, words, false);
}

void check_weight(std::string_view typed, const FoundSeed& found) {
  if (!found.weight || (*found.weight > 0 && *found.weight <= kMostSeedWeight)) return;
  fail(ErrorCode::wrong_use, "\"{}\": expected a weight above 0 and at most {}, found {}", typed, kMostSeedWeight,
       typed.substr(typed.rfind(':') + 1));
}

[[noreturn]] void fail_unknown(const data::Catalogue& songs, std::string_view typed, const Words& words) {
  if (words.kind) {
    fail(ErrorCode::not_found, "\"{}\": no such {}{}", typed, kGroupKindNames[static_cast<std::size_t>(*words.kind)],
         nearest_group(songs, *words.kind, words.name));
  }
  std::string nearest;
  for (const data::SongRow row : nearest_songs(songs, typed, kListed)) {
    nearest += fmt::format("{}{} [{}]", nearest.empty() ? "; the nearest songs are " : "; ", songs.song(row).display(),
                           songs.id(row));
  }
  fail(ErrorCode::not_found, "\"{}\": no such song or artist{}{}", typed,
       nearest_group(songs, GroupKind::artist, typed), nearest);
}

}  // namespace

std::vector<data::SongRow> FoundSeed::rows() const {
  if (is_group()) return group().songs;
  return {songs.songs.front()};
}

FoundSeed find_seed(const data::Catalogue& songs, std::string_view typed) {
  const Words whole = without_prefix(typed);
  std::optional<FoundSeed> found;
  if (whole.kind) found = song_seed(songs, {.kind = std::nullopt, .name = typed, .weight = std::nullopt}, true);
  const std::optional<Words> weighted = without_weight(whole);
  if (!found) found = by_name(songs, whole);
  if (!found && weighted) found = by_name(songs, *weighted);
  if (!found) found = by_words(songs, whole);
  if (!found && weighted) found = by_words(songs, *weighted);
  if (!found) fail_unknown(songs, typed, weighted ? *weighted : whole);
  check_weight(typed, *found);
  return *std::move(found);
}

}  // namespace segue::search
