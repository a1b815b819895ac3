#include "segue/search/catalogue_search.h"

#include <thread>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::search {
namespace {

using Rows = std::vector<std::uint32_t>;

class CatalogueSearchTest : public ::testing::Test {
 protected:
  CatalogueSearchTest() {
    std::vector<data::SongRecord> songs = {
        {"id0", "Jóga (Live)", "Björk", "", {}, 90},      {"id1", "Jóga", "Björk", "", {}, 80},
        {"id 2", "نسم علينا الهوى", "فيروز", "", {}, 70}, {"id3", "AND OR NOT \"NEAR\"", "The *", "", {}, 60},
        {"joga", "Something", "Else", "", {}, 50},        {"id5", "", "", "", {}, 40},
    };
    testing::write_songs(folder_.path() / "songs.arrow", songs);
    songs_ = data::Catalogue(folder_.path() / "songs.arrow");
  }
  std::filesystem::path file() const { return folder_.path() / "names.search"; }

  testing::Scratch folder_;
  data::Catalogue songs_;
};

TEST_F(CatalogueSearchTest, finds_words_however_they_are_typed) {
  const CatalogueSearch search(songs_, file(), "digest");
  EXPECT_EQ(search.search("bjork jo", 10), (Rows{1, 0}));  // fewer other words first
  EXPECT_EQ(search.search("BJÖRK JÓGA", 10), (Rows{1, 0}));
  EXPECT_EQ(search.search("joga", 10), (Rows{4, 1, 0}));  // an exact id first
  EXPECT_EQ(search.search("فيروز", 10), (Rows{2}));
  EXPECT_EQ(search.search("b", 1), (Rows{1}));
  EXPECT_EQ(search.search("bjork hunter", 10), (Rows{}));
  EXPECT_EQ(search.search("id 2", 10).front(), 2U);
}

TEST_F(CatalogueSearchTest, forgives_typos_where_nothing_matches_exactly) {
  const std::vector<data::SongRecord> songs = {{"0", "bad guy", "Billie Eilish", "", {}, 90},
                                               {"1", "Billie Jean", "Michael Jackson", "", {}, 80},
                                               {"2", "Relish", "Somebody", "", {}, 70},
                                               {"3", "Ocean Eyes", "Billie Eilish", "", {}, 60},
                                               {"4", "Fernando", "ABBA", "", {}, 50},
                                               {"5", "Группа крови", "Кино", "", {}, 40},
                                               {"6", "Elish", "A Name That Is Typed", "", {}, 30}};
  testing::write_songs(folder_.path() / "songs.arrow", songs);
  songs_ = data::Catalogue(folder_.path() / "songs.arrow");
  const CatalogueSearch search(songs_, file(), "typos");
  EXPECT_EQ(search.search("billie elish", 10), (Rows{0, 3}));
  EXPECT_EQ(search.search("bilie eilsih", 10), (Rows{0, 3})) << "a letter left out, two swapped";
  EXPECT_EQ(search.search("billie eilis", 10), (Rows{0, 3})) << "as it is typed";
  EXPECT_EQ(search.search("bilie eili", 10), (Rows{0, 3})) << "a typo before a word that is not finished";
  EXPECT_EQ(search.search("aba", 10), (Rows{4})) << "too short for a trigram in common";
  EXPECT_EQ(search.search("групп кровы", 10), (Rows{5})) << "letters of any script count once";
  EXPECT_EQ(search.search("elish", 10), (Rows{6})) << "where words match exactly, nothing changes";
  EXPECT_EQ(search.search("qqqqqq", 10), (Rows{}));
  EXPECT_EQ(search.search("ab", 10), (Rows{4})) << "two letters have to be right";
  EXPECT_EQ(search.search("ax", 10), (Rows{}));
}

TEST_F(CatalogueSearchTest, treats_no_typed_text_as_an_operator) {
  const CatalogueSearch search(songs_, file(), "digest");
  EXPECT_EQ(search.search("AND OR", 10), (Rows{3}));
  EXPECT_EQ(search.search("\"NEAR\" NOT", 10), (Rows{3}));
  for (const char* typed : {"", " ", "\"", "*", "(", "NEAR(a b)", "a:b", "^x", "-", "'; DROP TABLE names;--"}) {
    EXPECT_LE(search.search(typed, 10).size(), 1U) << typed;
  }
}

// Names that fold to nothing were in no index, so nothing found them.
TEST_F(CatalogueSearchTest, finds_names_of_punctuation_as_they_are) {
  const std::vector<data::SongRecord> songs = {
      {"0", "Question", "???", "", {}, 90},    {"1", "Heart of Hearts", "!!!", "", {}, 80},
      {"2", "Dash", "-", "", {}, 70},          {"3", "!!!!", "Loud", "", {}, 60},
      {"4", "( )", "Sigur Rós", "", {}, 50},   {"5", "🎵", "🎵🎵", "", {}, 40},
      {"6", "Straight", "N.W.A.", "", {}, 30}, {"7", "Straight On And On", "N.W.A", "", {}, 20},
      {"8", "\"\"", "Quotes", "", {}, 10},     {"9", "!!!", "Other", "", {}, 5},
  };
  testing::write_songs(folder_.path() / "punctuation.arrow", songs);
  const data::Catalogue catalogue(folder_.path() / "punctuation.arrow");
  const CatalogueSearch search(catalogue, folder_.path() / "punctuation.search", "digest");
  EXPECT_EQ(search.search("!!!", 10), (Rows{9, 1, 3}));  // the title, the artist, a longer one
  EXPECT_EQ(search.search("!!! Heart of Hearts", 10), (Rows{1}));
  EXPECT_EQ(search.search("???", 10), (Rows{0}));
  EXPECT_EQ(search.search("-", 10), (Rows{2}));
  EXPECT_EQ(search.search("( )", 10), (Rows{4}));
  EXPECT_EQ(search.search("🎵", 10), (Rows{5}));
  EXPECT_EQ(search.search("🎵🎵", 10), (Rows{5}));
  EXPECT_EQ(search.search("\"\"", 10), (Rows{8}));
  EXPECT_EQ(search.search("N.W.A", 10), (Rows{7, 6}));  // the artist spelt so first
  EXPECT_EQ(search.search("N.W.A.", 10), (Rows{6, 7}));
  EXPECT_EQ(search.search("!?", 10), (Rows{}));
}

TEST_F(CatalogueSearchTest, is_built_again_if_an_older_program_wrote_it) {
  { const CatalogueSearch made(songs_, file(), "digest"); }
  const std::string whole = read_text(file());
  const std::size_t trailer = whole.rfind("segue-search 5 ");
  ASSERT_NE(trailer, std::string::npos);
  std::string older = whole;
  older.replace(trailer, 15, "segue-search 4 ");
  write_text_atomically(file(), older);
  { const CatalogueSearch again(songs_, file(), "digest"); }
  EXPECT_EQ(read_text(file()), whole);
}

TEST_F(CatalogueSearchTest, is_built_once_for_a_digest) {
  { const CatalogueSearch made(songs_, file(), "one"); }
  const auto first = std::filesystem::last_write_time(file());
  { const CatalogueSearch again(songs_, file(), "one"); }
  EXPECT_EQ(std::filesystem::last_write_time(file()), first);
  { const CatalogueSearch other(songs_, file(), "two"); }
  EXPECT_NE(std::filesystem::last_write_time(file()), first);
}

// Every byte counts: a changed row number made the server read past the catalogue.
TEST_F(CatalogueSearchTest, is_built_again_when_any_byte_is_wrong) {
  { const CatalogueSearch made(songs_, file(), "digest"); }
  const std::string whole = read_text(file());
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    write_text_atomically(file(), changed);
    const CatalogueSearch search(songs_, file(), "digest");
    EXPECT_EQ(search.search("bjork jo", 10), (Rows{1, 0})) << at;
    ASSERT_EQ(read_text(file()), whole) << at;
  }
  for (const std::string& other : {std::string(), std::string("segue-search 5 digest \n"), whole + "\n",
                                   whole.substr(0, whole.size() / 2), whole.substr(whole.size() - 90)}) {
    write_text_atomically(file(), other);
    EXPECT_EQ(CatalogueSearch(songs_, file(), "digest").search("bjork jo", 10), (Rows{1, 0})) << other.size();
  }
}

