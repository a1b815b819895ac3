#include "segue/model/model.h"

#include <cmath>

#include <gtest/gtest.h>

#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/library/library_file.h"
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

// model-v1-teacher is model-v1-coded after `segue distil`.
TEST(Golden, model_version_1_with_a_teacher_opens) {
  const model::Model model(kGolden / "model-v1-teacher");
  ASSERT_TRUE(model.has_teacher());
  const std::vector<std::uint32_t> songs = {0, 4, 5};
  const std::vector<transitions::NextSongs> next = model.teacher().of(songs);
  EXPECT_EQ(next[0].songs, (std::vector<std::uint32_t>{1, 9}));
  EXPECT_NEAR(next[0].chances[1], 1 / (1 + std::exp(-1.0F)), 1e-3F);
  EXPECT_EQ(next[1], (transitions::NextSongs{{0}, {1}}));
  EXPECT_TRUE(next[2].songs.empty());
  EXPECT_EQ(model.blend().next.blend_teacher, 1);
  NoProgress progress;
  EXPECT_NO_THROW(model::verify_model(kGolden / "model-v1-teacher", progress));
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

// library-v1.arrow was written by write_library() of the first version.
TEST(Golden, library_version_1_opens) {
  const library::LibraryFile file(kGolden / "library-v1.arrow");
  ASSERT_EQ(file.size(), 2U);
  EXPECT_EQ(file.item(0), (library::LibraryItemView{.id = "nav1",
                                                    .path = "/m/\xFF.mp3",
                                                    .title = "إنت عمري",
                                                    .artist = "أم كلثوم",
                                                    .album = "Album",
                                                    .artist_id = "ar1",
                                                    .recording_mbid = "6ec5c43d-1111-4c88-8b0b-000000000000",
                                                    .isrc = "GBAAA9700001",
                                                    .length_ms = 3'600'000,
                                                    .size = 123'456'789'012,
                                                    .modified = 1'700'000'000'123'456}));
  EXPECT_EQ(file.item(1), library::LibraryItemView{});
}

}  // namespace
}  // namespace segue
