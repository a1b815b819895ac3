#include "segue/base/words.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue {
namespace {

// The whole table, as in the definition.
std::size_t plain_edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

TEST(EditDistance, counts_edits) {
  EXPECT_EQ(edit_distance("", "", 9), 0U);
  EXPECT_EQ(edit_distance("window", "", 9), 6U);
  EXPECT_EQ(edit_distance("window", "widnow", 9), 1U);
  EXPECT_EQ(edit_distance("epochs", "epoch", 9), 1U);
  EXPECT_EQ(edit_distance("dim", "min", 9), 2U);
  EXPECT_EQ(edit_distance("window", "", 5), 6U);
}

TEST(EditDistance, is_that_of_the_whole_table_up_to_its_bound) {
  Random random(7, 0);
  const auto text = [&] {
    std::string made(random.below(9), ' ');
    for (char& letter : made) letter = static_cast<char>('a' + random.below(3));
    return made;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = text();
    const std::string b = text();
    const std::size_t most = random.below(10);
    EXPECT_EQ(edit_distance(a, b, most), std::min(plain_edit_distance(a, b), most + 1)) << a << ' ' << b << ' ' << most;
  }
}

TEST(DidYouMean, suggests_near_names_only) {
  constexpr std::array<std::string_view, 3> known = {"--window", "--epochs", "--dim"};
  EXPECT_EQ(did_you_mean("--windwo", known), " (did you mean --window?)");
  EXPECT_EQ(did_you_mean("--epo", known), " (did you mean --epochs?)");
  EXPECT_EQ(did_you_mean("--something-else", known), "");
}

TEST(DidYouMean, suggests_nothing_for_texts_longer_than_names) {
  const std::string name(64, 'x');
  const std::string typed = name.substr(1) + "yz";
  const std::array<std::string_view, 1> known = {name};
  EXPECT_EQ(did_you_mean(typed.substr(0, 64), known), " (did you mean " + name + "?)");
  EXPECT_EQ(did_you_mean(typed, known), "");
}

// One request with such a name kept a core busy for seconds.
TEST(DidYouMean, takes_little_time_whatever_is_typed) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 20'000; ++i) names.push_back("the artist number " + std::to_string(mix64(i)));
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto begin = std::chrono::steady_clock::now();
  for (const std::size_t length : {60, 64, 10'000, 100'000}) {
    EXPECT_EQ(did_you_mean(std::string(length, 'a'), known), "");
    EXPECT_EQ(did_you_mean(std::string(length, '1'), known), "");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(WithCommas, groups_digits_by_three) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
}

}  // namespace
}  // namespace segue
