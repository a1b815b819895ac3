#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class RecommendationRoutes : public testing::ModelFixture {
 protected:
  // Whether a request with this body would leave the io thread.
  bool blocks(const json::value& body) const {
    Request request;
    request.body = json::serialize(body);
    return route().handle.parsed(request).second;
  }
  // A listen of ann's to a song of the model, or to one it does not know.
  void listen(std::int64_t at, std::string_view title, std::string_view artist = "Björk") {
    store::StoredListen listen;
    listen.user = "ann";
    listen.listened_at = at;
    listen.artist = artist;
    listen.title = title;
    listen.msid = store::msid_of(listen);
    store_.add(std::span(&listen, 1));
  }
  json::value recommended(std::string_view query) const {
    return document(get("/v1/users/ann/recommendations?" + std::string(query)), "Recommendations");
  }
  const Route& route() const {
    for (const Route& route : routes()) {
      if (route.id == "recommendForSongs") return route;
    }
    throw std::logic_error("no such route");
  }
};

TEST_F(RecommendationRoutes, recommend_for_songs) {
  const json::value found = document(
      post("/v1/recommendations", {{"songs", {"song-2", "none"}}, {"k", 4}, {"explain", true}}), "Recommendations");
  ASSERT_EQ(found.at("items").as_array().size(), 4U);
  EXPECT_EQ(found.at("unknown"), json::value(json::array{"none"}));
  const json::value& first = found.at("items").at(0);
  EXPECT_EQ(first.at_pointer("/explanation/seeds/0/id"), json::value("song-2"));
  EXPECT_TRUE(first.at_pointer("/explanation/text").as_string().starts_with("Because of Björk – Jóga (100 %)"));
  EXPECT_EQ(first.at_pointer("/explanation/together/song/id"), json::value("song-2"));
}

TEST_F(RecommendationRoutes, place_interests_on_the_map) {
  const json::object body{{"songs", {"song 0", "song-1"}}, {"place", true}, {"interests", "2"}};
  const json::value found = document(post("/v1/recommendations", body), "Recommendations");
  ASSERT_FALSE(found.at("interests").as_array().empty());
  EXPECT_TRUE(found.at_pointer("/interests/0/x").is_number());
  const json::value bare = document(post("/v1/recommendations?model=bare", body), "Recommendations");
  EXPECT_FALSE(bare.at_pointer("/interests/0").as_object().contains("x"));
}

TEST_F(RecommendationRoutes, filter_and_exclude) {
  const json::value found =
      document(post("/v1/recommendations",
                    {{"songs", {"song-2"}}, {"exclude", {"song-10"}}, {"filter", {{"only_tag", {"electronic"}}}}}),
               "Recommendations");
  for (const json::value& song : found.at("items").as_array()) {
    EXPECT_EQ(song.at("row").to_number<int>() % 4, 2);
    EXPECT_NE(song.at("id"), json::value("song-10"));
  }
}

TEST_F(RecommendationRoutes, name_what_is_wrong) {
  EXPECT_EQ(message(post("/v1/recommendations", {{"songs", {"none"}}}), 422),
            "songs: expected ids of songs that the model has, found only unknown ones");
  EXPECT_EQ(message(post("/v1/recommendations", json::object()), 400),
            "songs: expected ids of songs that the model has, found none");
  EXPECT_EQ(message(post("/v1/recommendations", {{"songs", {"song-2"}}, {"filtre", 1}}), 400),
            "unknown name filtre (did you mean filter?)");
  EXPECT_EQ(message(post("/v1/recommendations", {{"songs", {"song-2"}}, {"filter", {{"only_ids", "x"}}}}), 400),
            "unknown name filter.only_ids");
}

TEST_F(RecommendationRoutes, block_for_filters_and_places_only) {
  EXPECT_FALSE(blocks({{"songs", {"\"filter\"", "\"place\""}}}));
  EXPECT_FALSE(blocks({{"songs", {"a"}}, {"filter", json::object()}, {"place", false}}));
  EXPECT_TRUE(blocks({{"songs", {"a"}}, {"filter", {{"min_plays", 2}}}}));
  EXPECT_TRUE(blocks({{"songs", {"a"}}, {"place", true}}));
  EXPECT_TRUE(blocks({{"seeds", {"tag:jazz"}}}));
}

