#include "segue/serve/listen_feed.h"

#include <algorithm>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::serve {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kUntil = 20'000 * kDay;  // the end of the model's dataset
constexpr std::int64_t kSecond = 1'000'000;     // in microseconds

class ListenFeedTest : public ::testing::Test {
 protected:
  ListenFeedTest() {
    testing::SmallModel small = testing::small_model();
    small.habits.emplace();
    small.habits->until = kUntil * kSecond;
    small.habits->trend.assign(small.songs.size(), {1, 1, 1});
    testing::write_small_model(folder_ / "model", small);
    models_ = std::make_unique<ModelSet>(model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
  }

  ModelPointer served() const { return models_->choose("", ""); }
  std::uint64_t counted() const { return served()->trend->counted(); }
  // The song's share of the plays of the mean song, by the shortest half-life.
  float share(data::SongRow song) const { return served()->trend->of(song, 0)[0] / served()->trend->mean(0)[0]; }
  void add(const std::string& user, std::int64_t listened_at, data::SongRow song, std::int64_t inserted_at) {
    store::StoredListen listen;
    listen.user = user;
    listen.listened_at = listened_at;
    listen.song_id = served()->model.songs().id(song);
    listen.msid = store::msid_of(listen);
    store_.set_time(inserted_at);
    store_.add(std::span(&listen, 1));
  }

  testing::Scratch folder_;
  testing::MemoryStore store_;
  std::unique_ptr<ModelSet> models_;
};

TEST_F(ListenFeedTest, counts_what_arrived_since_the_last_poll) {
  ListenFeed feed(*models_, store_);
  add("ann", kUntil + kHour, 7, kUntil + kHour);
  feed.poll(kUntil + 2 * kHour);
  EXPECT_EQ(counted(), 1U);
  EXPECT_GT(share(7), 1.5F);
  EXPECT_LT(share(6), 1);
  feed.poll(kUntil + 2 * kHour + 30);
  EXPECT_EQ(counted(), 1U);
  add("bob", kUntil + 2 * kHour + 40, 7, kUntil + 2 * kHour + 45);
  feed.poll(kUntil + 2 * kHour + 60);
  EXPECT_EQ(counted(), 2U);
}

TEST_F(ListenFeedTest, leaves_out_what_is_no_news) {
  ListenFeed feed(*models_, store_);
  add("ann", kUntil - kHour, 7, kUntil + kHour);       // the model knows it
  add("bob", kUntil + kHour, 7, kUntil + 4 * kDay);    // an import
  add("cy", kUntil + 9 * kDay, 7, kUntil + 4 * kDay);  // a clock that is ahead
  store::StoredListen unknown;
  unknown.user = "dan";
  unknown.listened_at = kUntil + kHour;
  unknown.artist = "Nobody";
  unknown.title = "Nothing";
  unknown.msid = store::msid_of(unknown);
  store_.add(std::span(&unknown, 1));
  feed.poll(kUntil + 5 * kDay);
  EXPECT_EQ(counted(), 0U);
}

TEST_F(ListenFeedTest, one_listener_cannot_make_a_hit) {
  ListenFeed feed(*models_, store_);
  for (int i = 0; i < 1000; ++i) add("ann", kUntil + kHour + i, 7, kUntil + kHour + i);
  feed.poll(kUntil + 2 * kHour);
  EXPECT_EQ(counted(), 1U);
  for (int i = 0; i < 10; ++i) add("user" + std::to_string(i), kUntil + kHour, 7, kUntil + 2 * kHour);
  feed.poll(kUntil + 2 * kHour + 30);
  EXPECT_EQ(counted(), 11U);
}

TEST_F(ListenFeedTest, another_process_comes_to_the_same_trend) {
  ListenFeed feed(*models_, store_);
  for (std::int64_t day = 1; day < 30; ++day) {
    for (std::uint32_t i = 0; i < 20; ++i) {
      const std::int64_t at = kUntil + day * kDay + i * kHour;
      add("user" + std::to_string(i), at, (i + static_cast<std::uint32_t>(day)) % 20, at + i);
    }
    feed.poll(kUntil + day * kDay + 23 * kHour);
  }
  const std::uint64_t count = counted();
  EXPECT_EQ(count, 29U * 20);
  std::vector<float> shares;
  for (data::SongRow song = 0; song < 20; ++song) shares.push_back(share(song));
  // Restarted: the model is loaded again, and everything is counted at once.
  models_ = std::make_unique<ModelSet>(model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
  ListenFeed again(*models_, store_);
  again.poll(kUntil + 30 * kDay);
  EXPECT_EQ(counted(), count);
  for (data::SongRow song = 0; song < 20; ++song) EXPECT_NEAR(share(song), shares[song], 1e-4F * shares[song]);
}

TEST_F(ListenFeedTest, a_version_with_the_same_songs_continues) {
  ListenFeed feed(*models_, store_);
  for (int i = 0; i < 20; ++i) add("user" + std::to_string(i), kUntil + kHour, 7, kUntil + kHour);
  feed.poll(kUntil + 2 * kHour);
  const float before = share(7);
  const ModelPointer first = served();
  models_->reload("");
  ASSERT_NE(served(), first);
  EXPECT_EQ(counted(), 0U);
  store_.remove_older(kUntil + 2 * kHour, 100);  // so that it could not be read again
  add("ann", kUntil + 2 * kHour, 7, kUntil + 2 * kHour);
  feed.poll(kUntil + 3 * kHour);
  EXPECT_EQ(counted(), 21U);
  EXPECT_GT(share(7), before);
}

TEST_F(ListenFeedTest, after_a_failure_of_the_store_nothing_is_lost_or_counted_twice) {
  ListenFeed feed(*models_, store_);
  add("ann", kUntil + kHour, 7, kUntil + kHour);
  store_.fail_with(ErrorCode::unavailable);
  EXPECT_ERROR(feed.poll(kUntil + 2 * kHour), ErrorCode::unavailable, "");
  store_.fail_with({});
  feed.poll(kUntil + 3 * kHour);
  feed.poll(kUntil + 3 * kHour);
  EXPECT_EQ(counted(), 1U);
}

TEST_F(ListenFeedTest, a_song_that_rises_is_recommended) {
  const std::vector<data::SongRow> played = {0};
  const auto place_of_rising = [&] {
    const auto items = served()->recommender.recommend({.played = played}, {.k = 23, .threads = 1}).items;
    return std::ranges::find(items, 22U, &recommend::Recommendation::song) - items.begin();
  };
  const auto before = place_of_rising();
  ListenFeed feed(*models_, store_);
  for (int i = 0; i < 5000; ++i) add("user" + std::to_string(i), kUntil + kHour, 22, kUntil + kHour);
  feed.poll(kUntil + 2 * kHour);
  EXPECT_EQ(served()->trend->leaders(0).size() > 0, true);
  EXPECT_LT(place_of_rising(), before);
}

TEST_F(ListenFeedTest, requests_read_while_it_counts) {
  for (int i = 0; i < 2000; ++i) add("user" + std::to_string(i), kUntil + kHour, 7, kUntil + kHour);
  ListenFeed feed(*models_, store_);
  const ModelPointer model = served();
  const std::vector<data::SongRow> played = {0};
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) (void)model->recommender.recommend({.played = played}, {.threads = 1});
  });
  feed.poll(kUntil + 2 * kHour);
  EXPECT_EQ(counted(), 2000U);
}

}  // namespace
}  // namespace segue::serve
