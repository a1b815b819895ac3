// Options of training by several ranks.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "segue/base/options.h"

namespace segue::train {

// What ranks share out.
enum class Shard { rows, columns };

inline constexpr std::array<std::string_view, 2> kShardNames = {"rows", "columns"};
constexpr std::span<const std::string_view> names(Shard) {
  return kShardNames;
}

struct RankOptions {
  Shard shard = Shard::rows;
  std::uint64_t exchange_plays = 0;
  std::chrono::milliseconds rank_timeout{300'000};
};

}  // namespace segue::train

namespace segue {

template <>
struct OptionsOf<train::RankOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&train::RankOptions::shard>("shard",
                                         "With several ranks: rows, each has all numbers of all songs and trains some "
                                         "plays; or columns, each has some "
                                         "numbers of all songs and trains all plays, for catalogues beyond one memory"),
      option<&train::RankOptions::exchange_plays>(
          "exchange_plays",
          "With several ranks: plays that each trains between two exchanges; 0 chooses by the size of the log",
          at_least(0)),
      option<&train::RankOptions::rank_timeout>("rank_timeout",
                                                "With several ranks: how long to wait for a rank that is silent"),
  };
};
SEGUE_CHECK_OPTIONS(train::RankOptions);

}  // namespace segue
