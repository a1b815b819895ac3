#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

class SongRoutes : public testing::ModelFixture {};

TEST_F(SongRoutes, search_by_words) {
  const json::value found = document(get("/v1/songs?q=joga&limit=2"), "Songs");
  EXPECT_EQ(ids_of(found), (std::vector<std::string>{"song-2", "song 6"}));
  EXPECT_EQ(found.at("model"), json::value("default"));
  EXPECT_EQ(found.at("items").at(0).at("title"), json::value("Jóga"));
  EXPECT_TRUE(ids_of(document(get("/v1/songs?q=nothing+of+this"), "Songs")).empty());
}

TEST_F(SongRoutes, list_the_songs_of_rows) {
  EXPECT_EQ(ids_of(document(get("/v1/songs?rows=5,0"), "Songs")), (std::vector<std::string>{"song-5", "song 0"}));
  EXPECT_EQ(message(get("/v1/songs?rows=24"), 400),
            "rows: expected whole numbers below 24, separated by commas, found \"24\"");
  EXPECT_EQ(message(get("/v1/songs"), 400), "expected q or rows, found neither");
  EXPECT_EQ(message(get("/v1/songs?q=a&rows=1"), 400), "expected q or rows, found both");
}

TEST_F(SongRoutes, describe_a_song) {
  const json::value song = document(get("/v1/songs/song%206"), "SongDetails");
  EXPECT_EQ(song.at("row"), json::value(6));
  EXPECT_EQ(song.at("tags"), json::value({"electronic", "test"}));
  EXPECT_EQ(song.at_pointer("/map/x"), json::value(6));
  EXPECT_EQ(song.at_pointer("/map/cluster"), json::value(-1));
  EXPECT_FALSE(document(get("/v1/songs/song%206?model=bare"), "SongDetails").as_object().contains("map"));
  EXPECT_EQ(message(get("/v1/songs/none"), 404), "song none: the model has no song with this id");
  EXPECT_EQ(message(get("/v1/songs/song%206?model=other"), 404), "no model is called \"other\"");
}

TEST_F(SongRoutes, list_neighbours) {
  const json::value found = document(get("/v1/songs/song%206/similar?k=5"), "SimilarSongs");
  ASSERT_EQ(found.at("items").as_array().size(), 5U);
  double last = 2;
  for (const json::value& song : found.at("items").as_array()) {
    EXPECT_NE(song.at("id"), json::value("song 6"));
    const auto similarity = song.at("similarity").to_number<double>();
    EXPECT_LE(similarity, last);
    last = similarity;
    // Songs of one genre were played after each other.
    if (song.at("row") == json::value(2)) {
      EXPECT_EQ(song.at_pointer("/together/times"), json::value(4));
    }
  }
  EXPECT_EQ(message(get("/v1/songs/song%206/similar?k=1001"), 400),
            "k: expected a whole number from 1 to 1000, found 1001");
  EXPECT_EQ(message(get("/v1/songs/none/similar"), 404), "song none: the model has no song with this id");
}

}  // namespace
}  // namespace segue::serve
