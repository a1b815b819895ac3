#include "segue/train/preset.h"

#include <gtest/gtest.h>

#include "segue/data/dataset/dataset.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::train {
namespace {

TEST(Preset, passes_fall_from_ten_to_five_with_the_size_of_the_data) {
  EXPECT_EQ(preset_epochs(0), 10U);
  EXPECT_EQ(preset_epochs(1'000'000), 10U);
  EXPECT_EQ(preset_epochs(3'200'000), 7U);
  EXPECT_EQ(preset_epochs(10'000'000), 5U);
  EXPECT_EQ(preset_epochs(1'000'000'000'000), 5U);
}

TEST(Preset, in_a_small_catalogue_only_songs_above_the_mean_are_skipped) {
  EXPECT_DOUBLE_EQ(preset_subsample(250), 1.0 / 250);
  EXPECT_DOUBLE_EQ(preset_subsample(1'000'000), 1e-4);
}

class PresetOfDataset : public ::testing::Test {
 protected:
  PresetOfDataset() {
    testing::write_small_dataset(folder_ / "d", testing::small_model(8, 4).songs, {{0, 1, 2}, {3, 4}}, {"anna", "bo"});
  }
  testing::Scratch folder_;
  const TrainOptions defaults_;
};

TEST_F(PresetOfDataset, is_for_its_plays_and_songs) {
  TrainOptions options;
  apply_preset(options, {}, data::open_dataset(folder_ / "d"), [](std::string_view) { return false; });
  EXPECT_EQ(options.epochs, 10U);
  EXPECT_DOUBLE_EQ(options.subsample, 1.0 / 8);
  EXPECT_EQ(options.window, defaults_.window);
}

TEST_F(PresetOfDataset, leaves_what_was_given_and_everything_if_not_wanted) {
  TrainOptions options;
  apply_preset(options, {}, data::open_dataset(folder_ / "d"),
               [](std::string_view option) { return option == "epochs"; });
  EXPECT_EQ(options.epochs, defaults_.epochs);
  EXPECT_DOUBLE_EQ(options.subsample, 1.0 / 8);
  TrainOptions plain;
  apply_preset(plain, {Preset::none}, data::open_dataset(folder_ / "d"), [](std::string_view) { return false; });
  EXPECT_EQ(plain.epochs, defaults_.epochs);
  EXPECT_EQ(plain.subsample, defaults_.subsample);
}

}  // namespace
}  // namespace segue::train
