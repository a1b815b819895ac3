// What a server would know when it is asked at a held-out position: everything that was played before, and no more.
//
//   the listener   all they played earlier: in training, in the gap, in earlier held-out queues and in this one so far.
//                  If whole users or playlists are held out, only this queue.
//   the trend      what everybody played until this queue began. Queues know when they started, not when each song was
//                  played, so those that started later count only for later queues. If whole users or playlists are
//                  held out, only training counts.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/split.h"
#include "segue/plays/past.h"
#include "segue/plays/returns.h"
#include "segue/plays/trend.h"

namespace segue::evaluate {

// Immutable, thread safe.
class Knowledge {
 public:
  Knowledge(const data::Dataset& dataset, const Split& split);

  // Of the listener of a held-out queue before its play `at`, in songs of the catalogue.
  plays::PastUntil past(std::uint32_t held_out, std::uint32_t at) const;
  // nullptr if queues have no times.
  const plays::Trend* trend() const { return trend_.get(); }
  // Counted in training.
  const plays::ReturnRates& returns() const { return returns_; }

 private:
  struct PlaceInPast {
    std::uint32_t past = 0;
    std::vector<std::uint32_t> known;  // plays of the past before each play of the queue
  };
  void collect_pasts(const data::Dataset& dataset, const Split& split);
  void collect_trend(const data::Dataset& dataset, const Split& split);
  void count_returns(const Split& split);

  std::vector<plays::Past> pasts_;
  std::vector<PlaceInPast> places_;  // of each held-out queue
  std::unique_ptr<plays::TrendOfPlays> trend_;
  plays::ReturnRates returns_;
};

}  // namespace segue::evaluate
