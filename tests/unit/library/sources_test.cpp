#include <gtest/gtest.h>

#include "segue/library/beets.h"
#include "segue/library/m3u.h"
#include "segue/store/sqlite.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/unit/library/wav_file.h"

namespace segue::library {
namespace {

TEST(M3u, items_are_files_by_their_tags_else_by_what_the_playlist_says) {
  const testing::Scratch folder;
  testing::write_wav(folder / "music/a.wav", {{"TITLE", "Jóga"}, {"ARTIST", "Björk"}});
  const std::string uri = "file://" + (folder / "music/b%20c.wav").string();
  testing::write_wav(folder / "music/b c.wav", {{"TITLE", "Xtal"}, {"ARTIST", "Aphex Twin"}});
  const auto list =
      folder.write("list.m3u8", "\xEF\xBB\xBF#EXTM3U\r\n#EXTINF:100,Wrong - Name\r\nmusic/a.wav\r\n" + uri +
                                    "\n#EXTINF:212.5,Toto - Africa\nmusic/gone.mp3\nmusic/a.wav\n"
                                    "#EXTINF:-1,Some radio\nhttps://example.org/stream\n");
  M3uReport report;
  const std::vector<std::string> lists = {list.string()};
  const std::vector<LibraryItem> items = read_m3u(lists, report);
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(items[0].title, "Jóga");
  EXPECT_EQ(items[0].path, (folder / "music/a.wav").native());
  EXPECT_EQ(items[1].artist, "Aphex Twin");
  EXPECT_EQ(items[2].artist, "Toto");
  EXPECT_EQ(items[2].title, "Africa");
  EXPECT_EQ(items[2].length_ms, 212'500U);
  EXPECT_EQ(items[3].id, "https://example.org/stream");
  EXPECT_EQ(items[3].path, "");
  EXPECT_EQ(report.files, 4U);
  EXPECT_EQ(report.missing, 1U);
}

TEST(M3u, refuses_what_lists_nothing) {
  const testing::Scratch folder;
  M3uReport report;
  const std::vector<std::string> empty = {folder.write("empty.m3u8", "#EXTM3U\n").string()};
  EXPECT_ERROR(read_m3u(empty, report), ErrorCode::bad_input, "expected a playlist in M3U, found no entry");
  const std::vector<std::string> text = {folder.write("notes.txt", "root:x:0\nno music here\n").string()};
  EXPECT_ERROR(read_m3u(text, report), ErrorCode::bad_input, "notes.txt: expected a playlist in M3U, found no entry");
  const std::vector<std::string> none = {(folder / "none.m3u8").string()};
  EXPECT_ERROR(read_m3u(none, report), ErrorCode::not_found, "none.m3u8");
}

// The columns of beets' table that are read, and some others.
class BeetsTest : public ::testing::Test {
 protected:
  void make(const std::string& sql) const {
    store::SqliteConnection(folder_ / "library.db", store::SqliteConnection::Mode::create).run(sql);
  }
  testing::Scratch folder_;
};

TEST_F(BeetsTest, items_are_those_of_its_table) {
  make(
      "CREATE TABLE albums (id INTEGER PRIMARY KEY);"
      "CREATE TABLE items (id INTEGER PRIMARY KEY, path BLOB, album_id INTEGER, title TEXT, artist TEXT, album TEXT,"
      " albumartist TEXT, mb_trackid TEXT, isrc TEXT, length REAL);"
      "INSERT INTO items VALUES (2, CAST('rel/b.mp3' AS BLOB), 1, 'B', '', 'Al', 'Various', '', NULL, 61.25);"
      "INSERT INTO items VALUES (1, x'2f6d2fff2e6d7033', 1, 'Jóga', 'Björk', 'Homogenic', '', 'mbid', 'GB1', 305.5);");
  const std::vector<LibraryItem> items = read_beets(folder_ / "library.db", "/music");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].path, "/m/\xFF.mp3");  // not UTF-8
  EXPECT_EQ(items[0].artist, "Björk");
  EXPECT_EQ(items[0].recording_mbid, "mbid");
  EXPECT_EQ(items[0].isrc, "GB1");
  EXPECT_EQ(items[0].length_ms, 305'500U);
  EXPECT_EQ(items[1].path, "/music/rel/b.mp3");
  EXPECT_EQ(items[1].artist, "Various");
}

TEST_F(BeetsTest, an_older_table_may_lack_columns) {
  make(
      "CREATE TABLE albums (id INTEGER); CREATE TABLE items (id INTEGER, path BLOB, title TEXT, artist TEXT);"
      "INSERT INTO items VALUES (1, CAST('/m/a.mp3' AS BLOB), 'T', 'A');");
  const std::vector<LibraryItem> items = read_beets(folder_ / "library.db", "");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].title, "T");
  EXPECT_EQ(items[0].isrc, "");
  EXPECT_EQ(items[0].length_ms, 0U);
}

TEST_F(BeetsTest, refuses_other_databases_and_empty_ones) {
  make("CREATE TABLE albums (id INTEGER)");
  EXPECT_ERROR(read_beets(folder_ / "library.db", ""), ErrorCode::bad_input, "expected the library of beets");
  make("CREATE TABLE items (id INTEGER, path BLOB)");
  EXPECT_ERROR(read_beets(folder_ / "library.db", ""), ErrorCode::bad_input, "has no items");
  EXPECT_ERROR(read_beets(folder_ / "missing.db", ""), ErrorCode::not_found, "missing.db");
}

}  // namespace
}  // namespace segue::library
