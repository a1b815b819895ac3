// Finds artists, albums and tags by their names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"

namespace segue::search {

enum class GroupKind { artist, album, tag };

inline constexpr std::array<std::string_view, 3> kGroupKindNames = {"artist", "album", "tag"};
constexpr std::span<const std::string_view> names(GroupKind) {
  return kGroupKindNames;
}

// Songs that share a name.
struct SongGroup {
  std::string name;                  // "Miles Davis"; of an album "Miles Davis – Kind Of Blue"
  std::vector<data::SongRow> songs;  // ascending: the most played first
  std::uint64_t plays = 0;
};

// How a name matches, the best first.
enum class GroupMatch : std::uint8_t {
  spelt,   // exactly, but for case and white space
  folded,  // but for accents and punctuation too
  credit,  // of an artist: one of several names between commas
  words,   // the name has all the words
  none,
};

struct FoundGroups {
  GroupMatch match = GroupMatch::none;
  std::vector<SongGroup> groups;  // those that match so, the most played first

  // Whether the whole name was typed.
  bool is_exact() const { return match < GroupMatch::words; }
};

// An artist is a whole credit: others' songs with the artist count only if no song is credited to it alone. An album is
// named by its title, or by "ARTIST - TITLE"; albums of one title by several artists are several groups. Scans the
// catalogue and folds each name once: about 0.3 s for a million songs. Thread safe.
FoundGroups find_groups(const data::Catalogue& songs, GroupKind kind, std::string_view typed);

// The name of such a group that is spelt most like `typed`, for messages: " (did you mean X?)" or "".
std::string nearest_group(const data::Catalogue& songs, GroupKind kind, std::string_view typed);

// "Miles Davis – Kind Of Blue"; "" without an album.
std::string album_name(const data::Song& song);

// Whether all words of the one text are whole words of the other. Both are folded, their words separated by spaces.
bool has_words(std::string_view folded, std::string_view words);

}  // namespace segue::search
