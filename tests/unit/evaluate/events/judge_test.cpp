#include "segue/evaluate/events/judge.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "segue/model/model.h"
#include "segue/recommend/recommender.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::evaluate {
namespace {

constexpr std::int64_t kMade = 1'800'000'000;

TEST(Ndcg, of_gains_in_order) {
  EXPECT_EQ(ndcg_of(std::vector<double>{1, 0, 0}), 1);
  EXPECT_NEAR(ndcg_of(std::vector<double>{0, 0, 1}), 0.5, 1e-12);  // 1 / log2(4)
  // (1 / log2 3 + 2 / log2 4) / (2 / log2 2 + 1 / log2 3)
  EXPECT_NEAR(ndcg_of(std::vector<double>{0, 1, 2}), 0.6199062332840657, 1e-12);
  EXPECT_EQ(ndcg_of(std::vector<double>{0, 0}), 0);
}

class JudgeTest : public ::testing::Test {
 protected:
  JudgeTest() : store_(store::open_store((folder_ / "s.sqlite").string())) {
    testing::write_small_model(folder_ / "model", testing::small_model(24));
  }

  std::string model() const { return (folder_ / "model").string(); }

  void listen(const std::string& user, std::int64_t at, const std::string& song) {
    store::StoredListen listen;
    listen.user = user;
    listen.listened_at = at;
    listen.song_id = song;
    listen.msid = store::msid_of(listen);
    store_->add(std::span(&listen, 1));
  }

  // A list of these songs, of which the one in this place (from 0) was clicked.
  void see(unsigned char number, const std::string& user, const std::vector<std::string>& songs, std::size_t clicked) {
    recommend::ListId id;
    id.made_at = kMade;
    id.random[0] = number;
    id.model = "default";
    std::vector<store::StoredEvent> events;
    for (std::uint32_t i = 0; i < songs.size(); ++i) {
      store::StoredEvent event{.list = recommend::text_of(id),
                               .made_at = kMade,
                               .position = i + 1,
                               .song = songs[i],
                               .event = store::ListEvent::impression,
                               .played_ms = {},
                               .happened_at = kMade,
                               .user = user};
      events.push_back(event);
      event.event = store::ListEvent::click;
      if (i == clicked) events.push_back(event);
    }
    store_->add_events(events);
  }

  // What the model itself would play after song-2, the best first.
  std::vector<std::string> best_first() const {
    const model::Model model(folder_ / "model");
    const recommend::Recommender recommender(model);
    const std::vector<data::SongRow> played = {*model.songs().find("song-2")};
    recommend::RecommendOptions options{.threads = 1};
    options.k = 5;
    std::vector<std::string> ids;
    for (const auto& one : recommender.recommend({.played = played}, options).items) {
      ids.emplace_back(model.songs().id(one.song));
    }
    return ids;
  }

  testing::Scratch folder_;
  std::unique_ptr<store::ListenStore> store_;
};

TEST_F(JudgeTest, puts_the_songs_seen_into_the_models_order) {
  const std::vector<std::string> best = best_first();
  ASSERT_EQ(best.size(), 5U);
  std::vector<std::string> shown = {best[3], best[1], "not in the model", best[0]};
  listen("ann", kMade - 10, "song-2");
  listen("ann", kMade + 10, best[3]);  // after the list was made: no part of the history
  see(1, "ann", shown, 3);
  const std::vector<JudgedModelReply> found = judge_models(*store_, {.judge = {model(), model()}}, {}, 0);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].name, "as shown");
  EXPECT_NEAR(found[0].ndcg, 1 / std::log2(5), 1e-12);  // in the fourth place
  EXPECT_EQ(found[1].lists, 1U);
  EXPECT_NEAR(found[1].ndcg, 1, 1e-12);  // the first of the model's order
  EXPECT_FALSE(found[1].low);
  EXPECT_EQ(*found[2].difference, 0);
}

TEST_F(JudgeTest, counts_lists_by_listener) {
  const std::vector<std::string> best = best_first();
  for (const std::string user : {"ann", "bob"}) listen(user, kMade - 10, "song-2");
  see(1, "ann", {best[0], best[1], best[2]}, 0);  // NDCG 1
  see(2, "ann", {best[2], best[1], best[0]}, 0);  // of the model 0.5
  see(3, "bob", {best[1], best[0], best[2]}, 2);  // 0.5
  const JudgedModelReply found = judge_models(*store_, {.judge = {model()}}, {}, 0)[1];
  EXPECT_EQ(found.lists, 3U);
  EXPECT_EQ(found.listeners, 2U);
  EXPECT_NEAR(found.ndcg, 2.0 / 3, 1e-12);
  // Sums of ann 1.5 of 2 lists, of bob 0.5 of 1: residuals 1/6 and -1/6. Standard error sqrt(2 * 2 / 36) / 3 = 1 / 9;
  // scipy.stats.t.ppf(0.975, 1) = 12.7062.
  EXPECT_NEAR(*found.high - found.ndcg, 12.706204736432095 / 9, 1e-9);
}

TEST_F(JudgeTest, leaves_out_lists_that_say_nothing) {
  const std::vector<std::string> best = best_first();
  listen("ann", kMade - 10, "song-2");
  listen("cat", kMade - 10, "unknown to the model");
  see(1, "ann", {best[0], best[1]}, 9);  // nothing was chosen
  see(2, "ann", {best[0]}, 0);           // everything was
  see(3, "", {best[0], best[1]}, 0);
  see(4, "bob", {best[0], best[1]}, 0);  // without listens
  see(5, "cat", {best[0], best[1]}, 0);
  EXPECT_EQ(judge_models(*store_, {.judge = {model()}}, {}, 0)[1].lists, 0U);
}

TEST_F(JudgeTest, weighs_choices_by_position_if_asked) {
  const std::vector<std::string> best = best_first();
  listen("ann", kMade - 10, "song-2");
  see(1, "ann", {best[0], best[1], best[2]}, 0);
  see(1, "ann", {best[0], best[1], best[2]}, 2);  // the same list: two choices
  const auto ndcg = [&](double bias) {
    return judge_models(*store_, {.judge = {model()}, .position_bias = bias}, {}, 0)[1].ndcg;
  };
  EXPECT_NEAR(ndcg(0), ndcg_of(std::vector<double>{1, 0, 1}), 1e-12);
  EXPECT_NEAR(ndcg(1), ndcg_of(std::vector<double>{1, 0, 3}), 1e-12);
}

}  // namespace
}  // namespace segue::evaluate
