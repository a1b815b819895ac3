#include "segue/serve/catalogue_control.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "segue/model/model.h"
#include "segue/serve/offered_songs.h"

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::serve {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

// Songs "0" to "23"; the table of the catalogue is catalogue.csv.
class CatalogueControlTest : public ::testing::Test {
 protected:
  CatalogueControlTest() {
    write_model(24);
    models_.emplace(model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
  }

  void write_model(std::uint32_t songs) {
    testing::SmallModel model = testing::small_model(songs);
    for (std::uint32_t i = 0; i < songs; ++i) model.songs[i].id = std::to_string(i);
    testing::write_small_model(folder_ / "made", model);
    std::filesystem::remove_all(folder_ / "model");
    std::filesystem::rename(folder_ / "made", folder_ / "model");
  }

  void write_table(std::string_view text) {
    folder_.write("next", text);
    std::filesystem::rename(folder_ / "next", folder_ / "catalogue.csv");
  }

  void start() {
    control_.reset();
    control_.emplace(
        *models_, store_,
        CatalogueSetup{.table = (folder_ / "catalogue.csv").string(), .micros_now = [this] { return now_; }});
  }

  // The songs that nobody is offered.
  std::vector<std::uint32_t> gone(const recommend::CatalogueChoice& choice = {}) {
    const ModelPointer served = models_->choose("", "");
    const OfferedSongs offered(*control_, served, choice);
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < served->model.songs().size(); ++row) {
      if (!offered.has(row)) rows.push_back(row);
      EXPECT_EQ(offered.has(row), control_->offers(served->model.songs().id(row), control_->audience_of(choice)));
    }
    return rows;
  }

  static data::AvailabilityChange blocked(bool is_blocked) {
    data::AvailabilityChange change;
    change.blocked = is_blocked;
    return change;
  }

  using Rows = std::vector<std::uint32_t>;

  testing::Scratch folder_;
  std::int64_t now_ = 1'800'000'000 * kMicros;
  testing::MemoryStore store_;
  std::optional<ModelSet> models_;
  std::optional<CatalogueControl> control_;
};

TEST_F(CatalogueControlTest, a_change_wins_over_every_table_until_it_is_withdrawn) {
  write_table("id,blocked\n3,true\n4,true\n");
  start();
  EXPECT_EQ(gone(), (Rows{3, 4}));
  control_->change("3", blocked(false));
  control_->change("5", blocked(true));
  EXPECT_EQ(gone(), (Rows{4, 5}));
  write_table("id,blocked\n3,true\n6,true\n");
  EXPECT_TRUE(control_->table_changed());
  control_->reload_table();
  EXPECT_FALSE(control_->table_changed());
  EXPECT_EQ(gone(), (Rows{5, 6}));
  EXPECT_TRUE(control_->withdraw("3"));
  EXPECT_FALSE(control_->withdraw("3"));
  EXPECT_EQ(gone(), (Rows{3, 5, 6}));
}

TEST_F(CatalogueControlTest, a_change_leaves_what_it_does_not_name_as_the_table_has_it) {
  write_table("id,blocked,markets\n3,true,DE\n");
  start();
  control_->change("3", blocked(false));
  EXPECT_EQ(gone({.market = "US"}), (Rows{3}));
  EXPECT_EQ(gone({.market = "DE"}), Rows());
}

TEST_F(CatalogueControlTest, changes_survive_a_restart_and_reach_others_on_the_store) {
  write_table("id,blocked\n3,true\n");
  start();
  CatalogueControl other(*models_, store_, {.micros_now = [this] { return now_; }});
  control_->change("5", blocked(true));
  control_->change("x", blocked(true));
  EXPECT_FALSE(other.song("5").change);
  other.poll();
  EXPECT_TRUE(other.song("5").availability.blocked);
  EXPECT_EQ(other.facts().changes, 2U);
  other.withdraw("5");
  control_->poll();
  EXPECT_EQ(gone(), (Rows{3}));
  control_->change("7", blocked(true));
  start();
  EXPECT_EQ(gone(), (Rows{3, 7}));
  EXPECT_TRUE(control_->song("x").change);
}

TEST_F(CatalogueControlTest, a_change_that_the_store_refuses_is_not_in_force) {
  write_table("id,blocked\n3,true\n");
  start();
  store_.fail_with(ErrorCode::unavailable);
  EXPECT_THROW(control_->change("5", blocked(true)), Error);
  EXPECT_THROW(control_->poll(), Error);
  store_.fail_with(std::nullopt);
  EXPECT_EQ(gone(), (Rows{3}));
}

TEST_F(CatalogueControlTest, a_bad_table_keeps_the_old_one_and_is_tried_once) {
  write_table("id,blocked\n3,true\n");
  start();
  write_table("id,blocked\n4,perhaps\n");
  EXPECT_TRUE(control_->table_changed());
  EXPECT_ERROR(control_->reload_table(), ErrorCode::bad_input, "line 2: column blocked");
  EXPECT_FALSE(control_->table_changed());
  EXPECT_EQ(gone(), (Rows{3}));
  EXPECT_EQ(control_->facts().tables_refused, 1U);
  EXPECT_NE(control_->facts().refused.find("column blocked"), std::string::npos);
  std::filesystem::remove(folder_ / "catalogue.csv");
  EXPECT_TRUE(control_->table_changed());
  EXPECT_ERROR(control_->reload_table(), ErrorCode::not_found, "no such file");
  EXPECT_FALSE(control_->table_changed());
  EXPECT_EQ(gone(), (Rows{3}));
  write_table("id,blocked\n4,true\n");
  EXPECT_TRUE(control_->table_changed());
  control_->reload_table();
  EXPECT_EQ(gone(), (Rows{4}));
  EXPECT_EQ(control_->facts().refused, "");
}

TEST_F(CatalogueControlTest, does_not_start_with_a_table_that_it_cannot_read) {
  EXPECT_ERROR(start(), ErrorCode::not_found, "no such file");
  write_table("id,blocked\n4,perhaps\n");
  EXPECT_ERROR(start(), ErrorCode::bad_input, "column blocked");
}

TEST_F(CatalogueControlTest, songs_come_and_go_at_the_moment_that_the_table_says) {
  write_table("id,from,until\n3,2027-01-15T08:00:00.000001Z,2027-01-15T08:00:02Z\n");
  start();
  EXPECT_EQ(now_ / kMicros, 1'800'000'000) << "2027-01-15T08:00:00Z";
  EXPECT_EQ(gone(), (Rows{3}));
  now_ += 1;
  EXPECT_EQ(gone(), Rows());
  now_ += 2 * kMicros - 2;
  EXPECT_EQ(gone(), Rows());
  now_ += 1;
  EXPECT_EQ(gone(), (Rows{3}));
  now_ -= 2 * kMicros - 1;
  EXPECT_EQ(gone(), Rows()) << "the clock was set back";
}

TEST_F(CatalogueControlTest, a_model_is_known_before_it_is_served) {
  write_table("id,blocked\n3,true\n30,true\n");
  start();
  control_->change("31", blocked(true));
  EXPECT_EQ(control_->facts().models.at(0).unknown, 2U);
  write_model(40);
  models_->reload("");
  EXPECT_EQ(gone(), (Rows{3, 30, 31}));
  EXPECT_EQ(control_->facts().models.at(0).unknown, 0U);
  control_->change("32", blocked(true));
  models_->rollback("");
  EXPECT_EQ(gone(), (Rows{3}));
  models_->rollback("");
  EXPECT_EQ(gone(), (Rows{3, 30, 31, 32}));
}

TEST_F(CatalogueControlTest, a_snapshot_stays_one_state_while_songs_change) {
  write_table("id,blocked\n3,true\n");
  start();
  const ModelPointer served = models_->choose("", "");
  const OfferedSongs before(*control_, served);
  control_->change("5", blocked(true));
  EXPECT_TRUE(before.has(5));
  EXPECT_FALSE(OfferedSongs(*control_, served).has(5));
}

TEST_F(CatalogueControlTest, the_service_has_a_market_and_requests_may_name_another) {
  write_table("id,markets\n3,DE\n");
  control_.emplace(*models_, store_,
                   CatalogueSetup{.table = (folder_ / "catalogue.csv").string(),
                                  .audience = {.market = data::Market::of("US")},
                                  .micros_now = [this] { return now_; }});
  EXPECT_EQ(gone(), (Rows{3}));
  EXPECT_EQ(gone({.market = "DE"}), Rows());
}

}  // namespace
}  // namespace segue::serve
