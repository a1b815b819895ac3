// Noise songs that several windows share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "segue/base/random.h"
#include "segue/train/alias_table.h"

namespace segue::train {

// Gives the same `songs` draws to `uses` examples, then new ones: sharing avoids fetching their rows from memory for
// every example. With one use all draws are independent. Not thread safe; the table has to outlive it.
class NoisePool {
 public:
  // uses >= 1.
  NoisePool(const AliasTable& table, std::size_t songs, std::uint32_t uses, Random random)
      : table_(table), random_(random), uses_(uses), left_(0), songs_(songs) {}

  // The noise of the next example. `fresh`: it was drawn for this one, so its rows are not cached yet.
  struct Deal {
    const std::vector<std::uint32_t>& songs;
    bool fresh;
  };
  Deal next() {
    const bool fresh = left_ == 0;
    if (fresh) {
      for (std::uint32_t& song : songs_) song = table_.draw(random_);
      left_ = uses_;
    }
    --left_;
    return {songs_, fresh};
  }

 private:
  const AliasTable& table_;
  Random random_;
  std::uint32_t uses_;
  std::uint32_t left_;
  std::vector<std::uint32_t> songs_;
};

}  // namespace segue::train
