#include "segue/library/library.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::library {
namespace {

// Texts that are awkward, and enough items for several batches.
TEST(LibraryFile, has_what_was_written) {
  const testing::Scratch folder;
  std::vector<LibraryItem> items(70'000);
  items[0] = {.id = "id",
              .path = "/m/\xFF.mp3",
              .title = "إنت عمري",
              .artist = "a\nb",
              .album = "c",
              .artist_id = "d",
              .recording_mbid = "e",
              .isrc = "f",
              .length_ms = 4'000'000'000,
              .size = std::uint64_t{1} << 40,
              .modified = -5};
  items[69'999].title = "last";
  items[1].title = "not \xFF UTF-8";
  write_library(folder / "library.arrow", items);
  const LibraryFile file(folder / "library.arrow");
  ASSERT_EQ(file.size(), 70'000U);
  const LibraryItemView first = file.item(0);
  EXPECT_EQ(first.path, "/m/\xFF.mp3");
  EXPECT_EQ(first.title, "إنت عمري");
  EXPECT_EQ(first.artist, "a\nb");
  EXPECT_EQ(first.artist_id, "d");
  EXPECT_EQ(first.length_ms, 4'000'000'000U);
  EXPECT_EQ(first.size, std::uint64_t{1} << 40);
  EXPECT_EQ(first.modified, -5);
  EXPECT_EQ(file.item(1).title, "not \xEF\xBF\xBD UTF-8");
  EXPECT_EQ(file.item(69'999).title, "last");
}

TEST(LibraryFile, refuses_other_files) {
  const testing::Scratch folder;
  EXPECT_ERROR(LibraryFile(folder / "none.arrow"), ErrorCode::not_found, "none.arrow");
  EXPECT_ERROR(LibraryFile(folder.write("text.arrow", "some text")), ErrorCode::corrupt, "text.arrow");
  testing::write_songs(folder / "songs.arrow", {{"id", "title", "artist", "", {}, 1}});
  EXPECT_ERROR(LibraryFile(folder / "songs.arrow"), ErrorCode::corrupt, "expected the columns id: string not null");
  EXPECT_ERROR(write_library(folder / "none/library.arrow", {}), ErrorCode::not_found, "none");
}

class LibraryTest : public ::testing::Test {
 protected:
  LibraryTest() {
    testing::write_songs(folder_ / "songs.arrow",
                         {{"spotify:track:joga", "Jóga", "Björk", "Homogenic", {}, 9},
                          {"6ec5c43d-1111-4c88-8b0b-000000000000", "Xtal", "Aphex Twin", "", {}, 8},
                          {"17", "Africa", "Toto", "Toto IV", {}, 7},
                          {"GBAAA9700001", "Teardrop", "Massive Attack", "Mezzanine", {}, 6},
                          {"nameless", "", "", "", {}, 5}});
    songs_ = data::Catalogue(folder_ / "songs.arrow");
    matcher_.emplace(songs_, 1);
  }
  Library library(const std::vector<LibraryItem>& items) {
    write_library(folder_ / "library.arrow", items);
    return {folder_ / "library.arrow", songs_, *matcher_, 2};
  }

  testing::Scratch folder_;
  data::Catalogue songs_;
  std::optional<search::SongMatcher> matcher_;
};

TEST_F(LibraryTest, matches_by_ids_then_by_names) {
  const Library found =
      library({{.id = "nav1", .title = "joga", .artist = "BJÖRK"},
               {.id = "nav2", .title = "X", .artist = "Y", .recording_mbid = "6ec5c43d-1111-4c88-8b0b-000000000000"},
               {.id = "nav3", .title = "Teardrop", .artist = "", .isrc = "GBAAA9700001"},
               {.id = "nav4", .title = "Africa (Live)", .artist = "Toto"},
               {.id = "nav5", .title = "Unknown", .artist = "Toto"}});
  EXPECT_EQ(found.row_of("nav1"), 0U);
  EXPECT_EQ(found.row_of("nav2"), 1U);  // whatever the names are: they may be of another script
  EXPECT_EQ(found.row_of("nav3"), 3U);
  EXPECT_EQ(found.row_of("nav4"), 2U);
  EXPECT_EQ(found.row_of("nav5"), std::nullopt);
  EXPECT_EQ(found.row_of("nav"), std::nullopt);
  EXPECT_EQ(found.matched_by(0), MatchedBy::name);
  EXPECT_EQ(found.matched_by(2), MatchedBy::id);
  EXPECT_EQ(found.matched_by(3), MatchedBy::version);
  EXPECT_EQ(found.rows().count(), 4U);
  EXPECT_FALSE(found.item_of(4));
  EXPECT_EQ(found.item_of(2)->id, "nav4");
}

// A server that numbers its songs means other songs by these numbers than the catalogue does.
TEST_F(LibraryTest, a_number_is_no_match_where_the_names_differ) {
  const Library found =
      library({{.id = "17", .title = "Jóga", .artist = "Björk"}, {.id = "18", .title = "Africa", .artist = "Toto"}});
  EXPECT_EQ(found.row_of("17"), 0U);
  EXPECT_EQ(found.row_of("18"), 2U);
}

TEST_F(LibraryTest, a_song_is_played_as_its_surest_item) {
  const Library found =
      library({{.path = "/live", .title = "Jóga (Live)", .artist = "Björk"},
               {.path = "/best of", .title = "Jóga", .artist = "Björk", .album = "Greatest Hits"},
               {.path = "/homogenic", .title = "Jóga - Remastered 2009", .artist = "Björk", .album = "Homogenic"},
               {.path = "/again", .title = "Jóga", .artist = "Björk", .album = "Homogenic"}});
  EXPECT_EQ(found.item_of(0)->path, "/homogenic");
  EXPECT_EQ(found.rows().count(), 1U);
}

TEST_F(LibraryTest, knows_artists_by_the_ids_of_the_server) {
  const Library found =
      library({{.id = "1", .artist = "Björk", .artist_id = "ar2"}, {.id = "2", .artist = "Toto", .artist_id = "ar1"}});
  EXPECT_EQ(found.artist_of("ar1"), "Toto");
  EXPECT_EQ(found.artist_of("ar2"), "Björk");
  EXPECT_EQ(found.artist_of(""), std::nullopt);
  EXPECT_EQ(found.artist_of("ar3"), std::nullopt);
}

TEST_F(LibraryTest, reports_what_did_not_match_and_why) {
  const Library found = library({{.title = "Nothing", .artist = "Nobody"},
                                 {.title = "Rosanna", .artist = "Toto"},
                                 {.title = "", .artist = "Toto"},
                                 {.title = "Jóga", .artist = "Björk"}});
  const MatchReport report = match_report(found, songs_);
  EXPECT_EQ(report.items, 4U);
  EXPECT_EQ(report.matched(), 1U);
  EXPECT_EQ(report.by_name, 1U);
  EXPECT_EQ(report.unknown_artist, 1U);
  EXPECT_EQ(report.unknown_song, 1U);
  EXPECT_EQ(report.unnamed, 1U);
  EXPECT_EQ(report.songs, 1U);
  EXPECT_EQ(report.missing, (std::vector<std::size_t>{1, 0, 2}));  // known artists first
}

}  // namespace
}  // namespace segue::library
