#include "segue/recommend/available_songs.h"

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/index/song_index.h"
#include "segue/model/model.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

using data::Audience;
using data::Availability;
using data::Market;

constexpr std::array kCodes = {"DE", "AT", "US", "JP"};

class AvailableSongsTest : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kSongs = 130;  // no multiple of 64

  AvailableSongsTest() {
    testing::SmallModel model = testing::small_model(kSongs);
    for (std::uint32_t i = 0; i < kSongs; ++i) model.songs[i].id = std::to_string(i);
    testing::write_small_model(folder_ / "model", model);
    model_.emplace(folder_ / "model");
  }

  std::shared_ptr<const AvailableSongs> songs(const std::map<std::string, Availability>& known,
                                              std::int64_t time) const {
    return std::make_shared<const AvailableSongs>(
        model_->songs(),
        [&](const auto& add) {
          for (const auto& [id, song] : known) add(id, song);
        },
        time);
  }

  static Availability random_song(Random& chance) {
    const auto one_in = [&](std::uint32_t n) { return chance.below(n) == 0; };
    const auto markets = [&] {
      std::vector<Market> some;
      for (const char* const code : kCodes) {
        if (one_in(2)) some.push_back(Market::of(code).value());
      }
      std::ranges::sort(some);
      return some;
    };
    Availability song{.blocked = one_in(4), .explicit_content = one_in(3)};
    if (one_in(3)) song.markets = markets();
    if (one_in(3)) song.blocked_markets = markets();
    if (one_in(3)) song.window.from = chance.below(100);
    if (one_in(3)) song.window.until = 50 + chance.below(100);
    return song;
  }

  // The same as asking song by song.
  void expect_same(const AvailableSongs& sets, const std::map<std::string, Availability>& known,
                   std::int64_t time) const {
    std::vector<Audience> audiences = {{}, {.with_explicit = false}, {.market = Market::of("FR")}};
    for (const char* const code : kCodes) audiences.push_back({Market::of(code), code == kCodes[0]});
    for (const Audience& audience : audiences) {
      const AvailableSongs::Shared passing = sets.passing(audience);
      for (std::uint32_t row = 0; row < kSongs; ++row) {
        const auto found = known.find(std::to_string(row));
        const bool wanted = found == known.end() || data::is_available(found->second, audience, time);
        ASSERT_EQ(passing == nullptr || passing->contains(row), wanted) << row << " at " << time;
      }
    }
  }

  testing::Scratch folder_;
  std::optional<model::Model> model_;
};

TEST_F(AvailableSongsTest, nothing_known_keeps_every_song_without_a_set) {
  EXPECT_EQ(songs({}, 0)->passing({}), nullptr);
  EXPECT_EQ(songs({{"3", Availability{.explicit_content = true}}}, 0)->passing({}), nullptr);
}

TEST_F(AvailableSongsTest, counts_ids_that_the_model_lacks) {
  EXPECT_EQ(songs({{"3", {}}, {"x", {}}, {"y", {}}}, 0)->unknown(), 2U);
}

TEST_F(AvailableSongsTest, sets_say_what_each_song_says_after_any_changes_at_any_time) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random chance(seed);
    std::map<std::string, Availability> known;
    for (std::uint32_t row = 0; row < kSongs; row += 2) known[std::to_string(row)] = random_song(chance);
    std::int64_t time = 0;
    std::shared_ptr<const AvailableSongs> sets = songs(known, time);
    expect_same(*sets, known, time);
    for (int step = 0; step < 60; ++step) {
      if (chance.below(3) == 0) {
        time += chance.below(9);
        if (!sets->is_current(time)) sets = sets->at(time);
      } else {
        const std::uint32_t row = chance.below(kSongs);
        const Availability song = chance.below(4) == 0 ? Availability() : random_song(chance);
        known[std::to_string(row)] = song;
        sets = sets->with(row, song);
        if (!sets->is_current(time)) sets = sets->at(time);
      }
      expect_same(*sets, known, time);
    }
  }
}

TEST_F(AvailableSongsTest, an_older_snapshot_stays_as_it_was) {
  const auto before = songs({{"5", Availability{.blocked = true}}}, 0);
  const auto after = before->with(5, {})->with(6, {.blocked = true});
  EXPECT_FALSE(before->passing({})->contains(5));
  EXPECT_TRUE(before->passing({})->contains(6));
  EXPECT_TRUE(after->passing({})->contains(5));
  EXPECT_FALSE(after->passing({})->contains(6));
}

TEST_F(AvailableSongsTest, tells_when_the_next_song_comes_or_goes) {
  const auto sets = songs({{"1", Availability{.window = {.from = 10'000'000, .until = 20'000'000}}}}, 0);
  EXPECT_TRUE(sets->is_current(9'999'999));
  EXPECT_FALSE(sets->is_current(10'000'000));
  const auto later = sets->at(10'000'000);
  EXPECT_TRUE(later->passing({}) == nullptr);
  EXPECT_FALSE(later->is_current(20'000'000));
  EXPECT_FALSE(later->is_current(8'000'000)) << "the clock was set back";
  EXPECT_TRUE(later->at(30'000'000)->is_current(1'000'000'000'000));
}

TEST_F(AvailableSongsTest, a_search_finds_the_few_songs_that_are_left) {
  std::map<std::string, Availability> known;
  for (std::uint32_t row = 0; row < kSongs; ++row) known[std::to_string(row)].blocked = row % 40 != 7;
  const AvailableSongs::Shared passing = songs(known, 0)->passing({});
  const std::span<const float> query(model_->vectors().row(0), model_->vectors().columns);
  std::vector<std::uint32_t> rows;
  for (const math::ScoredRow& one : model_->index().search(query, 10, {{}, passing.get()})) rows.push_back(one.row);
  std::ranges::sort(rows);
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{7, 47, 87, 127}));
}

TEST(CatalogueChoice, refuses_what_is_no_country) {
  EXPECT_EQ(audience_of({.market = "de"}).market, Market::of("DE"));
  EXPECT_FALSE(audience_of({}).market);
  EXPECT_ERROR((void)audience_of({.market = "UK"}), ErrorCode::wrong_use, "market: expected country codes");
}

}  // namespace
}  // namespace segue::recommend
