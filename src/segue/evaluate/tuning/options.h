// Options of a search for training options.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "segue/base/options.h"

namespace segue::evaluate {

// The songs just heard that predict the next one (methods/sgns.cpp): the last one, or the last ten with decay.
enum class TuneQuery { best, last, recent };
inline constexpr std::array<std::string_view, 3> kTuneQueryNames = {"best", "last", "recent"};
constexpr std::span<const std::string_view> names(TuneQuery) {
  return kTuneQueryNames;
}

struct TuneOptions {
  std::uint32_t trials = 64;
  std::chrono::milliseconds time = std::chrono::hours(1);
  std::string space = {};
  std::uint32_t reduction = 3;
  TuneQuery query = TuneQuery::best;
  std::uint64_t positions = 10'000;
};

}  // namespace segue::evaluate

namespace segue {

template <>
struct OptionsOf<evaluate::TuneOptions> {
  static constexpr std::string_view section = "tune";
  static constexpr std::array rows = {
      option<&evaluate::TuneOptions::trials>("trials", "Sets of options to try; 0: no limit but the time",
                                             between(0, 100'000)),
      option<&evaluate::TuneOptions::time>(
          "time", "Time to spend, including the time of the trials in the journal; 0s: no limit"),
      option<&evaluate::TuneOptions::space>(
          "space", "Changes to the default search space: \"window=2..50, dim=64, epochs=10..90\""),
      option<&evaluate::TuneOptions::reduction>(
          "reduction", "One in this many trials is promoted to this many times the epochs (successive halving)",
          between(2, 10)),
      option<&evaluate::TuneOptions::query>(
          "query", "Predict from the last song, from the recent songs, or with the better of the two"),
      option<&evaluate::TuneOptions::positions>(
          "positions",
          "Validation positions at which each trial is measured; the best trials are measured at all of them",
          at_least(100)),
  };
};
SEGUE_CHECK_OPTIONS(evaluate::TuneOptions);

}  // namespace segue
