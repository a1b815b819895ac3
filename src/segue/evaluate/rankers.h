// The two ways models score songs, ready to use: a few songs each by itself, or all songs by a product of vectors.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/math/packed_rows.h"

namespace segue::evaluate {

// Scores of the few songs that were touched, 0 for all others. Clearing costs as much as was touched.
class SparseScores {
 public:
  explicit SparseScores(std::uint32_t song_count) : scores_(song_count) {}

  void add(std::uint32_t song, float score) {  // REQUIRES: score > 0
    if (scores_[song] == 0) touched_.push_back(song);
    scores_[song] += score;
  }
  float operator[](std::uint32_t song) const { return scores_[song]; }
  std::span<const std::uint32_t> touched() const { return touched_; }
  // The k best that are not in `masked`, which is sorted.
  std::vector<math::ScoredRow> best(std::size_t k, std::span<const std::uint32_t> masked) const;
  void clear();

 private:
  std::vector<float> scores_;
  std::vector<std::uint32_t> touched_;
};

// Adds the scores of one query. Called by one thread for each object; may keep room between calls.
using SparseScorer = std::function<void(const Query& query, SparseScores& scores)>;
std::unique_ptr<Ranker> make_sparse_ranker(std::uint32_t song_count, SparseScorer scorer);

// Writes the vector of one query into `vector`, rows.columns() zeros; false where there is none, and so no list.
using QueryVector = std::function<bool(const Query& query, std::span<float> vector)>;
// Songs by their product with the query's vector. Views `rows`.
std::unique_ptr<Ranker> make_vector_ranker(const math::PackedRows& rows, QueryVector query_vector);

// The same order of songs for everyone, but for what is masked. Views `order`, best first.
std::unique_ptr<Ranker> make_fixed_ranker(std::span<const math::ScoredRow> order);

// How much the song heard `ago` songs before the last one counts.
inline constexpr std::size_t kHeardUsed = 10;
inline constexpr float kHeardDecay = 0.8F;

}  // namespace segue::evaluate
