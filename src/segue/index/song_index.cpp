#include "segue/index/song_index.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/index/batch.h"
#include "segue/math/kernels/kernels.h"
#include "segue/math/packed_rows.h"

namespace segue::index {

namespace {

// Cost of a walk's candidate in rows of an exact search: about thirty nodes are read to keep one, each elsewhere in
// memory (bench/search/index_search).
constexpr std::size_t kRowsPerCandidate = 24;
constexpr std::size_t kCodedRowsPerCandidate = 64;

// Songs sampled to measure recall: a quarter of them would give it to two hundredths only, as no walk finds some songs.
constexpr std::size_t kSampled = 4 * kBatchQueries;
constexpr std::size_t kRowsPerBlock = 32768;
constexpr std::array<std::size_t, 8> kWidths = {32, 48, 64, 96, 128, 192, 256, 384};

}  // namespace

bool SongIndex::graph_is_quicker(std::size_t width, std::size_t kept) const {
  const bool is_fast = exact_.is_coded() && choice_ == WalkChoice::by_speed;
  return width <= kept / (is_fast ? kCodedRowsPerCandidate : kRowsPerCandidate);
}

std::size_t SongIndex::kept_by(const SearchFilter& filter) const {
  return filter.keeps == nullptr ? searched_ : filter.keeps->count_below(searched_);
}

std::vector<math::ScoredRow> SongIndex::search(std::span<const float> query, std::size_t k, const SearchFilter& filter,
                                               const SearchOptions& options) const {
  const std::size_t width = width_for(options.width > 0 ? options.width : width_, k, filter, options.method);
  // The order of a walk is nearly right: an eighth more candidates contain the k nearest (bench/search/index_search).
  const std::vector<std::uint32_t> rows = walk(query, k, k + k / 8 + 8, filter, width, options.method);
  math::TopK best(k);
  const std::size_t rest = inverse_norms_.size() - newest_;
  if (rows.size() >= k) {
    exact_.compare(query, rows, best);
    add_rows(query, rest, filter, best);
    return best.take();
  }
  std::vector<math::ScoredRow> found = exact_.search(query, k, filter, options.threads);
  const std::size_t first = found.size() == k ? rest : searched_;
  if (first == inverse_norms_.size()) return found;
  for (const math::ScoredRow& row : found) best.offer(row);
  add_rows(query, first, filter, best);
  return best.take();
}

void SongIndex::add_rows(std::span<const float> query, std::size_t first, const SearchFilter& filter,
                         math::TopK& best) const {
  if (first == inverse_norms_.size()) return;
  std::vector<std::uint32_t> excluded(filter.excluded.begin(), filter.excluded.end());
  std::ranges::sort(excluded);
  std::vector<std::uint32_t> others;
  const auto add = [&](std::uint32_t row) {
    if (inverse_norms_[row] > 0 && !std::ranges::binary_search(excluded, row)) others.push_back(row);
  };
  if (filter.keeps != nullptr) {
    filter.keeps->for_each(first, inverse_norms_.size(), add);
  } else {
    for (std::size_t row = first; row < inverse_norms_.size(); ++row) add(static_cast<std::uint32_t>(row));
  }
  all_.compare(query, others, best);
}

std::vector<std::uint32_t> SongIndex::near(std::span<const float> query, std::size_t k, const SearchFilter& filter,
                                           std::size_t threads) const {
  std::vector<std::uint32_t> rows =
      walk(query, k, k, filter, width_for(k, k, filter, SearchMethod::automatic), SearchMethod::automatic);
  if (rows.size() >= k && newest_ == 0) return rows;
  std::vector<math::ScoredRow> found;
  if (rows.size() >= k) {
    math::TopK best(k);
    exact_.compare(query, rows, best);
    add_rows(query, inverse_norms_.size() - newest_, filter, best);
    found = best.take();
  } else {
    found = search(query, k, filter, {SearchMethod::exact, 0, threads});
  }
  rows.clear();
  for (const math::ScoredRow& row : found) rows.push_back(row.row);
  return rows;
}

std::size_t SongIndex::width_for(std::size_t least, std::size_t k, const SearchFilter& filter,
                                 SearchMethod method) const {
  const std::size_t kept = kept_by(filter);
  if (graph_ == nullptr || method == SearchMethod::exact || kept <= k || k == 0) return 0;
  std::size_t width = std::max(least, k + filter.excluded.size());
  if (filter.keeps != nullptr) {
    // As many candidates as are expected to contain k kept ones, and some more: the nearest songs are no random sample.
    const auto wanted = static_cast<double>(k + filter.excluded.size());
    const double share = static_cast<double>(kept) / static_cast<double>(searched_);
    width = std::max(width, static_cast<std::size_t>((wanted + 4 * std::sqrt(wanted)) * 1.25 / share));
  }
  if (method == SearchMethod::automatic && !graph_is_quicker(width, kept)) return 0;
  return std::min(width, graph_->nodes());
}

// The first `enough` rows that the filter keeps, nearest first by the walk. Fewer than k if the walk would have to be
// wider than worthwhile.
std::vector<std::uint32_t> SongIndex::walk(std::span<const float> query, std::size_t k, std::size_t enough,
                                           const SearchFilter& filter, std::size_t width, SearchMethod method) const {
  std::vector<std::uint32_t> rows;
  if (width == 0) return rows;
  std::vector<std::uint32_t> excluded(filter.excluded.begin(), filter.excluded.end());
  std::ranges::sort(excluded);
  const std::size_t kept = kept_by(filter);
  for (;; width *= 2) {
    const std::vector<std::uint32_t> walked = graph_->search(query, width);
    rows.clear();
    for (auto row = walked.begin(); row != walked.end() && rows.size() < enough; ++row) {
      const bool is_kept = filter.keeps == nullptr || filter.keeps->contains(*row);
      if (is_kept && !std::ranges::binary_search(excluded, *row)) rows.push_back(*row);
    }
    const bool all = walked.size() < width || width >= graph_->nodes();
    const bool slower = method == SearchMethod::automatic && !graph_is_quicker(2 * width, kept);
    if (rows.size() >= k || all || slower) return rows;
  }
}

namespace {

struct Sample {
  std::vector<std::uint32_t> songs;
  std::vector<std::vector<float>> queries;
  std::vector<std::vector<math::ScoredRow>> nearest;  // other songs
};

Sample take_sample(math::MatrixView<const float> vectors, std::span<const float> inverse_norms, std::size_t k,
                   std::size_t threads, const std::stop_token& stop) {
  Sample sample;
  const std::size_t step = std::max<std::size_t>(1, vectors.rows / kSampled);
  for (std::size_t row = 0; row < vectors.rows && sample.songs.size() < kSampled; row += step) {
    if (inverse_norms[row] == 0) continue;
    sample.songs.push_back(static_cast<std::uint32_t>(row));
    sample.queries.emplace_back(vectors[row].begin(), vectors[row].end());
    math::best_kernels().scale(inverse_norms[row], sample.queries.back().data(), vectors.columns);
  }

  // The exact neighbours, block by block.
  std::vector<math::TopK> nearest(sample.songs.size(), math::TopK(k));
  std::mutex mutex;
  parallel_for(vectors.rows, kRowsPerBlock, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "interrupted while measuring the search graph");
    math::PackedRows block(end - begin, vectors.columns);
    std::vector<float> unit(vectors.columns);
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = vectors[row][i] * inverse_norms[row];
      block.set_row(row - begin, unit.data());
    }
    for (std::size_t first = 0; first < sample.queries.size(); first += kBatchQueries) {
      const auto queries =
          std::span(sample.queries).subspan(first).first(std::min(kBatchQueries, sample.queries.size() - first));
      BatchSearch batch(block);
      for (const std::vector<float>& query : queries) std::ranges::copy(query, batch.add().begin());
      std::vector<std::vector<math::ScoredRow>> lists(queries.size());
      batch.search(k + 1, std::vector<std::span<const std::uint32_t>>(queries.size()), lists);
      const std::lock_guard lock(mutex);
      for (std::size_t q = 0; q < lists.size(); ++q) {
        for (const math::ScoredRow& one : lists[q]) {
          const auto row = static_cast<std::uint32_t>(begin + one.row);
          if (row != sample.songs[first + q] && inverse_norms[row] > 0) nearest[first + q].offer({row, one.score});
        }
      }
    }
  });

  for (math::TopK& best : nearest) sample.nearest.push_back(best.take());
  return sample;
}

}  // namespace

