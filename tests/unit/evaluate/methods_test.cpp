// Every baseline on queues small enough to work out its answer by hand.
#include "segue/evaluate/methods/methods.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/als_factors.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/rankers.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86'400'000'000;

// Queue i is of user i and starts on day i.
TrainingSet training_of(const std::vector<std::vector<std::uint32_t>>& queues) {
  TrainingSet training;
  for (std::uint32_t queue = 0; queue < queues.size(); ++queue) {
    for (const std::uint32_t song : queues[queue]) {
      training.plays.resize(std::max<std::size_t>(training.plays.size(), song + 1));
      ++training.plays[song];
    }
    training.users.push_back(queue);
    training.starts.emplace_back(queue * kDay);
  }
  training.user_count = static_cast<std::uint32_t>(queues.size());
  training.users_return = true;
  training.queues = data::Queues(queues);
  return training;
}

std::vector<std::vector<std::uint32_t>> two_circles() {
  std::vector<std::vector<std::uint32_t>> queues;
  for (std::uint32_t i = 0; i < 200; ++i) {
    std::vector<std::uint32_t>& queue = queues.emplace_back();
    for (std::uint32_t place = 0; place < 8; ++place) queue.push_back((i % 2) * 5 + (i / 2 + place * 3) % 5);
  }
  return queues;
}

class Fitted {
 public:
  Fitted(std::string_view name, const std::vector<std::vector<std::uint32_t>>& queues,
         const train::TrainOptions& train = {.dim = 8, .min_plays = 1, .threads = 1}, const MethodOptions& options = {})
      : training_(training_of(queues)),
        ingredients_(training_, train, progress_, {}),
        method_(make_method(name, options)) {
    applies_ = method_->fit(ingredients_);
  }

  bool applies() const { return applies_; }
  std::vector<std::uint32_t> after(std::vector<std::uint32_t> heard, std::vector<std::uint32_t> masked = {},
                                   std::size_t k = 10, std::uint32_t user = kNobody) const {
    const std::vector<Query> queries = {{.heard = heard, .masked = masked, .user = user, .start = 100 * kDay}};
    std::vector<std::vector<math::ScoredRow>> lists(1);
    method_->ranker()->rank(queries, k, lists);
    std::vector<std::uint32_t> songs;
    for (const math::ScoredRow& song : lists[0]) songs.push_back(song.row);
    return songs;
  }

 private:
  TrainingSet training_;
  NoProgress progress_;
  Ingredients ingredients_;
  std::unique_ptr<Method> method_;
  bool applies_ = false;
};

TEST(Methods, popularity_orders_by_plays) {
  const Fitted method("popularity", {{0, 1, 0, 2}, {0, 1}});
  EXPECT_THAT(method.after({2}), ElementsAre(0, 1, 2));
  EXPECT_THAT(method.after({2}, {0}), ElementsAre(1, 2));
  EXPECT_THAT(method.after({}, {}, 1), ElementsAre(0));
}

// A method with everything a server would know; asked at positions of held-out queues.
class Known {
 public:
  // Queue i is of users[i] and starts i hours after 1970; the queues from `held_out` on are held out.
  Known(std::string_view name, const std::vector<std::vector<std::uint32_t>>& queues,
        const std::vector<std::string>& users, std::size_t held_out, const std::vector<double>& values = {})
      : dataset_(testing::small_dataset(scratch_, queues, users)), method_(make_method(name)) {
    std::size_t plays = 0;
    for (std::size_t queue = held_out; queue < queues.size(); ++queue) plays += queues[queue].size();
    const double share = static_cast<double>(plays) / static_cast<double>(dataset_.queues.plays());
    split_ =
        make_split(dataset_, {.split = SplitKind::time, .held_out = share, .gap = std::chrono::milliseconds(0)}, 1, 1);
    knowledge_.emplace(dataset_, split_);
    ingredients_.emplace(split_.training, train::TrainOptions{.dim = 8, .min_plays = 1, .threads = 1}, progress_,
                         std::stop_token{}, &*knowledge_);
    if (!values.empty()) {
      for (const Task task : kAllTasks) method_->set(task, values);
    }
    applies_ = method_->fit(*ingredients_);
  }

  bool applies() const { return applies_; }
  // Rows of the dataset.
  std::vector<std::uint32_t> at(std::uint32_t held_out, std::uint32_t place) const {
    QueryBatch batch(dataset_, split_, *knowledge_, 10);
    const std::vector<Position> positions = {{.held_out = held_out, .at = place, .mode = Mode::next}};
    std::vector<std::vector<math::ScoredRow>> lists(1);
    method_->ranker()->rank(batch.make(positions, 0, 1), 10, lists);
    std::vector<std::uint32_t> rows;
    for (const math::ScoredRow& song : lists[0]) rows.push_back(split_.rows[song.row]);
    return rows;
  }

