#include "segue/search/song_matcher.h"

#include <gtest/gtest.h>

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::search {
namespace {

class SongMatching : public ::testing::Test {
 protected:
  SongMatching() {
    testing::write_songs(scratch_ / "songs.arrow",
                         {{"spotify:track:4uLU6hMCjMI75M1A2tKUQC", "Jóga", "Björk", "", {}, 90},
                          {"b1a9c0e9-d987-4042-ae91-78d6a3267d69", "Hunter", "Björk", "", {}, 80},
                          {"x:7", "Song", "Somebody", "", {}, 70},
                          {"y:7", "Song", "Somebody", "", {}, 60},
                          {"9", "", "", "", {}, 50},
                          {"10", "إنت عُمري", "أم كلثوم", "", {}, 40},
                          {"11", "Jóga (Live at Ally Pally)", "Björk", "", {}, 30}});
    songs_ = data::Catalogue(scratch_ / "songs.arrow");
    matcher_.emplace(songs_, 1);
  }

  std::optional<std::uint32_t> by_id(const std::string& id) const {
    store::StoredListen listen;
    listen.song_id = id;
    return matcher_->find(listen);
  }
  std::optional<std::uint32_t> by_names(const std::string& artist, const std::string& title) const {
    store::StoredListen listen;
    listen.artist = artist;
    listen.title = title;
    return matcher_->find(listen);
  }

  testing::Scratch scratch_;
  data::Catalogue songs_;
  std::optional<SongMatcher> matcher_;
};

TEST_F(SongMatching, finds_ids_and_their_last_parts) {
  EXPECT_EQ(by_id("spotify:track:4uLU6hMCjMI75M1A2tKUQC"), 0);
  EXPECT_EQ(by_id("4uLU6hMCjMI75M1A2tKUQC"), 0);
  EXPECT_EQ(by_id("x:7"), 2);
  EXPECT_EQ(by_id("y:7"), 3);
  EXPECT_EQ(by_id("10"), 5);
  EXPECT_EQ(by_id("track"), std::nullopt);
  EXPECT_EQ(by_id(""), std::nullopt);
}

TEST_F(SongMatching, ignores_last_parts_that_two_ids_share) {
  EXPECT_EQ(by_id("7"), std::nullopt);
}

TEST_F(SongMatching, finds_a_musicbrainz_recording) {
  store::StoredListen listen;
  listen.recording_mbid = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";
  EXPECT_EQ(matcher_->find(listen), 1);
}

TEST_F(SongMatching, prefers_ids_to_names) {
  store::StoredListen listen;
  listen.song_id = "unknown to this model";
  listen.recording_mbid = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";
  listen.artist = "Somebody";
  listen.title = "Song";
  EXPECT_EQ(matcher_->find(listen), 1);
  listen.song_id = "10";
  EXPECT_EQ(matcher_->find(listen), 5);
  listen.song_id.clear();
  listen.recording_mbid.clear();
  EXPECT_EQ(matcher_->find(listen), 2);
}

TEST_F(SongMatching, finds_names_however_they_are_spelt) {
  EXPECT_EQ(by_names("BJÖRK", " jóga "), 0);
  EXPECT_EQ(by_names("björk", "JÓGA  (live at Ally Pally)"), 6);  // the version itself, if there is one
  EXPECT_EQ(by_names("Bjork feat. Somebody", "Joga - Remastered 2009"), 0);
  EXPECT_EQ(by_names("ام كلثوم", "انت عمري"), 5);
  EXPECT_EQ(by_names("Björk", "Bachelorette"), std::nullopt);
  EXPECT_EQ(by_names("Somebody Else", "Song"), std::nullopt);
}

TEST_F(SongMatching, prefers_the_most_played_of_songs_with_the_same_names) {
  EXPECT_EQ(by_names("Somebody", "Song"), 2);
}

TEST_F(SongMatching, finds_nothing_without_names) {
  EXPECT_EQ(by_names("", ""), std::nullopt);
  EXPECT_EQ(by_names("Björk", ""), std::nullopt);
}

TEST(LastPart, is_the_id_in_a_uri_or_url) {
  EXPECT_EQ(last_part("spotify:track:abc"), "abc");
  EXPECT_EQ(last_part("https://open.spotify.com/track/abc?si=1/2"), "abc");
  EXPECT_EQ(last_part("abc"), "abc");
  EXPECT_EQ(last_part("what?"), "what?");
  EXPECT_EQ(last_part("a/"), "a/");
  EXPECT_EQ(last_part(""), "");
}

TEST(SongMatcher, of_an_empty_catalogue_finds_nothing) {
  const data::Catalogue songs;
  const SongMatcher matcher(songs);
  store::StoredListen listen;
  listen.song_id = "1";
  listen.artist = "a";
  listen.title = "b";
  EXPECT_EQ(matcher.find(listen), std::nullopt);
}

}  // namespace
}  // namespace segue::search
