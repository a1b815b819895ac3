#include "segue/data/text/song_keys.h"

#include <gtest/gtest.h>

#include "segue/data/dataset/catalogue.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::data {
namespace {

TEST(RecordingTitle, drops_the_names_of_versions) {
  for (const std::string_view title :
       {"Jóga", "joga", "Jóga (Live at Ally Pally)", "Jóga - Remastered 2009", "Jóga (feat. Somebody) [Radio Edit]",
        "Jóga - Live - 2011 Remaster", "Jóga feat. Somebody", "Jóga (Alec's Remix", "JÓGA  [Acoustic]"}) {
    EXPECT_EQ(recording_title(title), "joga") << title;
  }
}

TEST(RecordingTitle, keeps_words_of_the_title_itself) {
  EXPECT_EQ(recording_title("Live Forever"), "live forever");
  EXPECT_EQ(recording_title("Shine On You Crazy Diamond (Parts 1-5)"), "shine on you crazy diamond parts 1 5");
  EXPECT_EQ(recording_title("Concerto No. 2 - Adagio"), "concerto no 2 adagio");
  EXPECT_EQ(recording_title("(Live)"), "live");
  EXPECT_EQ(recording_title(" - Remix"), "remix");
  EXPECT_EQ(recording_title("إنت عُمري (Live)"), recording_title("انت عمري"));
  EXPECT_EQ(recording_title(""), "");
  EXPECT_EQ(recording_title("???"), "???");
}

TEST(MainArtist, is_the_first_one) {
  EXPECT_EQ(main_artist("Kane Brown, Lauren Alaina"), "kane brown");
  EXPECT_EQ(main_artist("BROCKHAMPTON feat. Dua"), "brockhampton");
  EXPECT_EQ(main_artist("A; B"), "a");
  EXPECT_EQ(main_artist("Simon & Garfunkel"), main_artist("simon & garfunkel"));
  EXPECT_NE(main_artist("Simon & Garfunkel"), "simon");
  EXPECT_EQ(main_artist("!!!"), "!!!");
  EXPECT_EQ(main_artist(", B"), "b");
  EXPECT_EQ(main_artist(""), "");
}

TEST(SongKeys, distinguish_recordings_and_artists) {
  const testing::Scratch scratch;
  testing::write_songs(scratch / "songs.arrow", {{"0", "Jóga", "Björk", "", {}, 9},
                                                 {"1", "Joga - Live", "Bjork, Others", "", {}, 8},
                                                 {"2", "Jóga", "Somebody", "", {}, 7},
                                                 {"3", "Hunter", "Björk", "", {}, 6},
                                                 {"4", "", "", "", {}, 5},
                                                 {"5", "", "", "", {}, 4},
                                                 {"6", "Jóga", "", "", {}, 3}});
  const Catalogue songs(scratch / "songs.arrow");
  const auto keys = [&](std::uint32_t row) { return songs.keys(row); };
  EXPECT_EQ(keys(0).recording, keys(1).recording);
  EXPECT_EQ(keys(0).artist, keys(1).artist);
  EXPECT_NE(keys(0).recording, keys(2).recording);
  EXPECT_EQ(keys(0).artist, keys(3).artist);
  EXPECT_NE(keys(0).recording, keys(3).recording);
  // Songs without names are never the same.
  EXPECT_NE(keys(4).artist, keys(5).artist);
  EXPECT_NE(keys(4).recording, keys(5).recording);
  EXPECT_NE(keys(6).recording, keys(0).recording);
  EXPECT_EQ(keys(1).recording, keys(0).recording);  // remembered
}

}  // namespace
}  // namespace segue::data
