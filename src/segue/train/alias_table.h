// Draws from any discrete distribution in constant time (Walker 1977; built as in Vose 1991).
//
// The n outcomes become n columns of equal height; each holds part of its own outcome and is filled up by one other,
// its alias. One 64-bit random number times n gives the column (high word) and a height within it (low word).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "segue/base/random.h"

namespace segue::train {

class AliasTable {
 public:
  AliasTable() = default;
  // Outcome i gets probability weights[i] / sum, exact to 2^-32 of a column. Any number of weights below 2^32, all
  // finite and not negative, not all 0.
  explicit AliasTable(std::span<const double> weights);

  std::uint32_t draw(Random& random) const {
    const auto product = static_cast<Wide>(random()) * columns_.size();
    const auto column = static_cast<std::uint32_t>(product >> 64);
    const auto height = static_cast<std::uint32_t>(static_cast<std::uint64_t>(product) >> 32);
    const Column& drawn = columns_[column];
    // Without a branch, which would be mispredicted half the time and wait for the table's memory each time.
    const std::uint32_t other = height < drawn.own ? 0U : ~0U;
    return column ^ ((column ^ drawn.alias) & other);
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(columns_.size()); }

 private:
  __extension__ using Wide = unsigned __int128;
  struct Column {
    std::uint32_t own;    // heights below this, out of 2^32, are the column's own outcome
    std::uint32_t alias;  // the other heights are this outcome
  };
  std::vector<Column> columns_;
};

}  // namespace segue::train
