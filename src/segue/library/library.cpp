#include "segue/library/library.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_set>

#include "segue/base/parallel.h"
#include "segue/data/text/song_keys.h"
#include "segue/data/text/text.h"

namespace segue::library {

namespace {

constexpr std::uint32_t kNoItem = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kItemsAPiece = 256;

// False for names that cannot be of one song: many servers number their songs, as many logs do, each in its own way.
bool may_be(const LibraryItemView& item, const data::Song& song) {
  if (item.title.empty() || song.title.empty()) return true;
  return data::main_artist(item.artist) == data::main_artist(song.artist) ||
         data::recording_title(item.title) == data::recording_title(song.title);
}

std::optional<data::SongRow> row_by_id(const search::SongMatcher& matcher, std::string_view id) {
  store::StoredListen listen;
  listen.song_id = id;
  return matcher.find(listen);
}

std::optional<data::SongRow> row_by_names(const search::SongMatcher& matcher, const LibraryItemView& item) {
  store::StoredListen listen;
  listen.artist = item.artist;
  listen.title = item.title;
  return matcher.find(listen);
}

// The ids of a recording are the same everywhere, those of a server are not.
std::optional<data::SongRow> row_by_ids(const search::SongMatcher& matcher, const LibraryItemView& item,
                                        const data::Catalogue& songs) {
  for (const std::string_view id : {item.recording_mbid, item.isrc}) {
    if (const auto row = row_by_id(matcher, id)) return row;
  }
  const auto row = row_by_id(matcher, item.id);
  return row && may_be(item, songs.song(*row)) ? row : std::nullopt;
}

}  // namespace

Library::Library(const std::filesystem::path& file, const data::Catalogue& songs, const search::SongMatcher& matcher,
                 std::size_t threads)
    : file_(file),
      rows_(songs.size()),
      matched_by_(file_.size(), MatchedBy::none),
      row_of_(file_.size()),
      item_of_(songs.size(), kNoItem) {
  std::vector<Match> matches(file_.size());
  parallel_for(file_.size(), kItemsAPiece, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) matches[i] = match_of(file_.item(i), songs, matcher);
  });
  for (std::uint32_t i = 0; i < matches.size(); ++i) {
    const Match& match = matches[i];
    matched_by_[i] = match.by;
    row_of_[i] = match.row;
    if (match.by == MatchedBy::none) continue;
    rows_.insert(match.row);
    std::uint32_t& item = item_of_[match.row];
    const auto surer = [&](const Match& old) {
      return match.by != old.by ? match.by < old.by : match.same_album && !old.same_album;
    };
    if (item == kNoItem || surer(matches[item])) item = i;
  }
  // The first item of each id.
  std::vector<std::uint32_t> all(file_.size());
  std::iota(all.begin(), all.end(), 0U);
  const auto index = [&](std::vector<std::uint32_t>& items, auto id_of) {
    std::ranges::copy_if(all, std::back_inserter(items), [&](std::uint32_t i) { return !id_of(i).empty(); });
    std::ranges::stable_sort(items, {}, id_of);
    items.erase(std::ranges::unique(items, {}, id_of).begin(), items.end());
  };
  index(by_id_, [&](std::uint32_t i) { return file_.item(i).id; });
  index(by_artist_, [&](std::uint32_t i) { return file_.item(i).artist_id; });
}

Library::Match Library::match_of(const LibraryItemView& item, const data::Catalogue& songs,
                                 const search::SongMatcher& matcher) const {
  std::optional<data::SongRow> row = row_by_ids(matcher, item, songs);
  Match match{.by = MatchedBy::id};
  if (!row) {
    row = row_by_names(matcher, item);
    match.by = MatchedBy::name;
  }
  if (!row) return {};
  match.row = *row;
  const data::Song song = songs.song(*row);
  const auto title = [](std::string_view text) { return data::compared_name(data::edition_title(text)); };
  if (match.by == MatchedBy::name && title(item.title) != title(song.title)) {
    match.by = MatchedBy::version;
  }
  match.same_album = !item.album.empty() && data::compared_name(item.album) == data::compared_name(song.album);
  return match;
}

std::optional<LibraryItemView> Library::item_of(data::SongRow row) const {
  const std::uint32_t item = item_of_[row];
  return item == kNoItem ? std::nullopt : std::optional(file_.item(item));
}

std::optional<LibraryItemView> Library::file_of(data::SongRow row) const {
  const std::optional<LibraryItemView> item = item_of(row);
  return item && !item->path.empty() ? item : std::nullopt;
}

std::optional<data::SongRow> Library::row_of(std::string_view item_id) const {
  const auto found = std::ranges::lower_bound(by_id_, item_id, {}, [&](std::uint32_t i) { return file_.item(i).id; });
  if (found == by_id_.end() || file_.item(*found).id != item_id) return std::nullopt;
  return matched_by_[*found] == MatchedBy::none ? std::nullopt : std::optional(row_of_[*found]);
}

std::optional<std::string_view> Library::artist_of(std::string_view artist_id) const {
  const auto id_of = [&](std::uint32_t i) { return file_.item(i).artist_id; };
  const auto found = std::ranges::lower_bound(by_artist_, artist_id, {}, id_of);
  if (found == by_artist_.end() || id_of(*found) != artist_id) return std::nullopt;
  return file_.item(*found).artist;
}

MatchReport match_report(const Library& library, const data::Catalogue& songs) {
  std::unordered_set<std::string> artists;
  std::string last;
  for (data::SongRow row = 0; row < songs.size(); ++row) {
    const std::string_view artist = songs.song(row).artist;
    if (artist != last) artists.insert(data::main_artist(last = artist));
  }
  MatchReport report;
  report.items = library.file().size();
  report.songs = library.rows().count();
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < report.items; ++i) {
    const LibraryItemView item = library.file().item(i);
    switch (library.matched_by(i)) {
      case MatchedBy::id:
        ++report.by_id;
        continue;
      case MatchedBy::name:
        ++report.by_name;
        continue;
      case MatchedBy::version:
        ++report.by_version;
        continue;
      case MatchedBy::none:
        break;
    }
    const bool unnamed = item.artist.empty() || item.title.empty();
    const bool known_artist = !unnamed && artists.contains(data::main_artist(item.artist));
    ++(unnamed ? report.unnamed : known_artist ? report.unknown_song : report.unknown_artist);
    (known_artist ? report.missing : others).push_back(i);
  }
  report.missing.insert(report.missing.end(), others.begin(), others.end());
  return report;
}

}  // namespace segue::library
