#include "segue/layout/team.h"

#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

namespace segue::layout {
namespace {

TEST(Team, runs_every_piece_once_in_each_loop) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    Team team(threads);
    EXPECT_EQ(team.size(), threads);
    for (std::size_t loop = 0; loop < 60; ++loop) {
      const std::size_t count = loop % 23;
      std::vector<int> done(count);
      team.for_pieces(count, 3, [&](std::size_t begin, std::size_t end) {
        EXPECT_LE(end, count);
        EXPECT_LE(end - begin, 3U);
        for (std::size_t i = begin; i < end; ++i) ++done[i];
      });
      EXPECT_EQ(done, std::vector<int>(count, 1));
    }
  }
}

TEST(Team, rethrows_an_exception_and_stays_usable) {
  Team team(3);
  for (int again = 0; again < 20; ++again) {
    EXPECT_THROW(team.for_pieces(100, 1,
                                 [](std::size_t begin, std::size_t) {
                                   if (begin == 7) throw std::runtime_error("seven");
                                 }),
                 std::runtime_error);
    std::atomic<int> done = 0;
    team.for_pieces(100, 1, [&](std::size_t, std::size_t) { ++done; });
    EXPECT_EQ(done, 100);
  }
}

}  // namespace
}  // namespace segue::layout
