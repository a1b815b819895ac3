#include "segue/model/model.h"

#include <gtest/gtest.h>

#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/model/verify.h"
#include "segue/recommend/similar.h"

namespace segue {
namespace {

const std::filesystem::path kGolden = SEGUE_GOLDEN;

// model-v1 was written by make_model (tests/support) of the first version.
TEST(Golden, model_version_1_opens) {
  const model::Model model(kGolden / "model-v1");
  EXPECT_EQ(model.manifest().version, 1U);
  ASSERT_EQ(model.songs().size(), 24U);
  EXPECT_EQ(model.songs().song(0).id, "song 0");
  EXPECT_EQ(model.songs().song(1).title, "إنت عمري");
  EXPECT_EQ(model.songs().song(2).display(), "Björk – Jóga");
  EXPECT_EQ(model.songs().song(23).display(), "song-23");
  EXPECT_EQ(model.songs().plays(0), 240U);
  EXPECT_EQ(model.vectors().columns, 10U);
  EXPECT_FLOAT_EQ(model.vectors().row(0)[0], 1.0421269F);
  EXPECT_FLOAT_EQ(model.context().row(23)[9], -0.18849158F);
  const transitions::TransitionsOf transitions = model.transitions(4);
  EXPECT_EQ(transitions.neighbours, (std::vector<std::uint32_t>{8, 0}));
  EXPECT_EQ(transitions.forward[0], 3);
  EXPECT_EQ(transitions.backward[1], 3);
  EXPECT_EQ(transitions.counts[1], 4U);
}

// model-v1-coded has encoded transitions and everything else that models of version 1 gained.
TEST(Golden, model_version_1_with_coded_transitions_opens) {
  const model::Model model(kGolden / "model-v1-coded");
  EXPECT_EQ(model.manifest().version, 1U);
  EXPECT_EQ(model.transitions(4), (transitions::TransitionsOf{{0, 8}, {0.5F, 3}, {3, 0.5F}, {4, 4}}));
  const std::vector<std::uint32_t> others = {8, 5};
  EXPECT_EQ(model.played_together(4, others)[0].times, 4U);
  EXPECT_EQ(model.played_together(4, others)[1].times, 0U);
  NoProgress progress;
  EXPECT_NO_THROW(model::verify_model(kGolden / "model-v1-coded", progress));
}

// Version 1 records neither the weights of the blend nor the window of its transitions.
TEST(Golden, model_version_1_has_the_default_blend) {
  const model::Model model(kGolden / "model-v1");
  EXPECT_EQ(options_to_json(model.blend().discover), options_to_json(model::BlendWeights{}));
  EXPECT_EQ(model.transition_window(), 5U);
}

TEST(Golden, model_version_1_verifies) {
  NoProgress progress;
  EXPECT_NO_THROW(model::verify_model(kGolden / "model-v1", progress));
}

TEST(Golden, model_version_1_gives_the_same_neighbours) {
  const model::Model model(kGolden / "model-v1");
  const std::vector<std::uint32_t> plus = {0};
  const auto found = recommend::similar_songs(model, plus, {}, {.k = 3}, nullptr);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].row, 20U);
  EXPECT_EQ(found[1].row, 4U);
  EXPECT_EQ(found[2].row, 12U);
}

}  // namespace
}  // namespace segue
