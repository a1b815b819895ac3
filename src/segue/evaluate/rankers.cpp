#include "segue/evaluate/rankers.h"

#include <algorithm>

#include "segue/index/batch.h"

namespace segue::evaluate {

namespace {

class SparseRanker final : public Ranker {
 public:
  SparseRanker(std::uint32_t song_count, SparseScorer scorer) : scores_(song_count), scorer_(std::move(scorer)) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      scorer_(queries[i], scores_);
      lists[i] = scores_.best(k, queries[i].masked);
      scores_.clear();
    }
  }

 private:
  SparseScores scores_;
  SparseScorer scorer_;
};

class VectorRanker final : public Ranker {
 public:
  VectorRanker(const math::PackedRows& rows, QueryVector query_vector)
      : batch_(rows), zeros_(rows.columns()), query_vector_(std::move(query_vector)) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    batch_.clear();
    masked_.clear();
    std::vector<std::size_t> searched;  // queries with a vector
    for (std::size_t i = 0; i < queries.size(); ++i) {
      lists[i].clear();
      std::vector<float> vector = zeros_;
      if (!query_vector_(queries[i], vector)) continue;
      std::ranges::copy(vector, batch_.add().begin());
      masked_.push_back(queries[i].masked);
      searched.push_back(i);
    }
    std::vector<std::vector<math::ScoredRow>> found(searched.size());
    batch_.search(k, masked_, found);
    for (std::size_t i = 0; i < searched.size(); ++i) lists[searched[i]] = std::move(found[i]);
  }

 private:
  index::BatchSearch batch_;
  std::vector<float> zeros_;
  QueryVector query_vector_;
  std::vector<std::span<const std::uint32_t>> masked_;
};

class FixedRanker final : public Ranker {
 public:
  explicit FixedRanker(std::span<const math::ScoredRow> order) : order_(order) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      lists[i].clear();
      for (const math::ScoredRow& song : order_) {
        if (lists[i].size() == k) break;
        if (!std::ranges::binary_search(queries[i].masked, song.row)) lists[i].push_back(song);
      }
    }
  }

 private:
  std::span<const math::ScoredRow> order_;
};

}  // namespace

std::vector<math::ScoredRow> SparseScores::best(std::size_t k, std::span<const std::uint32_t> masked) const {
  math::TopK best(k);
  for (const std::uint32_t song : touched_) {
    const math::ScoredRow candidate{song, scores_[song]};
    if (candidate.score == 0) continue;
    if (best.would_keep(candidate) && !std::ranges::binary_search(masked, song)) best.offer(candidate);
  }
  return best.take();
}

void SparseScores::clear() {
  for (const std::uint32_t song : touched_) scores_[song] = 0;
  touched_.clear();
}

std::unique_ptr<Ranker> make_sparse_ranker(std::uint32_t song_count, SparseScorer scorer) {
  return std::make_unique<SparseRanker>(song_count, std::move(scorer));
}

std::unique_ptr<Ranker> make_vector_ranker(const math::PackedRows& rows, QueryVector query_vector) {
  return std::make_unique<VectorRanker>(rows, std::move(query_vector));
}

std::unique_ptr<Ranker> make_fixed_ranker(std::span<const math::ScoredRow> order) {
  return std::make_unique<FixedRanker>(order);
}

}  // namespace segue::evaluate
