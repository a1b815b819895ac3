#include "segue/search/catalogue_search.h"

#include <thread>

#include <gtest/gtest.h>

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

TEST_F(CatalogueSearchTest, treats_no_typed_text_as_an_operator) {
  const CatalogueSearch search(songs_, file(), "digest");
  EXPECT_EQ(search.search("AND OR", 10), (Rows{3}));
  EXPECT_EQ(search.search("\"NEAR\" NOT", 10), (Rows{3}));
  for (const char* typed : {"", " ", "\"", "*", "(", "NEAR(a b)", "a:b", "^x", "-", "'; DROP TABLE names;--"}) {
    EXPECT_LE(search.search(typed, 10).size(), 1U) << typed;
  }
}

TEST_F(CatalogueSearchTest, is_built_once_for_a_digest) {
  { const CatalogueSearch made(songs_, file(), "one"); }
  const auto first = std::filesystem::last_write_time(file());
  { const CatalogueSearch again(songs_, file(), "one"); }
  EXPECT_EQ(std::filesystem::last_write_time(file()), first);
  { const CatalogueSearch other(songs_, file(), "two"); }
  EXPECT_NE(std::filesystem::last_write_time(file()), first);
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
