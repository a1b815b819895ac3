#include "segue/index/song_index.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::index {
namespace {

using ::testing::ElementsAre;

// Six songs, each a little further from the query than the one before; only the first four are searched. The last ones
// lie nearest.
class SearchedSongs : public ::testing::Test {
 protected:
  SearchedSongs() : vectors_(6, 2) {
    for (std::size_t row = 0; row < 6; ++row) {
      const auto off = static_cast<float>(row < 4 ? row + 3 : row - 4) * 0.1F;
      vectors_.view().row(row)[0] = 1;
      vectors_.view().row(row)[1] = off;
      inverse_norms_.push_back(1 / std::sqrt(1 + off * off));
    }
  }

  std::vector<std::uint32_t> search(std::size_t k, const SearchFilter& filter = {}) const {
    const SongIndex index(vectors_.view(), inverse_norms_, 4, nullptr);
    std::vector<std::uint32_t> rows;
    for (const math::ScoredRow& row : index.search(query_, k, filter)) rows.push_back(row.row);
    std::vector<std::uint32_t> near = index.near(query_, k, filter);
    EXPECT_THAT(near, ::testing::UnorderedElementsAreArray(rows));
    return rows;
  }

  math::Matrix vectors_;
  std::vector<float> inverse_norms_;
  std::vector<float> query_ = {1, 0};
};

TEST_F(SearchedSongs, are_found_alone) {
  EXPECT_THAT(search(3), ElementsAre(0, 1, 2));
  EXPECT_THAT(search(4), ElementsAre(0, 1, 2, 3));
}

TEST_F(SearchedSongs, are_joined_by_the_others_where_there_are_too_few) {
  EXPECT_THAT(search(6), ElementsAre(4, 5, 0, 1, 2, 3));
  EXPECT_THAT(search(9), ElementsAre(4, 5, 0, 1, 2, 3));
}

TEST_F(SearchedSongs, are_joined_by_the_others_that_a_filter_keeps) {
  RowSet keeps(6);
  for (const std::uint32_t row : {1U, 3U, 5U}) keeps.insert(row);
  EXPECT_THAT(search(2, {{}, &keeps}), ElementsAre(1, 3));
  EXPECT_THAT(search(3, {{}, &keeps}), ElementsAre(5, 1, 3));
  const std::vector<std::uint32_t> excluded = {5, 1};
  EXPECT_THAT(search(3, {excluded, &keeps}), ElementsAre(3));
  RowSet others(6);
  others.insert(4);
  EXPECT_THAT(search(1, {{}, &others}), ElementsAre(4));
}

TEST_F(SearchedSongs, leave_out_those_without_a_direction) {
  inverse_norms_[4] = 0;
  EXPECT_THAT(search(6), ElementsAre(5, 0, 1, 2, 3));
}

}  // namespace
}  // namespace segue::index
