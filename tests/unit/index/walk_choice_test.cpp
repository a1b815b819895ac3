// Which searches walk the graph, and which compare every row.
#include <vector>

#include <gtest/gtest.h>

#include "segue/index/song_index.h"

#include "tests/support/clustered.h"

namespace segue::index {
namespace {

// A graph of other vectors in other clusters, so that its walks and exact searches find different rows.
TEST(WalkChoice, as_without_codes_walks_where_an_index_without_codes_does) {
  constexpr std::size_t kWalkedRows = 3880;
  const testing::Clustered vectors(kWalkedRows, 16, 40);
  const testing::Clustered others(kWalkedRows, 16, 41, 7);
  NoProgress progress;
  const GraphIndex graph = GraphIndex::build(others.matrix.view(), others.inverse_norms, {.threads = 1}, progress, {});
  const CodedRows codes(vectors.matrix.view(), vectors.inverse_norms, 1);
  // Wider than a walk with codes may be, not too wide for one without.
  constexpr std::size_t kWidth = kWalkedRows / 40;
  const auto index = [&](const CodedRows* coded, WalkChoice choice) {
    return SongIndex(vectors.matrix.view(), vectors.inverse_norms, kWalkedRows, &graph, kWidth, coded, choice);
  };
  const SongIndex plain = index(nullptr, WalkChoice::by_speed);
  const SongIndex same = index(&codes, WalkChoice::as_without_codes);
  const SongIndex fast = index(&codes, WalkChoice::by_speed);
  const auto rows = [](const std::vector<math::ScoredRow>& found) {
    std::vector<std::uint32_t> all;
    for (const math::ScoredRow& one : found) all.push_back(one.row);
    return all;
  };
  for (const std::size_t row : {0U, 500U, 3000U}) {
    const std::vector<float> query = vectors.unit(row);
    EXPECT_EQ(rows(same.search(query, 5)), rows(plain.search(query, 5))) << row;
    EXPECT_EQ(same.near(query, kWidth), plain.near(query, kWidth)) << row;
    EXPECT_NE(rows(fast.search(query, 5)), rows(plain.search(query, 5))) << row;
  }
}

}  // namespace
}  // namespace segue::index
