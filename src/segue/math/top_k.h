// The k best of many scored rows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace segue::math {

struct ScoredRow {
  std::uint32_t row = 0;
  float score = 0;

  bool operator==(const ScoredRow&) const = default;
};

// A total order, so that the best k do not depend on the order of offers: the higher score, then the smaller row.
// REQUIRES: no score is NaN. A function object, so that algorithms can inline it.
inline constexpr auto is_better = [](const ScoredRow& a, const ScoredRow& b) {
  return a.score != b.score ? a.score > b.score : a.row < b.row;
};

// Keeps the k best rows offered, in a heap with the worst of them on top. Not thread safe: each worker has its own, and
// offering the rows of all to one of them merges them.
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) {}

  // Whether an offer would be kept; cheap, for the common case that it would not.
  bool would_keep(const ScoredRow& candidate) const {
    return kept_.size() < k_ || (k_ > 0 && is_better(candidate, kept_.front()));
  }

  void offer(const ScoredRow& candidate) {
    if (!would_keep(candidate)) return;
    if (kept_.size() == k_) {
      std::ranges::pop_heap(kept_, is_better);
      kept_.back() = candidate;
    } else {
      kept_.push_back(candidate);
    }
    std::ranges::push_heap(kept_, is_better);
  }

  // A score has to be above this to be kept, if rows are offered in ascending order.
  float bar() const {
    if (k_ == 0) return std::numeric_limits<float>::infinity();
    return kept_.size() < k_ ? -std::numeric_limits<float>::infinity() : kept_.front().score;
  }

  void merge(const TopK& other) {
    for (const ScoredRow& candidate : other.kept_) offer(candidate);
  }

  // The rows kept, best first; empties the heap.
  std::vector<ScoredRow> take() {
    std::ranges::sort_heap(kept_, is_better);
    return std::move(kept_);
  }

 private:
  std::size_t k_;
  std::vector<ScoredRow> kept_;
};

}  // namespace segue::math
