#include "segue/library/beets.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/store/sqlite.h"

namespace segue::library {

namespace fs = std::filesystem;

std::vector<LibraryItem> read_beets(const fs::path& database, const fs::path& music_folder) {
  store::SqliteConnection connection(database, store::SqliteConnection::Mode::read);
  store::SqliteStatement tables(
      connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('items', 'albums')");
  tables.step();
  if (tables.number(0) != 2) {
    fail(ErrorCode::bad_input, "{}: expected the library of beets, found no tables named items and albums",
         database.string());
  }
  // Versions differ in what they know of a song; what a table lacks is "".
  const auto column = [&](std::string_view name) {
    store::SqliteStatement has(connection, "SELECT count(*) FROM pragma_table_info('items') WHERE name = ?");
    has.bind(name).step();
    return has.number(0) > 0 ? std::string(name) : std::string("''");
  };
  std::string sql = "SELECT CAST(path AS BLOB), CAST(1000 * " + column("length") + " AS INTEGER)";
  for (const char* name : {"title", "artist", "album", "albumartist", "mb_trackid", "isrc"}) sql += ", " + column(name);
  store::SqliteStatement rows(connection, sql + " FROM items ORDER BY id");
  std::vector<LibraryItem> items;
  while (rows.step()) {
    LibraryItem item;
    const fs::path path = rows.text(0);
    item.path = (path.is_relative() && !music_folder.empty() ? fs::absolute(music_folder) / path : path).native();
    item.length_ms = static_cast<std::uint32_t>(std::clamp<std::int64_t>(rows.number(1), 0, 1'000'000'000));
    item.title = rows.text(2);
    item.artist = rows.text(3).empty() ? rows.text(5) : rows.text(3);
    item.album = rows.text(4);
    item.recording_mbid = rows.text(6);
    item.isrc = rows.text(7);
    items.push_back(std::move(item));
  }
  if (items.empty()) fail(ErrorCode::bad_input, "{}: the library of beets has no items", database.string());
  return items;
}

}  // namespace segue::library
