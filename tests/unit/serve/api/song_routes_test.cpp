#include <fmt/format.h>

#include "segue/serve/song_links.h"

#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class SongRoutes : public testing::ModelFixture {
 protected:
  static Identity admin() {
    Identity who = token_of("");
    who.admin = true;
    return who;
  }
};

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

TEST_F(SongRoutes, match_artists_and_titles) {
  const json::value found = document(
      post("/v1/match",
           {{"songs", {{{"artist", "bjork"}, {"title", "joga"}}, {{"artist", "Nobody"}, {"title", "Not here"}}}}}),
      "MatchedSongs");
  ASSERT_EQ(found.at("items").as_array().size(), 2U);
  EXPECT_EQ(found.at_pointer("/items/0/artist"), json::value("Björk"));
  EXPECT_TRUE(found.at_pointer("/items/1").is_null());
  EXPECT_EQ(message(post("/v1/match", {{"songs", {1}}}), 400), "songs[0]: expected an object with artist and title");
  EXPECT_EQ(message(post("/v1/match", json::object()), 400), "songs: expected a list of objects with artist and title");
  EXPECT_EQ(message(post("/v1/match", {{"songs", json::array(1001)}}), 413),
            "songs: expected at most 1000 in one request, found 1001");
}

TEST_F(SongRoutes, artists_are_found_as_typed_and_have_songs_and_neighbours) {
  const json::value found = document(get("/v1/artists?q=bj"), "Artists");
  ASSERT_EQ(found.at("items").as_array().size(), 1U);
  EXPECT_EQ(found.at_pointer("/items/0/name"), json::value("Björk"));
  EXPECT_EQ(found.at_pointer("/items/0/songs"), json::value(6));
  EXPECT_TRUE(document(get("/v1/artists?q="), "Artists").at("items").as_array().empty());
  const json::value artist = document(get("/v1/artists/Bj%C3%B6rk?k=2&similar=3"), "Artist");
  EXPECT_EQ(ids_of(artist), (std::vector<std::string>{"song-2", "song 6"}));
  ASSERT_EQ(artist.at("similar").as_array().size(), 3U);
  for (const json::value& other : artist.at("similar").as_array()) EXPECT_NE(other.at("name"), json::value("Björk"));
  EXPECT_TRUE(document(get("/v1/artists/bjork?similar=0"), "Artist").at("similar").as_array().empty());
  EXPECT_EQ(message(get("/v1/artists/Bj%C3%B6rx"), 404),
            "artist Björx: the model has no artist of this name (did you mean Björk?)");
}

TEST(SongLinks, are_read_and_checked) {
  EXPECT_EQ(song_links({}, "").links.size(), 4U);
  EXPECT_TRUE(song_links({"none"}, "").links.empty());
  const SongLinks own =
      song_links({"Shop=https://shop.example/{id}?by={artist}"}, "https://covers.example:8443/{id}.jpg");
  ASSERT_EQ(own.links.size(), 1U);
  EXPECT_EQ(own.links[0].name, "Shop");
  EXPECT_EQ(own.links[0].address, "https://shop.example/{id}?by={artist}");
  EXPECT_EQ(origin_of(own.cover), "https://covers.example:8443");
  for (const char* const bad : {"Shop", "=https://a.example/", "Shop=javascript:alert(1)", "Shop=https:///x",
                                "Shop=https://a b/", "Shop=https://a.example/{name}", "Shop=https://a.example/{id"}) {
    EXPECT_THROW(song_links({bad}, ""), Error) << bad;
  }
  EXPECT_THROW(song_links({}, "https://*;script-src/"), Error);
  EXPECT_EQ(song_links({}, "", "http://nas:4533/music/").subsonic, "http://nas:4533/music");
  EXPECT_EQ(origin_of("http://nas:4533/music"), "http://nas:4533");
  for (const char* const bad : {"nas:4533", "ftp://nas/", "http://nas;script-src */"}) {
    EXPECT_THROW(song_links({}, "", bad), Error) << bad;
  }
}

TEST_F(SongRoutes, put_a_song_that_training_did_not_know) {
  const std::string body = R"({"title":"Fresh","artist":"Bjork","queues":[["song-2","new","song-10","x"],["new"]]})";
  const auto put = [&](std::string_view id, std::string_view sent) {
    return caller().call(Method::put, fmt::format("/v1/songs/{}", id), std::string(sent), admin());
  };
  const json::value placed = document(put("new", body), "NewSong");
  EXPECT_EQ(placed, json::value({{"id", "new"},
                                 {"served", false},
                                 {"trained", false},
                                 {"plays", 2},
                                 {"near", 2},
                                 {"album_songs", 0},
                                 {"artist_songs", 6},
                                 {"tag_songs", 0}}));
  EXPECT_EQ(document(put("song-2", body), "NewSong").at("trained"), json::value(true));
  EXPECT_EQ(store_.new_songs(0).size(), 2U);
  EXPECT_EQ(message(put("other", R"({"artist":"A"})"), 400), "title: expected the title of the song, found none");
  EXPECT_EQ(message(put("other", R"({"title":"T","queues":["a"]})"), 400),
            "queues: expected at most 1000 lists of ids, 100000 in all");
  EXPECT_EQ(message(put("other", R"({"title":"T","tag":"a"})"), 400), "unknown name tag (did you mean tags?)");
  EXPECT_EQ(caller().call(Method::put, "/v1/songs/new", body, token_of("")).status, 403);
  EXPECT_EQ(document(caller().call(Method::remove, "/v1/songs/new", "", admin()), "NewSong").at("id"),
            json::value("new"));
  EXPECT_EQ(message(caller().call(Method::remove, "/v1/songs/new", "", admin()), 404),
            "song new: expected a song that was put here, found none of this id");
}

}  // namespace
}  // namespace segue::serve
