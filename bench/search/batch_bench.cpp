// How fast BatchSearch, with which `segue evaluate` ranks vectors, ranks a whole catalogue for many queries at once.
//
//   batch_bench [OPTION=VALUE...]
//   batch_bench rows=200000 columns=128 queries=100000 k=100 threads=2
//
// Prints wall time and processor time, which other programs on the machine affect less.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <vector>

#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/index/batch.h"
#include "segue/math/kernels/kernels.h"

#include "bench/support/arguments.h"
#include "bench/support/processor_seconds.h"

namespace segue {

struct BatchOptions {
  std::uint64_t rows = 200'000;
  std::uint64_t columns = 128;
  std::uint64_t queries = 100'000;
  std::uint64_t k = 100;
  std::uint64_t threads = 0;
};

template <>
struct OptionsOf<BatchOptions> {
  static constexpr std::string_view section = "batch";
  static constexpr std::array rows = {
      option<&BatchOptions::rows>("rows", "Rows that are ranked", between(1, 4e9)),
      option<&BatchOptions::columns>("columns", "Numbers in a row", between(1, 4096)),
      option<&BatchOptions::queries>("queries", "Queries that rank them", at_least(1)),
      option<&BatchOptions::k>("k", "Rows of the answer", at_least(1)),
      option<&BatchOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(BatchOptions);

namespace {

void fill(Random& random, std::span<float> numbers) {
  for (float& number : numbers) number = random.uniform_float() + random.uniform_float() - 1;
}

void run(std::span<char*> arguments) {
  BatchOptions options;
  set_options(arguments, options);
  const auto [rows, columns, queries, k, requested] = options;
  const std::size_t threads = thread_count(requested);
  Random random(1);
  math::PackedRows packed(rows, columns);
  std::vector<float> row(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    fill(random, row);
    packed.set_row(i, row.data());
  }
  std::atomic<std::size_t> next = 0;
  const auto wall = std::chrono::steady_clock::now();
  const double processor = processor_seconds();
  run_workers(threads, [&](std::size_t worker) {
    Random own(2, worker);
    index::BatchSearch batch(packed);
    std::vector<std::vector<math::ScoredRow>> lists(index::kBatchQueries);
    const std::vector<std::span<const std::uint32_t>> nothing(index::kBatchQueries);
    for (std::size_t first = 0; (first = next.fetch_add(index::kBatchQueries)) < queries;) {
      const std::size_t count = std::min(index::kBatchQueries, queries - first);
      batch.clear();
      for (std::size_t q = 0; q < count; ++q) fill(own, batch.add());
      batch.search(k, std::span(nothing).first(count), std::span(lists).first(count));
    }
  });
  const double seconds = processor_seconds() - processor;
  const double products = static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(queries);
  std::printf(
      "%zu queries x %zu rows x %zu, first %zu, %zu threads, %s: %.1f s, %.1f processor seconds, %.0f G products/s "
      "of a core\n",
      queries, rows, columns, k, threads, std::string(math::best_kernels().name).c_str(),
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count(), seconds,
      products / seconds / 1e9);
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
