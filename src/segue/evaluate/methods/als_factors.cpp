#include "segue/evaluate/methods/als_factors.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/math/kernels/kernels.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kRowsAtOnce = 64;

// Solves system x = right in place for a symmetric, positive definite system given by its lower triangle. Works row by
// row, so that all inner products are of two rows (Cholesky-Banachiewicz).
void solve_in_place(math::MatrixView<float> system, std::span<float> x) {
  const math::Kernels& kernels = math::best_kernels();
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    float* const row = system.row(i);
    for (std::size_t j = 0; j < i; ++j) row[j] = (row[j] - kernels.dot(row, system.row(j), j)) / system.row(j)[j];
    row[i] = std::sqrt(std::max(row[i] - kernels.squared_norm(row, i), 1e-12F));
    x[i] = (x[i] - kernels.dot(row, x.data(), i)) / row[i];
  }
  for (std::size_t i = n; i-- > 0;) {
    x[i] /= system.row(i)[i];
    kernels.axpy(-x[i], system.row(i), x.data(), i);
  }
}

// A sparse matrix of counts in compressed rows: the columns of each row, repeated as often as they count.
struct Entries {
  std::vector<std::uint64_t> offsets = {0};
  std::vector<std::uint32_t> columns;
  std::span<const std::uint32_t> of(std::size_t row) const {
    return std::span(columns).subspan(offsets[row], offsets[row + 1] - offsets[row]);
  }
};

Entries songs_by_queue(const data::Queues& queues) {
  Entries entries;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const std::span<const std::uint32_t> songs = queues.songs(queue);
    entries.columns.insert(entries.columns.end(), songs.begin(), songs.end());
    entries.offsets.push_back(entries.columns.size());
  }
  return entries;
}

Entries queues_by_song(const data::Queues& queues, std::uint32_t song_count) {
  Entries entries;
  entries.offsets.assign(song_count + std::size_t{1}, 0);
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    for (const std::uint32_t song : queues.songs(queue)) ++entries.offsets[song + 1];
  }
  std::partial_sum(entries.offsets.begin(), entries.offsets.end(), entries.offsets.begin());
  entries.columns.resize(entries.offsets.back());
  std::vector<std::uint64_t> next(entries.offsets.begin(), entries.offsets.end() - 1);
  for (std::uint32_t queue = 0; queue < queues.size(); ++queue) {
    for (const std::uint32_t song : queues.songs(queue)) entries.columns[next[song]++] = queue;
  }
  return entries;
}

}  // namespace

math::Matrix gram_of(math::MatrixView<const float> rows, double regularisation) {
  math::Matrix gram(rows.columns, rows.columns);
  for (std::size_t row = 0; row < rows.rows; ++row) {
    for (std::size_t i = 0; i < rows.columns; ++i) {
      math::best_kernels().axpy(rows.row(row)[i], rows.row(row), gram.view().row(i), rows.columns);
    }
  }
  for (std::size_t i = 0; i < rows.columns; ++i) gram.view().row(i)[i] += static_cast<float>(regularisation);
  return gram;
}

AlsFold::AlsFold(math::MatrixView<const float> songs, const math::Matrix& gram, const AlsOptions& options)
    : songs_(songs), gram_(gram), options_(options), system_(songs.columns, songs.columns) {}

void AlsFold::solve(std::span<const std::uint32_t> songs, std::span<float> out) {
  const math::Kernels& kernels = math::best_kernels();
  const math::MatrixView<float> system = system_.view();
  for (std::size_t i = 0; i < system.rows; ++i) std::copy_n(gram_.view().row(i), i + 1, system.row(i));
  std::ranges::fill(out, 0.0F);
  sorted_.assign(songs.begin(), songs.end());
  std::ranges::sort(sorted_);
  for (std::size_t begin = 0, end = 0; begin < sorted_.size(); begin = end) {
    while (end < sorted_.size() && sorted_[end] == sorted_[begin]) ++end;
    const auto extra = static_cast<float>(options_.alpha * static_cast<double>(end - begin));  // c - 1
    const float* const y = songs_.row(sorted_[begin]);
    for (std::size_t i = 0; i < system.rows; ++i) kernels.axpy(extra * y[i], y, system.row(i), i + 1);
    kernels.axpy(1 + extra, y, out.data(), out.size());
  }
  solve_in_place(system, out);
}

math::Matrix initial_song_factors(std::uint32_t song_count, const AlsOptions& options) {
  math::Matrix songs(song_count, options.dim);
  for (std::uint32_t song = 0; song < song_count; ++song) {
    Random random(options.seed, song);
    for (float& number : songs.view()[song]) number = (random.uniform_float() - 0.5F) / static_cast<float>(options.dim);
  }
  return songs;
}

AlsFactors factorise(const data::Queues& queues, std::uint32_t song_count, const AlsOptions& options,
                     Progress& progress, const std::stop_token& stop) {
  const Entries by_queue = songs_by_queue(queues);
  const Entries by_song = queues_by_song(queues, song_count);
  AlsFactors factors{math::Matrix(queues.size(), options.dim), initial_song_factors(song_count, options)};
  std::mutex mutex;  // guards progress and done
  std::uint64_t done = 0;
  progress.begin("als", (queues.size() + song_count) * options.iterations, "rows");
  const auto half_step = [&](const Entries& entries, const math::Matrix& fixed, math::Matrix& solved) {
    const math::Matrix gram = gram_of(fixed.view(), options.regularisation);
    parallel_for(solved.rows(), kRowsAtOnce, options.threads, [&](std::size_t begin, std::size_t end) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped while fitting als");
      AlsFold fold(fixed.view(), gram, options);
      for (std::size_t row = begin; row < end; ++row) fold.solve(entries.of(row), solved.view()[row]);
      const std::lock_guard lock(mutex);
      progress.update(done += end - begin, "");
    });
  };
  for (std::uint32_t iteration = 0; iteration < options.iterations; ++iteration) {
    half_step(by_queue, factors.songs, factors.queues);
    half_step(by_song, factors.queues, factors.songs);
  }
  progress.end();
  return factors;
}

}  // namespace segue::evaluate
