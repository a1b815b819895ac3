// The two limits of training on this machine: arithmetic and memory.
//
//   roofline [OPTION=VALUE...]
//   roofline dim=128 played=6 noise=2 megabytes=200
//
// arithmetic  steps of a window (1 input, played + noise outputs) whose rows lie in L1, on one thread
// memory      rows read and written at random places of a table, prefetched, on one thread and on all
//
// A token of skip-gram is one window step; with noise shared by blocks it fetches about 2 + noise / block rows that are
// not cached: the centre, the song that enters the window, and its part of the noise.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/math/kernels/kernels.h"
#include "segue/math/matrix.h"
#include "segue/train/kernels/step.h"

#include "bench/support/arguments.h"

namespace segue {

struct RooflineOptions {
  std::uint32_t dim = 128;
  std::uint32_t played = 6;
  std::uint32_t noise = 2;
  std::uint64_t megabytes = 200;
};

template <>
struct OptionsOf<RooflineOptions> {
  static constexpr std::string_view section = "roofline";
  static constexpr std::array rows = {
      option<&RooflineOptions::dim>("dim", "Numbers in a row", between(1, 4096)),
      option<&RooflineOptions::played>("played", "Songs of a context", between(1, 64)),
      option<&RooflineOptions::noise>("noise", "Noise songs of a step", between(0, 64)),
      option<&RooflineOptions::megabytes>("megabytes", "Size of the table of random rows", between(1, 1e5)),
  };
};
SEGUE_CHECK_OPTIONS(RooflineOptions);

namespace {

// CPU seconds of this thread: time in which another program has the core does not count.
double thread_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The best of some rounds, as the machine is never idle.
template <class Body>
double best_rate(std::uint64_t count, const Body& body) {
  double best = 0;
  for (int round = 0; round < 7; ++round) {
    const double started = thread_seconds();
    body();
    best = std::max(best, static_cast<double>(count) / (thread_seconds() - started));
  }
  return best;
}

double steps_per_second(const train::StepKernel& kernel, const RooflineOptions& options) {
  constexpr std::uint64_t kSteps = 300'000;
  math::Matrix rows(1 + options.played + options.noise, options.dim);
  Random random(1);
  std::vector<float*> pointers;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (float& x : rows.view()[r]) x = random.uniform_float() - 0.5F;
    pointers.push_back(rows.view().row(r));
  }
  std::vector<float> scratch(2 * math::padded(options.dim));
  const train::StepRows<float> step{.inputs = std::span(pointers).first(1),
                                    .outputs = std::span(pointers).subspan(1),
                                    .played = options.played,
                                    .noise_weight = 1,
                                    .length = math::padded(options.dim),
                                    .scratch = scratch.data()};
  return best_rate(kSteps, [&] {
    for (std::uint64_t i = 0; i < kSteps; ++i) kernel.step(step, {.rate = 1e-6F, .damping = 16, .loss = false});
  });
}

// Of one thread among `threads` that do the same.
double rows_per_second(const RooflineOptions& options, std::size_t threads) {
  constexpr std::uint64_t kRows = 4'000'000;
  constexpr std::size_t kAhead = 16;
  const std::size_t count = (options.megabytes << 20) / (math::padded(options.dim) * sizeof(float)) + 1;
  math::Matrix table(count, options.dim);
  for (std::size_t r = 0; r < count; ++r) table.view()[r][0] = 1;
  const std::vector<float> ones(options.dim, 1.0F);
  std::vector<double> rates(threads);
  run_workers(threads, [&](std::size_t worker) {
    Random random(worker + 1);
    std::vector<float*> ring(kAhead, table.view().row(0));
    rates[worker] = best_rate(kRows, [&] {
      for (std::uint64_t i = 0; i < kRows; ++i) {
        float*& row = ring[i % kAhead];
        math::best_kernels().axpy(1e-6F, ones.data(), row, options.dim);
        row = table.view().row(random.below(static_cast<std::uint32_t>(count)));
        for (std::size_t at = 0; at < math::padded(options.dim); at += 16) __builtin_prefetch(row + at, 1, 3);
      }
    });
  });
  double sum = 0;
  for (const double rate : rates) sum += rate;
  return sum;
}

void run(std::span<char*> arguments) {
  RooflineOptions options;
  set_options(arguments, options);
  const double outputs = options.played + options.noise;
  const double flops = 6 * outputs * options.dim;  // a multiply-add counts two
  for (const train::StepKernel& kernel : train::all_step_kernels()) {
    const double steps = steps_per_second(kernel, options);
    std::printf("arithmetic, %s: %.2f M steps/s of %.0f outputs, %.1f GFLOP/s\n", kernel.name.data(), steps * 1e-6,
                outputs, steps * flops * 1e-9);
  }
  const double bytes = 2.0 * static_cast<double>(math::padded(options.dim)) * sizeof(float);
  for (std::size_t threads = 1; threads <= thread_count(0); threads *= 2) {
    const double rows = rows_per_second(options, threads);
    std::printf("memory, %zu thread(s): %.1f M rows/s read and written at random, %.1f GB/s\n", threads, rows * 1e-6,
                rows * bytes * 1e-9);
  }
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