 private:
  const testing::Scratch scratch_;
  const data::Dataset dataset_;
  Split split_;
  std::optional<Knowledge> knowledge_;
  NoProgress progress_;
  std::optional<Ingredients> ingredients_;
  std::unique_ptr<Method> method_;
  bool applies_ = false;
};

TEST(Methods, recent_popularity_forgets) {
  // Song 0 was played five times, song 1 three times eight days later.
  std::vector<std::vector<std::uint32_t>> queues(200, {2});
  queues[1] = {0, 0, 0, 0, 0};
  queues[197] = {1, 1, 1};
  queues[199] = {3, 2, 2};
  const std::vector<std::string> users(queues.size(), "a");
  EXPECT_THAT(Known("recent", queues, users, 198, {4}).at(0, 1), ElementsAre(2, 1, 0));
  EXPECT_THAT(Known("recent", queues, users, 198, {90}).at(0, 1), ElementsAre(2, 0, 1));
}

TEST(Methods, recent_popularity_counts_until_the_queue_began) {
  // Song 1 was played once in training, then four times in the first held-out queue.
  const Known method("recent", {{0, 0, 0, 1}, {1, 1, 1, 1}, {0, 1}}, {"a", "b", "c"}, 1);
  EXPECT_THAT(method.at(0, 1), ElementsAre(0, 1));
  EXPECT_THAT(method.at(1, 1), ElementsAre(1, 0));
}

TEST(Methods, personal_top_is_of_the_user) {
  const Known method("personal", {{0, 1, 1}, {2, 3}, {0, 0, 0}, {2, 2}, {0, 1}}, {"a", "b", "a", "b", "c"}, 2);
  EXPECT_THAT(method.at(0, 1), ElementsAre(1, 0));  // 1 twice, 0 twice, of which once in this queue: by popularity
  EXPECT_THAT(method.at(0, 2), ElementsAre(0, 1));
  EXPECT_THAT(method.at(1, 0), ElementsAre(2, 3));
  EXPECT_THAT(method.at(2, 0), IsEmpty());
  EXPECT_THAT(method.at(2, 1), ElementsAre(0));
}

TEST(Methods, personal_top_may_forget) {
  std::vector<std::vector<std::uint32_t>> queues = {{0}, std::vector<std::uint32_t>(101, 2), {0, 1, 0}};
  queues[1][0] = queues[1][1] = queues[1][2] = 1;  // a hundred plays ago: three plays count 0.75 with a half-life of 50
  const std::vector<std::string> users = {"b", "a", "a"};
  EXPECT_THAT(Known("personal", queues, users, 2, {1, 0}).at(0, 1), ElementsAre(2, 1, 0));
  EXPECT_THAT(Known("personal", queues, users, 2, {1, 50}).at(0, 1), ElementsAre(2, 0, 1));
}

// Ages after 0 1 1 2: 0 is 4, 1 is 3 and 2, 2 is 1. With decay 0.5 the sums are .5, .577 + .707 and 1; with decay 3
// they are .016, .037 + .125 and 1.
TEST(Methods, personal_actr_weighs_number_against_recency) {
  const std::vector<std::vector<std::uint32_t>> queues = {{2, 2}, {0, 1}, {1, 2, 0}};
  const std::vector<std::string> users = {"b", "a", "a"};
  EXPECT_THAT(Known("personal-actr", queues, users, 2, {1, 0.5}).at(0, 2), ElementsAre(1, 2, 0));
  EXPECT_THAT(Known("personal-actr", queues, users, 2, {1, 3}).at(0, 2), ElementsAre(2, 1, 0));
}

TEST(Methods, of_the_listener_need_knowledge_of_them) {
  for (const std::string_view name : {"personal", "personal-actr", "recent"}) {
    EXPECT_FALSE(Fitted(name, {{0, 1}}).applies()) << name;
  }
}

TEST(Methods, markov_takes_songs_played_directly_after) {
  const Fitted method("markov", {{0, 1, 2}, {0, 1}, {0, 2}, {3, 0}});
  EXPECT_THAT(method.after({3, 0}), ElementsAre(1, 2));
  EXPECT_THAT(method.after({1}), ElementsAre(2));
  EXPECT_THAT(method.after({2}), IsEmpty());
  EXPECT_THAT(method.after({}), IsEmpty());
}

TEST(Methods, rules_take_later_songs_by_distance) {
  const Fitted method("rules", {{0, 1, 2, 3}, {0, 4, 2}});
  // After 0: songs 1 and 4 at distance 1, song 2 twice at distance 2, song 3 at distance 3.
  EXPECT_THAT(method.after({0}), ElementsAre(1, 2, 4, 3));
  EXPECT_THAT(method.after({3}), IsEmpty());
}

