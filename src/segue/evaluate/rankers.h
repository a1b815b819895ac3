// The rankers that methods are built from: scores added up song by song, products of vectors, a fixed order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/math/packed_rows.h"

namespace segue::evaluate {

// Scores of the few songs touched, 0 for all others. The cost of clearing grows only with the songs touched.
class SparseScores {
 public:
  explicit SparseScores(std::uint32_t song_count) : scores_(song_count) {}

  void add(std::uint32_t song, float score) {  // REQUIRES: score > 0
    if (scores_[song] == 0) touched_.push_back(song);
    scores_[song] += score;
  }
  // Multiplies the score of a song; 0 takes it out. REQUIRES: factor >= 0, and no add() until clear().
  void scale(std::uint32_t song, float factor) { scores_[song] *= factor; }
  float operator[](std::uint32_t song) const { return scores_[song]; }
  std::span<const std::uint32_t> touched() const { return touched_; }
  // The k best songs that are not in `masked`, which is sorted.
  std::vector<math::ScoredRow> best(std::size_t k, std::span<const std::uint32_t> masked) const;
  void clear();

 private:
  std::vector<float> scores_;
  std::vector<std::uint32_t> touched_;
};

// Adds the scores of one query. Each copy is called by one thread, so it may keep buffers between calls.
using SparseScorer = std::function<void(const Query& query, SparseScores& scores)>;
std::unique_ptr<Ranker> make_sparse_ranker(std::uint32_t song_count, SparseScorer scorer);

// Writes the vector of one query into `vector`, which holds rows.columns() zeros; false: the query gets no list.
using QueryVector = std::function<bool(const Query& query, std::span<float> vector)>;
// Ranks songs by the product of their row and the query's vector. Views `rows`.
std::unique_ptr<Ranker> make_vector_ranker(const math::PackedRows& rows, QueryVector query_vector);

// The same order of songs for every query, without the masked ones. Views `order`, best first.
std::unique_ptr<Ranker> make_fixed_ranker(std::span<const math::ScoredRow> order);

// The songs heard that a method uses: the last one alone, or the last kHeardUsed, each weighing kHeardDecay times the
// one after it.
enum class HeardUse { last_song, decayed };
inline constexpr std::size_t kHeardUsed = 10;
inline constexpr float kHeardDecay = 0.8F;

}  // namespace segue::evaluate
