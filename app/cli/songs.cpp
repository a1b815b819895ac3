#include "app/cli/songs.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "segue/base/words.h"
#include "segue/search/group_search.h"

namespace segue::cli {

namespace {

constexpr std::size_t kListed = 5;

std::string list_of(const data::Catalogue& songs, const std::vector<std::uint32_t>& rows) {
  std::vector<std::string> texts;
  for (const std::uint32_t row : rows) texts.push_back(fmt::format("{} [{}]", song_text(songs, row), songs.id(row)));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string_view kind_name(const recommend::TypedSeed& seed) {
  return search::kGroupKindNames[static_cast<std::size_t>(*seed.found.kind)];
}

// An id needs no explanation.
bool needs_note(const recommend::TypedSeed& seed) {
  return seed.found.is_group() || seed.found.weight || seed.found.songs.match != search::SongMatch::id;
}

// "Björk – Jóga [id]"; "the artist Björk: the 20 most played of 31 songs, with weight 2"
std::string taken_as(const data::Catalogue& songs, const recommend::TypedSeed& seed) {
  std::string text;
  if (!seed.found.is_group()) {
    text = list_of(songs, seed.found.rows());
  } else {
    const std::size_t all = seed.found.group().songs.size();
    const std::size_t used = seed.seed.songs.size();
    text = fmt::format("the {} {}: {}", kind_name(seed), for_terminal(seed.found.group().name),
                       used < all ? fmt::format("the {} most played of {} songs", used, with_commas(all))
                       : all == 1 ? "1 song"
                                  : fmt::format("{} songs", all));
  }
  if (seed.found.weight) text += fmt::format(", with weight {}", *seed.found.weight);
  return text;
}

// For a song of the name of an artist, who may be meant.
std::string artist_hint(const data::Catalogue& songs, const recommend::TypedSeed& seed) {
  if (seed.found.is_group() || seed.found.songs.match != search::SongMatch::name) return "";
  const search::FoundGroups artists = search::find_groups(songs, search::GroupKind::artist, seed.typed);
  return artists.is_exact() ? fmt::format("; the artist is artist:{}", for_terminal(artists.groups.front().name)) : "";
}

// What matches as well as the song or group taken.
void note_matches(const data::Catalogue& songs, const recommend::TypedSeed& seed, Terminal& terminal) {
  const search::FoundSongs& found = seed.found.songs;
  const std::vector<search::SongGroup>& groups = seed.found.groups;
  if (found.equally_good > 1) {
    const std::size_t listed = std::min({found.equally_good, found.songs.size(), kListed});
    terminal.note(fmt::format("\"{}\": {} songs match equally well: {}{}", seed.typed, with_commas(found.equally_good),
                              list_of(songs, {found.songs.begin(), found.songs.begin() + static_cast<long>(listed)}),
                              listed < found.equally_good ? "; ..." : ""));
  }
  if (groups.size() > 1) {
    std::vector<std::string> names;
    for (const search::SongGroup& group : std::span(groups).first(std::min(groups.size(), kListed))) {
      names.push_back(for_terminal(group.name));
    }
    terminal.note(fmt::format("\"{}\": {} {}s match: {}{}", seed.typed, with_commas(groups.size()), kind_name(seed),
                              fmt::join(names, "; "), groups.size() > kListed ? "; ..." : ""));
  }
}

}  // namespace

std::vector<recommend::TypedSeed> resolve_seeds(const model::Model& model, std::span<const std::string> typed,
                                                Terminal& terminal) {
  std::vector<recommend::TypedSeed> seeds;
  for (const std::string& one : typed) {
    seeds.push_back(recommend::find_seed(model, one));
    note_matches(model.songs(), seeds.back(), terminal);
    if (needs_note(seeds.back())) {
      terminal.note(fmt::format("\"{}\": taken as {}{}", one, taken_as(model.songs(), seeds.back()),
                                artist_hint(model.songs(), seeds.back())));
    }
  }
  return seeds;
}

data::SongRow resolve_song(const model::Model& model, std::string_view typed, Terminal& terminal) {
  const recommend::TypedSeed seed = recommend::find_seed(model, typed);
  note_matches(model.songs(), seed, terminal);
  const data::SongRow song = seed.seed.songs.front().song;
  if (seed.found.is_group()) {
    terminal.note(fmt::format("\"{}\": taken as {} [{}], the most played song of the {} {}", typed,
                              song_text(model.songs(), song), model.songs().id(song), kind_name(seed),
                              for_terminal(seed.found.group().name)));
  } else if (needs_note(seed)) {
    terminal.note(
        fmt::format("\"{}\": taken as {}{}", typed, taken_as(model.songs(), seed), artist_hint(model.songs(), seed)));
  }
  return song;
}

std::vector<std::string_view> ids_of(const data::Catalogue& songs, std::span<const std::uint32_t> rows) {
  std::vector<std::string_view> ids;
  ids.reserve(rows.size());
  for (const std::uint32_t row : rows) ids.push_back(songs.id(row));
  return ids;
}

std::string for_terminal(std::string text) {
  std::ranges::replace_if(
      text, [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }, ' ');
  return text;
}

std::string song_text(const data::Catalogue& songs, std::uint32_t row) {
  return for_terminal(songs.song(row).display());
}

}  // namespace segue::cli
