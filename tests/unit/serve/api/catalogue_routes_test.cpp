#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class CatalogueRoutes : public testing::ModelFixture {
 protected:
  static Identity admin() {
    Identity who = token_of("");
    who.admin = true;
    return who;
  }
  static std::string path(std::string_view id) {
    std::string escaped;
    for (const char letter : id) escaped += letter == ' ' ? std::string("%20") : std::string(1, letter);
    return "/v1/catalogue/" + escaped;
  }

  json::value put(std::string_view id, const json::value& change) const {
    return document(caller().call(Method::put, path(id), json::serialize(change), admin()), "CatalogueSong");
  }
  std::string refusal(const json::value& change) const {
    return message(caller().call(Method::put, path("song 0"), json::serialize(change), admin()), 400);
  }
  json::value withdraw(std::string_view id) const {
    return document(caller().call(Method::remove, path(id), "", admin()), "CatalogueSong");
  }

  std::vector<std::string> similar(std::string_view more = "", int k = 20) const {
    return ids_of(document(get(fmt::format("/v1/songs/song%200/similar?k={}{}", k, more)), "SimilarSongs"));
  }
  static bool has(const std::vector<std::string>& ids, std::string_view id) {
    return std::ranges::find(ids, id) != ids.end();
  }
};

TEST_F(CatalogueRoutes, a_blocked_song_is_in_no_list_and_still_a_seed) {
  const std::string nearest = similar().front();
  const json::value song = put(nearest, {{"blocked", true}});
  EXPECT_EQ(song.at("available"), json::value(false));
  EXPECT_EQ(song.at("change"), json::value({{"blocked", true}}));
  EXPECT_FALSE(has(similar(), nearest));
  EXPECT_FALSE(has(ids_of(document(post("/v1/recommendations", {{"songs", {"song 0"}}, {"k", 20}}), "Recommendations")),
                   nearest));
  EXPECT_FALSE(has(ids_of(document(post("/v1/radio", {{"songs", {"song 0"}}, {"length", 20}}), "Radio")), nearest));
  EXPECT_FALSE(has(ids_of(document(get("/v1/users/ann/recommendations?k=20"), "Recommendations")), nearest));
  const json::value from_blocked =
      document(post("/v1/recommendations", {{"songs", {nearest}}, {"mode", "any"}, {"k", 5}}), "Recommendations");
  EXPECT_EQ(from_blocked.at("items").as_array().size(), 5U);
  EXPECT_FALSE(has(ids_of(from_blocked), nearest));
  withdraw(nearest);
  EXPECT_EQ(similar().front(), nearest);
}

TEST_F(CatalogueRoutes, a_journey_leads_to_a_blocked_end_without_playing_it) {
  const json::value body{{"from", "song 0"}, {"to", "song 3"}};
  const std::vector<std::string> whole = ids_of(document(post("/v1/journey", body), "Journey"));
  ASSERT_EQ(whole.back(), "song 3");
  put("song 3", {{"blocked", true}});
  const json::value journey = document(post("/v1/journey", body), "Journey");
  EXPECT_EQ(journey.at("left_out"), json::array({"song 3"}));
  EXPECT_FALSE(has(ids_of(journey), "song 3"));
  EXPECT_EQ(ids_of(journey).front(), "song 0");
}

TEST_F(CatalogueRoutes, requests_name_a_market_and_whether_explicit_songs_may_be_played) {
  const std::vector<std::string> all = similar();
  put(all[0], {{"markets", {"DE"}}});
  put(all[1], {{"explicit", true}});
  EXPECT_EQ(similar(), all);
  EXPECT_TRUE(has(similar("&market=de"), all[0]));
  EXPECT_FALSE(has(similar("&market=US"), all[0]));
  EXPECT_FALSE(has(similar("&explicit=false"), all[1]));
  const json::value body{{"songs", {"song 0"}}, {"k", 20}, {"market", "US"}, {"explicit", false}};
  const std::vector<std::string> found = ids_of(document(post("/v1/recommendations", body), "Recommendations"));
  EXPECT_FALSE(has(found, all[0]) || has(found, all[1]));
  EXPECT_EQ(message(get("/v1/songs/song%200/similar?market=UK"), 400),
            "market: expected country codes of ISO 3166-1 such as DE, found \"UK\" (did you mean GB?)");
}

TEST_F(CatalogueRoutes, a_short_list_says_how_many_songs_are_withheld) {
  const std::vector<std::string> all = similar();
  EXPECT_FALSE(document(get("/v1/songs/song%200/similar?k=5"), "SimilarSongs").as_object().contains("withheld"));
  for (std::size_t i = 0; i < 18; ++i) put(all[i], {{"blocked", true}});
  const json::value reply = document(get("/v1/songs/song%200/similar?k=20"), "SimilarSongs");
  EXPECT_LT(reply.at("items").as_array().size(), 20U);
  EXPECT_EQ(reply.at("withheld"), json::value(18));
}

