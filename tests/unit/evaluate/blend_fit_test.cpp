#include "segue/evaluate/blend_fit.h"

#include <gtest/gtest.h>

#include "segue/base/options_json.h"
#include "segue/base/random.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/model/write_model.h"
#include "segue/recommend/recommender.h"

#include "tests/support/expect_error.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using testing::Scratch;
using testing::small_dataset;

constexpr SplitOptions kValidation{.split = SplitKind::queues, .part = SplitPart::validation, .held_out = 0.25};
constexpr train::TrainOptions kQuick{.dim = 8, .subsample = 0, .min_plays = 1, .epochs = 20, .threads = 1};
// Vectors keep their initial values, whatever the number of threads.
constexpr train::TrainOptions kUntrained{
    .dim = 8, .min_plays = 1, .epochs = 1, .learning_rate = 0, .min_learning_rate = 0, .threads = 1};

// Transitions only, forward and backward alike.
constexpr model::BlendWeights kTransitionsAlone{.blend_backward = 1,
                                                .blend_popularity_damping = 0,
                                                .blend_last_song = 0,
                                                .blend_recent_songs = 0,
                                                .blend_last_artist = 0,
                                                .blend_recent_artists = 0,
                                                .blend_version = 0};

std::vector<std::string> users_of(std::size_t queues) {
  std::vector<std::string> users;
  for (std::size_t i = 0; i < queues; ++i) users.push_back("u" + std::to_string(i));
  return users;
}

// Everyone goes round a circle of thirty songs, always the same way.
data::Dataset circle(const Scratch& scratch) {
  std::vector<std::vector<std::uint32_t>> queues(80);
  for (std::uint32_t i = 0; i < queues.size(); ++i) {
    for (std::uint32_t place = 0; place < 4 + i % 4; ++place) queues[i].push_back((i * 7 + place) % 30);
  }
  return small_dataset(scratch, queues, users_of(queues.size()));
}

// Everyone plays songs of one of six genres of twelve songs, in any order.
data::Dataset genres(const Scratch& scratch) {
  std::vector<std::vector<std::uint32_t>> queues(120);
  for (std::uint32_t i = 0; i < queues.size(); ++i) {
    Random random(3, i);
    while (queues[i].size() < 6) {
      const auto song = static_cast<std::uint32_t>(random.uniform() * 12) * 6 + i % 6;
      if (std::ranges::find(queues[i], song) == queues[i].end()) queues[i].push_back(song);
    }
  }
  return small_dataset(scratch, queues, users_of(queues.size()));
}

BlendFit fit(const data::Dataset& dataset, const model::BlendWeights& start, const train::TrainOptions& train) {
  const Split split = make_split(dataset, kValidation, train.min_plays, train.seed);
  NoProgress progress;
  const Knowledge knowledge(dataset, split);
  Ingredients ingredients(split.training, train, progress, {}, &knowledge);
  return fit_blend(dataset, split, ingredients, start, {.heard = 10});
}

TEST(FitBlend, learns_the_direction_of_a_circle) {
  const Scratch scratch;
  const data::Dataset dataset = circle(scratch);
  model::BlendWeights start = kTransitionsAlone;
  start.blend_backward = 4;
  const BlendFit found = fit(dataset, start, kUntrained);
  EXPECT_GT(found.positions, 50U);
  EXPECT_LT(found.ndcg_before, 0.7);
  EXPECT_GT(found.ndcg, found.ndcg_before + 0.1);
  EXPECT_LT(found.weights.blend_backward, 2);
}

TEST(FitBlend, learns_to_trust_vectors) {
  const Scratch scratch;
  const data::Dataset dataset = genres(scratch);
  // A high floor hides the transitions.
  model::BlendWeights start = kTransitionsAlone;
  start.blend_floor = 100;
  start.blend_recent_songs = -0.5;
  const BlendFit found = fit(dataset, start, kQuick);
  EXPECT_GT(found.ndcg, found.ndcg_before);
  EXPECT_GT(found.weights.blend_last_song + found.weights.blend_recent_songs, 0);
}