TEST_F(RecommendationRoutes, seeds_are_artists_albums_tags_and_songs_with_weights) {
  const json::value found = document(
      post("/v1/recommendations",
           {{"seeds", {"artist:bjork:2", "Bill Evans", "song-1"}}, {"k", 6}, {"place", true}, {"explain", true}}),
      "Recommendations");
  EXPECT_EQ(found.at("items").as_array().size(), 6U);
  const json::array& taken = found.at("taken_as").as_array();
  ASSERT_EQ(taken.size(), 3U);
  EXPECT_EQ(taken[0].at("typed"), json::value("artist:bjork:2"));
  EXPECT_EQ(taken[0].at("kind"), json::value("artist"));
  EXPECT_EQ(taken[0].at("name"), json::value("Björk"));
  EXPECT_EQ(taken[0].at("weight").to_number<double>(), 2);
  EXPECT_EQ(taken[0].at("songs").at(0), json::value("song-2"));
  EXPECT_EQ(taken[1].at("name"), json::value("Bill Evans"));
  EXPECT_EQ(taken[2].at("kind"), json::value("song"));
  for (const std::string& id : ids_of(found)) {
    for (const json::value& seed : taken) {
      EXPECT_EQ(std::ranges::count(seed.at("songs").as_array(), json::value(id)), 0) << id;
    }
  }
}

TEST_F(RecommendationRoutes, seeds_that_are_wrong_are_named) {
  EXPECT_EQ(message(post("/v1/recommendations", {{"seeds", {"artist:Bjrk"}}}), 404),
            "\"artist:Bjrk\": no such artist (did you mean Björk?)");
  EXPECT_EQ(message(post("/v1/recommendations", {{"seeds", {"artist:bjork:0"}}}), 400),
            "\"artist:bjork:0\": expected a weight above 0 and at most 1000, found 0");
  EXPECT_EQ(message(post("/v1/recommendations", {{"seeds", {"bjork"}}, {"songs", {"song-2"}}}), 400),
            "expected songs or seeds, found both");
  json::array many;
  for (int i = 0; i < 21; ++i) many.emplace_back("bjork");
  EXPECT_EQ(message(post("/v1/recommendations", {{"seeds", std::move(many)}}), 400),
            "seeds: expected at most 20, found 21");
}

TEST_F(RecommendationRoutes, recommend_what_is_popular_to_a_new_user) {
  const json::value found = document(get("/v1/users/ann/recommendations?k=2", token_of("ann")), "Recommendations");
  EXPECT_EQ(found.at("fallback"), json::value("popular"));
  EXPECT_EQ(found.at("user"), json::value("ann"));
  EXPECT_EQ(found.at("listens"), json::value(0));
  EXPECT_EQ(get("/v1/users/ann/recommendations", token_of("bob")).status, 403);
}

