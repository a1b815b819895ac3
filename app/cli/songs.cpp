#include "app/cli/songs.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/search/song_search.h"

namespace segue::cli {

namespace {

constexpr std::size_t kListed = 5;

std::string list_of(const data::Catalogue& songs, const std::vector<std::uint32_t>& rows) {
  std::vector<std::string> texts;
  for (const std::uint32_t row : rows) texts.push_back(fmt::format("{} [{}]", song_text(songs, row), songs.id(row)));
  return fmt::format("{}", fmt::join(texts, "; "));
}

}  // namespace

std::uint32_t resolve_song(const data::Catalogue& songs, std::string_view typed, Terminal& terminal) {
  search::FoundSongs found = search::find_songs(songs, typed, kListed);
  if (found.match == search::SongMatch::none) {
    fail(ErrorCode::not_found, "\"{}\": no such song{}", typed,
         found.songs.empty() ? "" : fmt::format("; the nearest are {}", list_of(songs, found.songs)));
  }
  const std::uint32_t best = found.songs.front();
  if (found.match == search::SongMatch::id) return best;
  if (found.equally_good > 1) {
    const std::size_t listed = std::min(found.equally_good, found.songs.size());
    terminal.note(fmt::format("\"{}\": {} songs match equally well: {}{}", typed, with_commas(found.equally_good),
                              list_of(songs, {found.songs.begin(), found.songs.begin() + static_cast<long>(listed)}),
                              listed < found.equally_good ? "; ..." : ""));
  }
  terminal.note(fmt::format("\"{}\": taken as {} [{}]", typed, song_text(songs, best), songs.id(best)));
  return best;
}

std::vector<std::uint32_t> resolve_songs(const data::Catalogue& songs, std::span<const std::string> typed,
                                         Terminal& terminal) {
  std::vector<std::uint32_t> rows;
  for (const std::string& one : typed) rows.push_back(resolve_song(songs, one, terminal));
  return rows;
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