TEST(FitBlend, never_ends_below_its_start) {
  const Scratch scratch;
  const data::Dataset dataset = circle(scratch);
  const BlendFit from_defaults = fit(dataset, {}, kUntrained);
  EXPECT_GE(from_defaults.ndcg, from_defaults.ndcg_before);
  const BlendFit again = fit(dataset, from_defaults.weights, kUntrained);
  EXPECT_NEAR(again.ndcg_before, from_defaults.ndcg, 1e-12);  // the reported score is reproducible
  EXPECT_GE(again.ndcg, again.ndcg_before);
}

TEST(FitBlend, does_not_depend_on_threads) {
  const Scratch scratch;
  const data::Dataset dataset = circle(scratch);
  train::TrainOptions train = kUntrained;
  const BlendFit one = fit(dataset, {}, train);
  train.threads = 3;
  const BlendFit three = fit(dataset, {}, train);
  EXPECT_EQ(options_to_json(one.weights), options_to_json(three.weights));
  EXPECT_EQ(one.ndcg, three.ndcg);
  EXPECT_EQ(one.ndcg_before, three.ndcg_before);
  EXPECT_EQ(one.positions, three.positions);
}

TEST(FitBlend, needs_a_known_target) {
  const Scratch scratch;
  // No two users share a song.
  std::vector<std::vector<std::uint32_t>> queues(12);
  for (std::uint32_t i = 0; i < queues.size(); ++i) queues[i] = {4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3};
  const data::Dataset dataset = small_dataset(scratch, queues, users_of(queues.size()));
  EXPECT_ERROR(fit(dataset, {}, kUntrained), ErrorCode::bad_input, "expected validation positions whose next song");
}

TEST(FitBlend, stops_on_request) {
  const Scratch scratch;
  const data::Dataset dataset = circle(scratch);
  const Split split = make_split(dataset, kValidation, 1, 1);
  NoProgress progress;
  std::stop_source source;
  const Knowledge knowledge(dataset, split);
  Ingredients ingredients(split.training, kUntrained, progress, source.get_token(), &knowledge);
  (void)ingredients.blend_sources();  // computed before the stop
  (void)ingredients.unit_vectors();
  source.request_stop();
  EXPECT_ERROR(fit_blend(dataset, split, ingredients, {}, {}), ErrorCode::interrupted, "the blend");
}

// The evaluation measures what listeners get.
TEST(BlendRow, ranks_like_recommend) {
  const Scratch scratch;
  const data::Dataset dataset = genres(scratch);
  const Split split = make_split(dataset, kValidation, 1, 1);
  NoProgress progress;
  Ingredients ingredients(split.training, kQuick, progress, {});
  model::BlendWeights weights;
  weights.blend_recent_context = 0.5;
  const std::unique_ptr<Method> blend = make_method("blend", {.blend = {weights, weights}});
  ASSERT_TRUE(blend->fit(ingredients));

  std::vector<data::SongRecord> songs;
  for (std::uint32_t song = 0; song < split.training.song_count(); ++song) {
    const data::Song of_dataset = dataset.songs.song(split.rows[song]);
    songs.push_back(
        {std::string(of_dataset.id), "", std::string(of_dataset.artist), "", {}, split.training.plays[song]});
  }
  testing::write_songs(scratch / "songs.arrow", songs);
  const data::Catalogue catalogue(scratch / "songs.arrow");
  model::write_model(scratch / "model",
                     {catalogue, "d", kQuick, ingredients.vectors(), ingredients.transitions(), {weights, weights}},
                     progress, {});
  const model::Model model(scratch / "model");

  const std::vector<std::vector<std::uint32_t>> histories = {{0}, {5, 9, 5}, {1, 2, 3, 4, 5, 6, 7, 8}, {60, 33, 12}};
  for (const std::vector<std::uint32_t>& heard : histories) {
    std::vector<std::uint32_t> masked = heard;
    std::ranges::sort(masked);
    const std::vector<Query> queries = {{.heard = heard, .masked = masked}};
    std::vector<std::vector<math::ScoredRow>> lists(1);
    blend->ranker()->rank(queries, 20, lists);
    std::vector<math::ScoredRow> recommended;
    for (const recommend::Recommendation& one :
         recommend::Recommender(model).recommend({.played = heard}, {.k = 20}).items) {
      recommended.push_back({one.song, one.score});
    }
    ASSERT_EQ(recommended.size(), 20U);
    EXPECT_EQ(lists[0], recommended);
  }
}

}  // namespace
}  // namespace segue::evaluate
