#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

class PlaylistRoutes : public testing::ModelFixture {};

TEST_F(PlaylistRoutes, make_a_radio_and_continue_it) {
  const json::value first = document(post("/v1/radio", {{"songs", {"song-2", "none"}}, {"length", 3}}), "Radio");
  const std::vector<std::string> played = ids_of(first);
  ASSERT_EQ(played.size(), 3U);
  EXPECT_EQ(first.at("title"), json::value("Radio: Björk – Jóga"));
  EXPECT_EQ(first.at("unknown"), json::value(json::array{"none"}));
  json::array after;
  for (const std::string& id : played) after.emplace_back(id);
  const json::value next =
      document(post("/v1/radio", {{"songs", {"song-2"}}, {"length", 3}, {"after", std::move(after)}}), "Radio");
  for (const std::string& id : ids_of(next)) EXPECT_EQ(std::ranges::find(played, id), played.end()) << id;
}

TEST_F(PlaylistRoutes, make_a_radio_of_an_artist_and_continue_it) {
  const json::object body{{"seeds", {"artist:bjork"}}, {"length", 4}};
  const json::value first = document(post("/v1/radio", body), "Radio");
  EXPECT_EQ(first.at("title"), json::value("Radio: Björk"));
  EXPECT_EQ(first.at_pointer("/taken_as/0/kind"), json::value("artist"));
  const std::vector<std::string> played = ids_of(first);
  EXPECT_EQ(first.at_pointer("/items/0/artist"), json::value("Björk"));
  json::object further = body;
  further["after"] = json::array(played.begin(), played.end());
  for (const std::string& id : ids_of(document(post("/v1/radio", further), "Radio"))) {
    EXPECT_EQ(std::ranges::find(played, id), played.end()) << id;
  }
}

TEST_F(PlaylistRoutes, make_a_journey) {
  const json::value found =
      document(post("/v1/journey", {{"from", "song-2"}, {"to", "song 0"}, {"steps", "2"}}), "Journey");
  const std::vector<std::string> ids = ids_of(found);
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(ids.front(), "song-2");
  EXPECT_EQ(ids.back(), "song 0");
  EXPECT_EQ(found.at("title"), json::value("From Björk – Jóga to Kendrick Lamar – HUMBLE"));
}

TEST_F(PlaylistRoutes, give_the_format_that_is_accepted) {
  const Reply m3u8 = post("/v1/radio", {{"songs", {"song-2"}}, {"length", 2}}, {{"accept", "audio/x-mpegurl"}});
  EXPECT_EQ(m3u8.status, 200);
  EXPECT_TRUE(m3u8.content_type.starts_with("audio/x-mpegurl"));
  EXPECT_TRUE(m3u8.body.starts_with("#EXTM3U\n"));
  const Reply xspf =
      post("/v1/journey", {{"from", "song-2"}, {"to", "song 0"}, {"steps", "2"}}, {{"accept", "application/xspf+xml"}});
  EXPECT_TRUE(xspf.body.starts_with("<?xml"));
  const Reply jspf = post("/v1/radio", {{"songs", {"song-2"}}, {"length", 2}}, {{"accept", "application/jspf+json"}});
  EXPECT_EQ(jspf.content_type, "application/jspf+json");
  EXPECT_TRUE(parse_json(jspf.body, "jspf").as_object().contains("playlist"));
  const Reply json = post("/v1/radio", {{"songs", {"song-2"}}, {"length", 2}}, {{"accept", "application/json"}});
  EXPECT_EQ(json.content_type, "application/json");
  EXPECT_TRUE(parse_json(json.body, "json").as_object().contains("items"));
}

TEST_F(PlaylistRoutes, keep_to_the_library) {
  EXPECT_EQ(message(post("/v1/radio", {{"songs", {"song-2"}}, {"in_library", true}}), 400),
            "in_library: the service has no library (segue serve --library)");
  add_library();
  const json::value all = document(post("/v1/radio", {{"songs", {"song-2"}}, {"length", 20}}), "Radio");
  EXPECT_TRUE(std::ranges::any_of(all.at("items").as_array(),
                                  [](const json::value& song) { return song.at("row").to_number<int>() % 2 == 1; }));
  const json::value kept =
      document(post("/v1/radio", {{"songs", {"song-2"}}, {"length", 20}, {"in_library", true}}), "Radio");
  EXPECT_GE(kept.at("items").as_array().size(), 5U);
  for (const json::value& song : kept.at("items").as_array()) EXPECT_EQ(song.at("row").to_number<int>() % 2, 0);
  const Reply m3u8 =
      post("/v1/radio", {{"songs", {"song-2"}}, {"length", 2}, {"in_library", true}}, {{"accept", "audio/x-mpegurl"}});
  EXPECT_NE(m3u8.body.find("#EXTINF:61,"), std::string::npos) << m3u8.body;
  EXPECT_NE(m3u8.body.find("\n/m/"), std::string::npos) << m3u8.body;
  const json::value way =
      document(post("/v1/journey",
                    {{"from", "song-2"}, {"to", "song 0"}, {"steps", "2"}, {"artist_gap", 0}, {"in_library", true}}),
               "Journey");
  EXPECT_EQ(way.at("items").at(1).at("row").to_number<int>() % 2, 0);
}

TEST_F(PlaylistRoutes, name_what_is_wrong) {
  EXPECT_EQ(message(post("/v1/radio", {{"songs", {"none"}}}), 422),
            "songs: expected ids of songs that the model has, found only unknown ones");
  EXPECT_EQ(message(post("/v1/radio", {{"songs", {"song-2"}}, {"length", 1001}}), 400),
            "length: expected a whole number from 1 to 1000, found 1001");
  EXPECT_EQ(message(post("/v1/journey", {{"from", "song-2"}, {"to", "none"}}), 404),
            "song none: the model has no song with this id");
}

}  // namespace
}  // namespace segue::serve
