#include "segue/base/words.h"

#include <array>

#include <gtest/gtest.h>

namespace segue {
namespace {

TEST(EditDistance, counts_edits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("window", ""), 6U);
  EXPECT_EQ(edit_distance("window", "widnow"), 1U);
  EXPECT_EQ(edit_distance("epochs", "epoch"), 1U);
  EXPECT_EQ(edit_distance("dim", "min"), 2U);
}

TEST(DidYouMean, suggests_near_names_only) {
  constexpr std::array<std::string_view, 3> known = {"--window", "--epochs", "--dim"};
  EXPECT_EQ(did_you_mean("--windwo", known), " (did you mean --window?)");
  EXPECT_EQ(did_you_mean("--epo", known), " (did you mean --epochs?)");
  EXPECT_EQ(did_you_mean("--something-else", known), "");
}

TEST(WithCommas, groups_digits_by_three) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
}

}  // namespace
}  // namespace segue
