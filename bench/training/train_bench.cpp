// Speed and hit rate of train_vectors on generated listens.
//
//   train_bench [OPTION=VALUE...]
//   train_bench threads=1 epochs=1 subsample=0 simd=avx2 held_out=3000
//
// Options are those of `segue train`, those of bench/support/corpus.h, simd (a target of math/kernel_list.h) and
// held_out (sessions kept out of training; the test is their last song, by cosine to the song before it).

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "segue/base/parallel.h"
#include "segue/math/kernels/kernels.h"
#include "segue/train/trainer.h"

#include "bench/support/arguments.h"
#include "bench/support/corpus.h"
#include "bench/support/processor_seconds.h"

namespace segue {

struct BenchOptions {
  std::uint64_t held_out = 0;
};

template <>
struct OptionsOf<BenchOptions> {
  static constexpr std::string_view section = "bench";
  static constexpr std::array rows = {
      option<&BenchOptions::held_out>("held_out", "Sessions kept out of training to judge it by", at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(BenchOptions);

namespace {

// Every row divided by its length.
math::Matrix unit_rows(const train::TrainedMatrix& rows) {
  const math::Kernels& kernels = math::best_kernels();
  math::Matrix unit(rows.rows(), rows.columns());
  std::vector<float> scratch(rows.columns());
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const float* row = rows.row(r, scratch.data());
    const float norm = std::sqrt(kernels.squared_norm(row, rows.columns()));
    if (norm > 0) kernels.axpy(1 / norm, row, unit.view().row(r), rows.columns());
  }
  return unit;
}

// The share of sessions whose last song is among the 10 nearest to the one before it.
double hit_rate_at_10(const train::TrainedMatrix& vectors, const std::vector<std::vector<std::uint32_t>>& sessions) {
  const math::Matrix unit = unit_rows(vectors);
  const auto rows = unit.view();
  const auto dot = math::best_kernels().dot;
  std::vector<char> hits(sessions.size());
  parallel_for(sessions.size(), 1, thread_count(0), [&](std::size_t begin, std::size_t end) {
    for (std::size_t s = begin; s < end; ++s) {
      const std::uint32_t from = sessions[s][sessions[s].size() - 2];
      const std::uint32_t wanted = sessions[s].back();
      if (from >= rows.rows || wanted >= rows.rows || from == wanted) continue;
      const float limit = dot(rows.row(from), rows.row(wanted), rows.stride);
      std::size_t nearer = 0;
      for (std::uint32_t song = 0; song < rows.rows && nearer < 10; ++song) {
        if (song != from && song != wanted && dot(rows.row(from), rows.row(song), rows.stride) > limit) ++nearer;
      }
      hits[s] = nearer < 10;
    }
  });
  return static_cast<double>(std::ranges::count(hits, 1)) / static_cast<double>(sessions.size());
}

void run(std::span<char*> arguments) {
  train::TrainOptions train;
  CorpusOptions generate;
  BenchOptions bench;
  set_options(arguments, train, generate, bench);
  Corpus corpus = generate_corpus(generate);
  const auto sessions = hold_out(corpus, bench.held_out);
  const data::Queues queues(corpus.queues);
  NoProgress progress;
  const double cpu = processor_seconds();
  const train::TrainedVectors trained = train::train_vectors(queues, corpus.plays, train, progress, {});
  const double used = processor_seconds() - cpu;
  double seconds = 0;
  for (const train::EpochReport& epoch : trained.epochs) {
    seconds += epoch.seconds;
    std::printf("epoch %u: loss %.4f, %.2f s, %.1f M pairs\n", epoch.epoch, epoch.mean_loss, epoch.seconds,
                static_cast<double>(epoch.pairs) * 1e-6);
  }
  const double tokens = static_cast<double>(queues.plays()) * train.epochs;
  std::printf("%s: %zu songs, %.0f tokens: %.3f M tokens/s, %.3f M tokens/CPU-s\n", math::best_target().name.data(),
              trained.vectors.rows(), tokens, tokens / seconds * 1e-6, tokens / used * 1e-6);
  if (!sessions.empty()) std::printf("HitRate@10 %.4f\n", hit_rate_at_10(trained.vectors, sessions));
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