TEST_F(CatalogueRoutes, a_catalogue_without_any_song_left_is_an_error) {
  std::string rows = "0";
  for (std::uint32_t row = 1; row < kSongs; ++row) rows += "," + std::to_string(row);
  for (const std::string& id : ids_of(document(get("/v1/songs?rows=" + rows), "Songs"))) {
    put(id, {{"blocked_markets", {"DE"}}});
  }
  EXPECT_EQ(message(get("/v1/songs/song%200/similar?market=DE"), 404),
            "expected songs that the catalogue offers in DE, found none among 24");
  EXPECT_EQ(similar("&market=US").size(), 20U);
}

TEST_F(CatalogueRoutes, search_leaves_out_what_is_not_offered_unless_operators_ask) {
  put("song 0", {{"blocked", true}});
  EXPECT_FALSE(has(ids_of(document(get("/v1/songs?q=song%200"), "Songs")), "song 0"));
  const json::value all = document(get("/v1/songs?q=song%200&unavailable=true"), "Songs");
  ASSERT_EQ(ids_of(all).front(), "song 0");
  EXPECT_EQ(all.at_pointer("/items/0/available"), json::value(false));
  EXPECT_EQ(message(get("/v1/songs?q=song%200&unavailable=true", token_of("ann")), 403),
            "unavailable: expected a token of a service or an admin, found a listener's");
  EXPECT_EQ(document(get("/v1/songs/song%200"), "SongDetails").at("available"), json::value(false));
  const json::value rows = document(get("/v1/songs?rows=0,1"), "Songs");
  EXPECT_EQ(rows.at_pointer("/items/0/available"), json::value(false));
  EXPECT_FALSE(rows.at_pointer("/items/1").as_object().contains("available"));
}

TEST_F(CatalogueRoutes, change_names_only_what_it_changes) {
  put("song 0", {{"until", "2030-01-01"}, {"markets", {"de", "AT"}}});
  const json::value song = document(get("/v1/catalogue/song%200", admin()), "CatalogueSong");
  EXPECT_EQ(song.at("until"), json::value("2030-01-01T00:00:00Z"));
  EXPECT_EQ(song.at("markets"), json::value({"AT", "DE"}));
  EXPECT_EQ(song.at("in_table"), json::value(false));
  EXPECT_EQ(song.at("in_model"), json::value(true));
  const json::value again = put("song 0", {{"explicit", true}});
  EXPECT_EQ(again.at("until"), json::value(nullptr)) << "a change replaces the one before";
}

TEST_F(CatalogueRoutes, refuses_changes_that_make_no_sense) {
  EXPECT_NE(refusal(json::object()).find("expected at least one of blocked, markets"), std::string::npos);
  EXPECT_NE(refusal({{"blokked", true}}).find("unknown name blokked (did you mean blocked?)"), std::string::npos);
  EXPECT_EQ(refusal({{"blocked", "yes"}}), "blocked: expected true or false, found \"yes\"");
  EXPECT_NE(refusal({{"markets", {"Germany"}}}).find("markets: expected country codes"), std::string::npos);
  EXPECT_NE(refusal({{"from", "2030-01-02"}, {"until", "2030-01-01"}}).find("until: expected a time after from"),
            std::string::npos);
}

TEST_F(CatalogueRoutes, only_admins_change_and_only_operators_look) {
  EXPECT_EQ(caller().call(Method::put, "/v1/catalogue/song%200", R"({"blocked":true})", token_of("")).status, 403);
  EXPECT_EQ(caller().call(Method::remove, "/v1/catalogue/song%200", "", token_of("ann")).status, 403);
  for (const Route& route : routes()) {
    if (!route.path.starts_with("/v1/catalogue") || route.method != Method::get) continue;
    EXPECT_TRUE(route.for_operators) << route.path;
  }
}

TEST_F(CatalogueRoutes, a_song_that_nobody_knows_is_not_found_but_may_be_changed) {
  EXPECT_EQ(message(get("/v1/catalogue/x", admin()), 404),
            "song x: neither the model nor the catalogue has a song with this id");
  EXPECT_EQ(put("x", {{"blocked", true}}).at("in_model"), json::value(false));
  const json::value facts = document(get("/v1/catalogue", admin()), "Catalogue");
  EXPECT_EQ(facts.at("changes"), json::value(1));
  EXPECT_EQ(facts.at_pointer("/models/0/unknown"), json::value(1));
  EXPECT_EQ(facts.at_pointer("/models/0/unavailable"), json::value(0));
  EXPECT_EQ(facts.at("read"), json::value(nullptr));
  EXPECT_EQ(withdraw("x").at("available"), json::value(true));
  EXPECT_EQ(document(get("/v1/catalogue", admin()), "Catalogue").at_pointer("/models/0/unknown"), json::value(0));
}

}  // namespace
}  // namespace segue::serve