TEST_F(RecommendationRoutes, use_the_stored_listens_of_a_user) {
  store::StoredListen known;
  known.user = "ann";
  known.listened_at = 1'700'000'000;
  known.artist = "Björk";
  known.title = "Jóga";
  store::StoredListen unknown = known;
  unknown.listened_at += 1;
  unknown.title = "Something else";
  known.msid = store::msid_of(known);
  unknown.msid = store::msid_of(unknown);
  store_.add(std::vector{known, unknown});
  const json::value found = document(get("/v1/users/ann/recommendations?k=3"), "Recommendations");
  EXPECT_FALSE(found.as_object().contains("fallback"));
  EXPECT_EQ(found.at("listens"), json::value(1));
  const json::value history = document(get("/v1/users/ann/history"), "History");
  ASSERT_EQ(history.at("items").as_array().size(), 2U);
  EXPECT_TRUE(history.at_pointer("/items/0/song").is_null());
  EXPECT_EQ(history.at_pointer("/items/1/song/id"), json::value("song-2"));
  EXPECT_EQ(history.at_pointer("/items/1/listened_at"), json::value(1'700'000'000));
}

// It fell back to popular songs as soon as the newest listens were all unknown to the model.
TEST_F(RecommendationRoutes, count_the_listens_that_the_model_knows) {
  listen(1'700'000'000, "Jóga");
  const json::value before = recommended("k=5&history=1");
  EXPECT_EQ(before.at("listens"), json::value(1));
  for (int episode = 0; episode < 250; ++episode) {
    listen(1'700'000'300 + episode, "Episode " + std::to_string(episode), "Podcast");
  }
  EXPECT_EQ(recommended("k=5&history=1"), before);
  EXPECT_EQ(recommended("k=5").at("items"), before.at("items"));
  EXPECT_EQ(document(get("/v1/users/ann/history?history=3"), "History").at("items").as_array().size(), 3U);
}

TEST_F(RecommendationRoutes, use_as_many_of_the_newest_known_listens_as_wanted) {
  for (int i = 0; i < 12; ++i) {
    listen(1'700'000'000 + 3 * i, "Jóga " + std::to_string(i % 5 + 2));
    listen(1'700'000'002 + 3 * i, "HUMBLE", "Kendrick Lamar");
    listen(1'700'000'001 + 3 * i, "unknown " + std::to_string(i), "Podcast");
  }
  for (const int wanted : {1, 2, 5, 23, 24, 25, 1000}) {
    EXPECT_EQ(recommended("k=3&history=" + std::to_string(wanted)).at("listens"), json::value(std::min(wanted, 24)));
  }
}

// Songs older than the listens used came back.
TEST_F(RecommendationRoutes, discover_returns_no_song_that_was_ever_played) {
  const std::vector<std::string> every = ids_of(recommended("k=1000&mode=any&artist_cap=0&fold_versions=false"));
  ASSERT_EQ(every.size(), kSongs);
  store::StoredListen played;
  played.user = "ann";
  for (std::size_t i = 0; i < every.size() / 2; ++i) {
    played.listened_at = 1'600'000'000 + static_cast<std::int64_t>(i);
    played.song_id = every[i];
    played.msid = store::msid_of(played);
    store_.add(std::span(&played, 1));
  }
  const std::string query = "k=1000&artist_cap=0&fold_versions=false&history=1";
  const std::vector<std::string> discovered = ids_of(recommended(query));
  EXPECT_FALSE(discovered.empty());
  for (const std::string& id : discovered) {
    EXPECT_EQ(std::ranges::count(std::span(every).first(every.size() / 2), id), 0) << id;
  }
  const std::vector<std::string> any = ids_of(recommended(query + "&mode=any&freshness=0"));
  EXPECT_GT(any.size(), discovered.size());
}

TEST_F(RecommendationRoutes, keep_to_the_library) {
  add_library();
  for (const std::string_view filter : {"", R"(, "filter": {"not_artist": ["Kendrick Lamar"]})"}) {
    const json::value body =
        json::parse(fmt::format(R"({{"songs": ["song-2"], "k": 20, "in_library": true{}}})", filter));
    const json::value found = document(post("/v1/recommendations", body), "Recommendations");
    EXPECT_FALSE(found.at("items").as_array().empty());
    for (const json::value& song : found.at("items").as_array()) {
      EXPECT_EQ(song.at("row").to_number<int>() % (filter.empty() ? 2 : 4), filter.empty() ? 0 : 2);
    }
  }
  // A user without listens gets popular songs, of the library too.
  const json::value popular = document(get("/v1/users/new/recommendations?k=5&in_library=true"), "Recommendations");
  EXPECT_EQ(popular.at("items").as_array().size(), 5U);
  for (const json::value& song : popular.at("items").as_array()) EXPECT_EQ(song.at("row").to_number<int>() % 2, 0);
}

}  // namespace
}  // namespace segue::serve
