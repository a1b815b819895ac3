#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

class MapRoutes : public testing::ModelFixture {};

TEST_F(MapRoutes, give_the_points_as_arrow) {
  const Reply reply = get("/v1/map");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "application/vnd.apache.arrow.stream");
  ASSERT_NE(reply.shared, nullptr);
  EXPECT_FALSE(reply.bytes().empty());
}

TEST_F(MapRoutes, list_regions_and_tags) {
  const json::value regions = document(get("/v1/map/regions"), "Regions");
  EXPECT_EQ(regions.at_pointer("/items/0/label"), json::value("أم كلثوم"));
  EXPECT_EQ(regions.at_pointer("/items/0/parent"), json::value(-1));
  EXPECT_EQ(regions.at_pointer("/items/0/source"), json::value("none"));
  const json::value contours = document(get("/v1/map/contours"), "Contours");
  for (const json::value& line : contours.at("items").as_array()) {
    EXPECT_EQ(line.at("points").as_array().size() % 2, 0U);
    EXPECT_LT(line.at("region").as_int64(), static_cast<std::int64_t>(regions.at("items").as_array().size()));
  }
  const json::value tags = document(get("/v1/map/tags"), "MapTags");
  EXPECT_EQ(tags.at_pointer("/items/0"), json::value("test"));
  EXPECT_EQ(tags.at("rows").as_string().size(), 32U);  // 24 bytes
}

TEST_F(MapRoutes, place_the_mean_of_songs) {
  const json::value place = document(post("/v1/map/place", {{"songs", {"song-2", "song 6"}}}), "Place");
  EXPECT_EQ(place.at("model"), json::value("default"));
  EXPECT_EQ(message(post("/v1/map/place", {{"songs", {"none"}}}), 422),
            "songs: expected ids of songs that the model has, found none");
}

TEST_F(MapRoutes, are_not_found_without_a_map) {
  for (const char* const path : {"/v1/map?model=bare", "/v1/map/regions?model=bare", "/v1/map/contours?model=bare"}) {
    EXPECT_EQ(message(get(path), 404), "model bare: it has no map") << path;
  }
  EXPECT_EQ(message(post("/v1/map/place?model=bare", {{"songs", {"song-2"}}}), 404), "model bare: it has no map");
}

}  // namespace
}  // namespace segue::serve
