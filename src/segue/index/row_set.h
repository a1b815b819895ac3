// A set of rows, built once and queried millions of times: a bit for each row.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/base/error.h"

namespace segue::index {

// A value. Reading it is thread safe.
class RowSet {
 public:
  RowSet() = default;
  explicit RowSet(std::size_t rows) : rows_(rows), words_((rows + 63) / 64) {}  // empty

  std::size_t rows() const { return rows_; }    // rows that may be in it
  std::size_t count() const { return count_; }  // rows in it

  // Rows below `end` in it.
  std::size_t count_below(std::size_t end) const {
    if (end >= rows_) return count_;
    std::size_t count = 0;
    for (std::size_t word = 0; word < end / 64; ++word) count += static_cast<std::size_t>(std::popcount(words_[word]));
    if (end % 64 != 0) {
      const std::uint64_t last = words_[end / 64] & ((std::uint64_t{1} << (end % 64)) - 1);
      count += static_cast<std::size_t>(std::popcount(last));
    }
    return count;
  }

  // REQUIRES: row < rows().
  bool contains(std::uint32_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }

  // Do nothing if the row is already in or out. REQUIRES: row < rows().
  void insert(std::uint32_t row) {
    SEGUE_ASSERT(row < rows_);
    count_ += contains(row) ? 0 : 1;
    words_[row / 64] |= std::uint64_t{1} << (row % 64);
  }
  void erase(std::uint32_t row) {
    SEGUE_ASSERT(row < rows_);
    count_ -= contains(row) ? 1 : 0;
    words_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
  }

  // The rows in both. REQUIRES: rows() is the same.
  friend RowSet intersection(const RowSet& a, const RowSet& b) {
    return combined(a, b, [](std::uint64_t of_a, std::uint64_t of_b) { return of_a & of_b; });
  }

  // The rows in `a` that are not in `b`, and those in either. REQUIRES: rows() is the same.
  friend RowSet difference(const RowSet& a, const RowSet& b) {
    return combined(a, b, [](std::uint64_t of_a, std::uint64_t of_b) { return of_a & ~of_b; });
  }
  friend RowSet joined(const RowSet& a, const RowSet& b) {
    return combined(a, b, [](std::uint64_t of_a, std::uint64_t of_b) { return of_a | of_b; });
  }
  // All rows that are not in `a`.
  friend RowSet complement(const RowSet& a) {
    RowSet others = a;
    for (std::uint64_t& word : others.words_) word = ~word;
    if (a.rows_ % 64 != 0) others.words_.back() &= (std::uint64_t{1} << (a.rows_ % 64)) - 1;
    others.count_ = a.rows_ - a.count_;
    return others;
  }

  // Calls body(row) for each row in [begin, end), in ascending order.
  template <class Body>
  void for_each(std::size_t begin, std::size_t end, const Body& body) const {
    for (std::size_t word = begin / 64; word * 64 < end; ++word) {
      std::uint64_t bits = words_[word];
      if (word == begin / 64) bits &= ~std::uint64_t{0} << (begin % 64);
      if (end - word * 64 < 64) bits &= (std::uint64_t{1} << (end % 64)) - 1;
      for (; bits != 0; bits &= bits - 1) {
        body(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))));
      }
    }
  }

 private:
  template <class Combine>
  static RowSet combined(const RowSet& a, const RowSet& b, const Combine& combine) {
    SEGUE_ASSERT(a.rows_ == b.rows_);
    RowSet result(a.rows_);
    for (std::size_t word = 0; word < a.words_.size(); ++word) {
      result.words_[word] = combine(a.words_[word], b.words_[word]);
      result.count_ += static_cast<std::size_t>(std::popcount(result.words_[word]));
    }
    return result;
  }

  std::size_t rows_ = 0;
  std::size_t count_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace segue::index
