#include "segue/base/parallel.h"

#include <atomic>
#include <numeric>
#include <vector>

#include "tests/support/expect_error.h"

namespace segue {
namespace {

TEST(ParallelFor, touches_every_index_once) {
  for (const std::size_t threads : {1U, 2U, 7U}) {
    for (const std::size_t count : {0U, 1U, 99U, 100U, 1000U}) {
      std::vector<std::atomic<int>> touched(count);
      parallel_for(count, 100, threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) ++touched[i];
      });
      for (const auto& times : touched) ASSERT_EQ(times, 1);
    }
  }
}

TEST(ParallelFor, rethrows_the_exception_of_a_piece) {
  std::atomic<int> pieces{0};
  EXPECT_ERROR(parallel_for(1000, 1, 4,
                            [&](std::size_t begin, std::size_t) {
                              ++pieces;
                              if (begin == 3) fail(ErrorCode::bad_input, "piece {}", begin);
                            }),
               ErrorCode::bad_input, "piece 3");
  EXPECT_LE(pieces, 1000);
}

TEST(RunWorkers, runs_each_worker_once) {
  std::vector<std::atomic<int>> ran(5);
  run_workers(5, [&](std::size_t worker) { ++ran[worker]; });
  for (const auto& times : ran) EXPECT_EQ(times, 1);
}

TEST(ThreadCount, is_never_zero) {
  EXPECT_GE(thread_count(0), 1U);
  EXPECT_EQ(thread_count(3), 3U);
}

}  // namespace
}  // namespace segue