TEST_F(CatalogueSearchTest, ignores_rows_past_the_catalogue) {
  { const CatalogueSearch made(songs_, file(), "digest"); }
  testing::write_songs(folder_.path() / "two.arrow",
                       {{"id0", "Jóga (Live)", "Björk", "", {}, 90}, {"id1", "Jóga", "Björk", "", {}, 80}});
  const data::Catalogue two(folder_.path() / "two.arrow");
  const CatalogueSearch search(two, file(), "digest");  // of another catalogue, by its own word of this one
  EXPECT_EQ(search.search("bjork jo", 10), (Rows{1, 0}));
  EXPECT_EQ(search.search("else", 10), (Rows{}));
}

TEST_F(CatalogueSearchTest, needs_its_file_no_more_once_it_is_open) {
  const CatalogueSearch search(songs_, file(), "digest");
  std::filesystem::remove(file());
  std::vector<std::jthread> threads;  // each with a connection of its own
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(search.search("bjork jo", 10), (Rows{1, 0})); });
}

TEST_F(CatalogueSearchTest, refuses_to_search_a_file_that_was_changed_in_place) {
  const CatalogueSearch search(songs_, file(), "digest");
  std::filesystem::resize_file(file(), 100);
  EXPECT_ERROR(search.search("bjork jo", 10), ErrorCode::unavailable, "names.search: expected");
  EXPECT_EQ(CatalogueSearch(songs_, file(), "digest").search("bjork jo", 10), (Rows{1, 0}));
}

TEST_F(CatalogueSearchTest, is_searched_by_many_threads) {
  const CatalogueSearch search(songs_, file(), "digest");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) EXPECT_EQ(search.search("bjork jo", 10), (Rows{1, 0}));
    });
  }
}

}  // namespace
}  // namespace segue::search