TEST(Methods, co_count_goes_both_ways) {
  const std::vector<std::vector<std::uint32_t>> queues = {{0, 1, 2}, {3, 2}};
  const Fitted last("co-count", queues);
  EXPECT_THAT(last.after({0, 2}), ElementsAre(1, 3, 0));
  EXPECT_THAT(last.after({0, 2}, {0, 2}), ElementsAre(1, 3));
  // Next to 2, songs 1 and 3 count 1 each; next to 0, song 1 counts another 0.8.
  const Fitted decayed("co-count-10", queues);
  EXPECT_THAT(decayed.after({0, 2}, {0, 2}), ElementsAre(1, 3));
  EXPECT_THAT(decayed.after({3, 0}, {0, 3}), ElementsAre(2, 1));  // 2: 0.5 + 0.8, 1: 1
}

TEST(Methods, item_knn_prefers_songs_rare_elsewhere) {
  // Songs 1 and 2 each share two queues with 0, but song 1 is in four more.
  const Fitted method("item-knn", {{0, 1, 2}, {0, 1, 2}, {1, 3}, {1, 3}, {1, 3}, {1, 3}});
  EXPECT_THAT(method.after({0}), ElementsAre(2, 1));
}

// Song 1 was with song 0 three times at first, song 2 twice at the end, 100 half-lives of a day later.
TEST(Methods, item_knn_decay_forgets_queues) {
  std::vector<std::vector<std::uint32_t>> queues(1000, {3});
  for (const std::size_t queue : {0, 1, 2}) queues[queue] = {0, 1};
  for (const std::size_t queue : {998, 999}) queues[queue] = {0, 2};
  EXPECT_THAT(Fitted("item-knn", queues).after({0}), ElementsAre(1, 2));
  EXPECT_THAT(Fitted("item-knn-decay", queues).after({0}), ElementsAre(2, 1));
}

TEST(Methods, item_knn_decay_weighs_the_songs_heard) {
  const Fitted method("item-knn-decay", {{0, 1}, {2, 3}, {4, 5}});
  EXPECT_THAT(method.after({0, 2, 4}, {0, 2, 4}), ElementsAre(5, 3, 1));
}

TEST(Methods, settings_are_of_the_task) {
  const TrainingSet training = training_of({{0, 1, 2}, {0, 1, 3}});
  NoProgress progress;
  Ingredients ingredients(training, {.min_plays = 1}, progress, {});
  const std::unique_ptr<Method> method = make_method("co-count");
  ASSERT_EQ(method->settings().size(), 1U);
  EXPECT_EQ(method->settings()[0].name, "again");
  method->set(Task::next, std::vector<double>{0});
  ASSERT_TRUE(method->fit(ingredients));
  const std::vector<std::uint32_t> heard = {0, 1};
  const std::vector<Query> queries = {{.heard = heard, .task = Task::discovery}, {.heard = heard, .task = Task::next}};
  std::vector<std::vector<math::ScoredRow>> lists(2);
  method->ranker()->rank(queries, 10, lists);
  EXPECT_EQ(lists[0].size(), 3U);  // 0 is near 1 most often
  EXPECT_EQ(lists[0][0].row, 0U);
  ASSERT_EQ(lists[1].size(), 2U);
  EXPECT_EQ(lists[1][0].row, 2U);
}

// Changing settings and fitting again gives what a new method with those settings gives.
TEST(Methods, settings_may_change_after_a_fit) {
  const TrainingSet training = training_of(two_circles());
  NoProgress progress;
  Ingredients ingredients(training, {.dim = 8, .min_plays = 1, .threads = 1}, progress, {});
  const std::vector<std::uint32_t> heard = {1, 4, 0};
  const std::vector<Query> queries = {{.heard = heard, .start = 200 * kDay, .task = Task::discovery},
                                      {.heard = heard, .start = 200 * kDay, .task = Task::next}};
  for (const std::unique_ptr<Method>& method : make_methods("all")) {
    if (method->settings().empty() || !method->fit(ingredients)) continue;
    std::vector<double> values;
    for (const Setting& setting : method->settings()) values.push_back(setting.values.front());
    const std::unique_ptr<Method> fresh = make_method(method->name());
    std::vector<std::vector<math::ScoredRow>> expected(2);
    std::vector<std::vector<math::ScoredRow>> found(2);
    for (Method* const one : {fresh.get(), method.get()}) {
      one->set(Task::next, values);
      ASSERT_TRUE(one->fit(ingredients));
      one->ranker()->rank(queries, 10, one == fresh.get() ? expected : found);
    }
    EXPECT_EQ(found, expected) << method->name();
  }
}

