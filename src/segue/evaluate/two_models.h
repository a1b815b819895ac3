// Which of two models better predicts what listeners played after both were trained.
//
// Positions are plays of a dataset's own queues that began after a moment. Each model is asked, as in production, for
// the songs that its listener will play next (recommend::ListMode::any, with the rules of lists), from everything the
// listener had played until then. The rates are those of lists that have the song that was played; their difference is
// paired, and its interval clustered by listener (events/rates.h), or by queue if there is one listener alone.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "segue/base/json_fwd.h"
#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/events/rates.h"
#include "segue/model/model.h"

namespace segue::evaluate {

struct TwoModelsOptions {
  std::int64_t after = 0;       // microseconds since 1970-01-01 UTC
  std::uint32_t k = 10;         // songs in a list
  std::uint32_t sample = 2000;  // positions at most, drawn at random
  std::uint32_t threads = 0;
  std::uint64_t seed = 1;
};

struct TwoModels {
  std::uint64_t positions = 0;
  std::uint64_t listeners = 0;
  Rate old_rate{};
  Rate new_rate{};
  std::optional<RateComparison> comparison{};  // of the new one with the old one; none where compare_rates() has none

  // -1, 1: the new one is worse or better, with 95 % certainty; 0: neither is.
  int verdict() const;
};

json::object to_json(const TwoModels& judged);

// Throws bad_input if no queue of one's own began after that moment and has a second song; interrupted.
TwoModels judge_two_models(const model::Model& old_model, const model::Model& new_model, const data::Dataset& dataset,
                           const TwoModelsOptions& options, Progress& progress, const std::stop_token& stop);

// How many positions began after a moment, at most `most`.
std::uint64_t positions_after(const data::Queues& queues, std::int64_t after, std::uint64_t most);

// The moment that halves the plays of one's own queues that began after `after`: a half began after it, or a little
// less. None if there are none.
std::optional<std::int64_t> halfway_after(const data::Queues& queues, std::int64_t after);

}  // namespace segue::evaluate
