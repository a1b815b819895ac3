#include "segue/search/song_search.h"

#include <gtest/gtest.h>

#include "segue/base/words.h"
#include "segue/search/spellings.h"

#include "tests/support/scratch.h"

namespace segue::search {
namespace {

class SongSearch : public ::testing::Test {
 protected:
  void SetUp() override {
    data::CatalogueWriter writer(folder_ / "songs.arrow");
    for (const data::Song& song : std::vector<data::Song>{
             {"s0", "HUMBLE.", "Kendrick Lamar", "", 90},
             {"s1", "HUMBLE. (Skrillex Remix)", "Kendrick Lamar", "", 80},
             {"s2", "Closer", "The Chainsmokers", "", 70},
             {"s3", "Closer", "Nine Inch Nails", "", 60},
             {"s4", "Halo", "Beyoncé", "", 50},
             {"s5", "نسّم علينا الهوى", "فيروز", "", 40},
             {"s6", "Straight Outta", "N.W.A.", "", 30},
             {"s7", "Express Yourself in So Many Words", "N.W.A", "", 20},
             {"s8", "M.I.A", "Sevenfold", "", 10},
             {"s9", "M.I.A.", "Sevenfold", "", 9},
             {"closer", "Another", "Somebody", "", 1},
         }) {
      writer.add(song, {});
    }
    writer.close();
    songs_ = data::Catalogue(folder_ / "songs.arrow");
  }
  std::string first(std::string_view query) const {
    const FoundSongs found = find_songs(songs_, query);
    return found.songs.empty() ? "" : std::string(songs_.id(found.songs.front()));
  }

  testing::Scratch folder_;
  data::Catalogue songs_;
};

TEST_F(SongSearch, an_exact_id_wins) {
  const FoundSongs found = find_songs(songs_, "closer");
  EXPECT_EQ(found.match, SongMatch::id);
  EXPECT_EQ(found.songs, (std::vector<std::uint32_t>{10}));
}

TEST_F(SongSearch, words_of_artist_and_title) {
  EXPECT_EQ(first("Kendrick Lamar HUMBLE"), "s0");
  EXPECT_EQ(first("humble kendrick"), "s0");
  EXPECT_EQ(first("humble skrillex"), "s1");
  EXPECT_EQ(first("nine inch closer"), "s3");
  EXPECT_EQ(find_songs(songs_, "Kendrick Lamar HUMBLE").equally_good, 1U);
}

TEST_F(SongSearch, equal_matches_are_listed_best_known_first) {
  const FoundSongs found = find_songs(songs_, "CLOSER");
  EXPECT_EQ(found.match, SongMatch::name);
  EXPECT_EQ(found.songs, (std::vector<std::uint32_t>{2, 3}));
  EXPECT_EQ(found.equally_good, 2U);
  EXPECT_EQ(find_songs(songs_, "CLOSER", 1).songs.size(), 1U);
  EXPECT_EQ(find_songs(songs_, "CLOSER", 1).equally_good, 2U);
}

TEST_F(SongSearch, accents_and_arabic_marks_do_not_matter) {
  EXPECT_EQ(first("Beyonce"), "s4");
  EXPECT_EQ(first("BEYONCÉ halo"), "s4");
  EXPECT_EQ(first("فَيروز"), "s5");
  EXPECT_EQ(first("نسم علينا الهوي"), "s5");
}

// The other name was taken, because it has fewer other words or more plays.
TEST_F(SongSearch, names_as_typed_come_before_folded_ones) {
  EXPECT_EQ(first("N.W.A"), "s7");
  EXPECT_EQ(first("n.w.a."), "s6");
  EXPECT_EQ(first("n w a"), "s6");
  EXPECT_EQ(first("M.I.A"), "s8");
  EXPECT_EQ(first("M.I.A."), "s9");
  EXPECT_EQ(find_songs(songs_, "m.i.a.").equally_good, 1U);
}

TEST_F(SongSearch, begun_words_count_after_whole_ones) {
  EXPECT_EQ(first("kendr hum"), "s0");
  EXPECT_EQ(find_songs(songs_, "umble").match, SongMatch::none);
}

TEST_F(SongSearch, none_gives_the_nearest_spelling) {
  const FoundSongs found = find_songs(songs_, "Kendrik Lamarr Humbel");
  EXPECT_EQ(found.match, SongMatch::none);
  ASSERT_FALSE(found.songs.empty());
  EXPECT_EQ(songs_.id(found.songs.front()), "s0");
  EXPECT_EQ(first("Beyonse Jóga"), "s4") << "an artist's name counts more than a title that nobody has";
  EXPECT_TRUE(find_songs(songs_, "qqqqzzzz").songs.empty());
  EXPECT_TRUE(find_songs(songs_, "").songs.empty());
  EXPECT_TRUE(find_songs(songs_, "!!!").songs.empty());
  EXPECT_TRUE(find_songs(songs_, "\xff").songs.empty());
}

// Against the distance computed over the whole table, for every pair of short words of two letters.
TEST(Spellings, finds_exactly_the_words_within_the_distance) {
  std::vector<std::string> words;
  for (std::size_t length = 1; length <= 6; ++length) {
    for (std::size_t bits = 0; bits < (std::size_t{1} << length); ++bits) {
      std::string& word = words.emplace_back();
      for (std::size_t at = 0; at < length; ++at) word += (bits >> at & 1U) != 0 ? 'b' : 'a';
    }
  }
  Spellings spellings;
  for (const std::string& word : words) spellings.add(word);
  for (const std::string& typed : words) {
    std::vector<std::pair<std::size_t, std::uint32_t>> expected;
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      const std::size_t distance = edit_distance(typed, words[i], 9);
      if (distance <= forgiven(typed)) expected.emplace_back(distance, i);
    }
    std::ranges::sort(expected);
    const std::vector<NearWord> near = spellings.near(typed, false, 2, words.size());
    ASSERT_EQ(near.size(), expected.size()) << typed;
    for (std::size_t i = 0; i < near.size(); ++i) {
      EXPECT_EQ(near[i].distance, expected[i].first) << typed << " " << near[i].word;
      EXPECT_EQ(near[i].number, expected[i].second) << typed << " " << near[i].word;
    }
  }
}

TEST(Spellings, an_unfinished_word_is_near_a_beginning) {
  Spellings spellings;
  for (const char* word : {"eilish", "elise", "فيروز", "radiohead"}) spellings.add(word);
  const auto first = [&](std::string_view typed, bool begins) {
    const std::vector<NearWord> near = spellings.near(typed, begins, 2, 1);
    return near.empty() ? std::string() : std::string(near.front().word);
  };
  EXPECT_EQ(first("radoi", true), "radiohead");
  EXPECT_EQ(first("radoi", false), "");
  EXPECT_EQ(first("فروز", false), "فيروز");
  EXPECT_EQ(first(std::string(400, 'a'), true), "");
  EXPECT_EQ(first("", true), "");
}

}  // namespace
}  // namespace segue::search