TEST(Methods, session_neighbours_share_the_songs_heard_last) {
  const std::vector<std::vector<std::uint32_t>> queues = {{0, 1, 2}, {3, 4, 5}};
  for (const std::string_view name : {"vsknn", "vstan"}) {
    const Fitted method(name, queues);
    EXPECT_THAT(method.after({0, 4}, {0, 4}, 2), ElementsAre(3, 5)) << name;
    EXPECT_THAT(method.after({}), IsEmpty()) << name;
  }
}

TEST(Methods, vstan_votes_for_songs_near_the_shared_one) {
  const Fitted method("vstan", {{5, 4, 3, 2, 1, 0}});
  EXPECT_THAT(method.after({0}, {0}), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Methods, random_songs_are_distinct) {
  const Fitted method("random", {{0, 1, 2, 3, 4, 5, 6, 7}});
  std::vector<std::uint32_t> songs = method.after({}, {3, 5});
  EXPECT_EQ(songs, method.after({}, {3, 5}));
  std::ranges::sort(songs);
  EXPECT_THAT(songs, ElementsAre(0, 1, 2, 4, 6, 7));
}

TEST(Methods, vectors_and_factors_find_the_same_circle) {
  const train::TrainOptions options{.dim = 8, .subsample = 0, .min_plays = 1, .threads = 1};
  for (const VectorMetric metric : {VectorMetric::cosine, VectorMetric::euclidean}) {
    for (const std::string_view name : {"sgns", "sgns-10"}) {
      const Fitted method(name, two_circles(), options, {.vector_metric = metric});
      std::vector<std::uint32_t> songs = method.after({7, 6, 8}, {6, 7, 8}, 2);
      std::ranges::sort(songs);
      EXPECT_THAT(songs, ElementsAre(5, 9));
      EXPECT_THAT(method.after({}), IsEmpty());
      // Unmasked, the song nearest to a song is itself.
      if (name == "sgns") {
        EXPECT_EQ(method.after({6}).front(), 6U);
      }
    }
  }
  std::vector<std::uint32_t> songs = Fitted("als", two_circles()).after({7, 6, 8}, {6, 7, 8}, 2);
  std::ranges::sort(songs);
  EXPECT_THAT(songs, ElementsAre(5, 9));
}

TEST(Methods, factors_do_not_depend_on_threads) {
  const data::Queues queues(two_circles());
  NoProgress progress;
  AlsOptions options{.dim = 6, .iterations = 3};
  const AlsFactors one = factorise(queues, 10, options, progress, {});
  options.threads = 3;
  const AlsFactors three = factorise(queues, 10, options, progress, {});
  for (std::size_t song = 0; song < 10; ++song) {
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(one.songs.view()[song][i], three.songs.view()[song][i]);
  }
}

// At the solution the gradient of the loss is zero: sum of c (p - x.y) y = regularisation x.
TEST(Methods, folding_in_solves_the_least_squares) {
  const AlsOptions options{.dim = 5, .alpha = 3, .regularisation = 0.5};
  const math::Matrix songs = initial_song_factors(20, options);
  const math::Matrix gram = gram_of(songs.view(), options.regularisation);
  AlsFold fold(songs.view(), gram, options);
  std::vector<float> x(5);
  fold.solve(std::vector<std::uint32_t>{4, 7, 4}, x);
  std::vector<double> gradient(5);
  for (std::uint32_t song = 0; song < 20; ++song) {
    const double confidence = song == 4 ? 7 : song == 7 ? 4 : 1;
    double product = 0;
    for (std::size_t i = 0; i < 5; ++i) product += static_cast<double>(x[i]) * songs.view()[song][i];
    const double error = confidence * ((song == 4 || song == 7 ? 1 : 0) - product);
    for (std::size_t i = 0; i < 5; ++i) gradient[i] += error * songs.view()[song][i];
  }
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(gradient[i], options.regularisation * x[i], 1e-5);
}

TEST(Methods, item_knn_decay_needs_times) {
  TrainingSet training = training_of({{0, 1}});
  training.starts[0].reset();
  NoProgress progress;
  Ingredients ingredients(training, {}, progress, {});
  EXPECT_FALSE(make_method("item-knn-decay")->fit(ingredients));
}

TEST(Methods, are_chosen_by_name) {
  EXPECT_EQ(make_methods("all").size(), 18U);
  const auto two = make_methods("sgns,popularity");
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0]->name(), "popularity");
  EXPECT_ERROR(make_methods("popularty"), ErrorCode::wrong_use, "did you mean popularity?");
  EXPECT_ERROR(make_methods(""), ErrorCode::wrong_use, "at least one name");
}

}  // namespace
}  // namespace segue::evaluate
