#include "tests/unit/serve/api/model_fixture.h"

namespace segue::serve {
namespace {

class ModelRoutes : public testing::ModelFixture {
 protected:
  static Identity admin() {
    Identity who = testing::token_of("");
    who.admin = true;
    return who;
  }
};

TEST_F(ModelRoutes, list_models) {
  const json::value models = document(get("/v1/models"), "Models");
  ASSERT_EQ(models.at("items").as_array().size(), 2U);
  EXPECT_EQ(models.at_pointer("/items/0/name"), json::value("default"));
  EXPECT_EQ(models.at_pointer("/items/0/default"), json::value(true));
  EXPECT_EQ(models.at_pointer("/items/0/map"), json::value(true));
  EXPECT_EQ(models.at_pointer("/items/1/map"), json::value(false));
  EXPECT_EQ(models.at_pointer("/items/1/songs"), json::value(kSongs));
}

TEST_F(ModelRoutes, describe_a_model_with_its_manifest) {
  const json::value model = document(get("/v1/models/default"), "ModelDetails");
  EXPECT_EQ(model.at_pointer("/map/perplexity"), json::value(5));
  EXPECT_EQ(model.at_pointer("/options/dim"), json::value(10));
  EXPECT_EQ(model.at_pointer("/counts/songs"), json::value(kSongs));
  EXPECT_EQ(model.at_pointer("/history/0/epoch"), json::value(1));
  EXPECT_EQ(model.at_pointer("/history/0/sample_loss"), json::value(2.5));
  EXPECT_EQ(model.at_pointer("/history/0/pairs"), json::value(1000));
  EXPECT_EQ(model.at("dataset"), json::value("0123456789abcdef"));
  EXPECT_FALSE(model.as_object().contains("files"));
  EXPECT_EQ(document(get("/v1/models/bare"), "ModelDetails").at("map"), json::value(false));
  EXPECT_EQ(message(get("/v1/models/bar"), 404), "no model is called \"bar\" (did you mean bare?)");
}

TEST_F(ModelRoutes, reload_and_roll_back) {
  EXPECT_EQ(post("/v1/admin/reload", json::object()).status, 403);
  message(post("/v1/admin/rollback", {{"model", "bare"}}, {}, admin()), 404);
  document(post("/v1/admin/reload", {{"model", "bare"}}, {}, admin()), "Models");
  document(post("/v1/admin/rollback", {{"model", "bare"}}, {}, admin()), "Models");
  message(post("/v1/admin/reload", {{"model", "none"}}, {}, admin()), 404);
}

}  // namespace
}  // namespace segue::serve