GraphRecall choose_width(const GraphIndex& graph, math::MatrixView<const float> vectors,
                         std::span<const float> inverse_norms, std::size_t k, double wanted, std::size_t threads,
                         const std::stop_token& stop) {
  const SongIndex index(vectors, inverse_norms, &graph);
  const Sample sample = take_sample(vectors, inverse_norms, k, threads, stop);
  GraphRecall measured{.songs = sample.songs.size()};
  for (const std::size_t width : kWidths) {
    std::atomic<std::size_t> hits = 0;
    std::atomic<std::size_t> all = 0;
    parallel_for(sample.songs.size(), 16, thread_count(threads), [&](std::size_t begin, std::size_t end) {
      for (std::size_t q = begin; q < end; ++q) {
        const SearchFilter filter{.excluded = std::span(&sample.songs[q], 1)};
        const SearchOptions options{.method = SearchMethod::graph, .width = width, .threads = 1};
        for (const math::ScoredRow& one : index.search(sample.queries[q], k, filter, options)) {
          hits +=
              std::ranges::find(sample.nearest[q], one.row, &math::ScoredRow::row) != sample.nearest[q].end() ? 1 : 0;
        }
        all += sample.nearest[q].size();
      }
    });
    measured.width = width;
    measured.recall = all == 0 ? 1.0 : static_cast<double>(hits) / static_cast<double>(all);
    if (measured.recall >= wanted) break;
  }
  return measured;
}

}  // namespace segue::index
