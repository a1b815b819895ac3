// Models judged by what listeners chose: how far up would a model have put the songs of a list that were chosen, among
// all that the listener saw?
//
// Only songs that were shown can be judged, so this says how well a model orders another's lists, not what else it
// would have found. And songs further down were chosen less because fewer looked at them, which favours the order of
// the model that served. `position_bias` weighs a choice at position p by p to this power, the inverse of how likely it
// is to be looked at (Joachims, Swaminathan, Schnabel 2017, "Unbiased Learning-to-Rank with Biased Feedback", WSDM).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "segue/evaluate/events/event_report.h"
#include "segue/evaluate/events/list_responses.h"
#include "segue/store/store.h"

namespace segue::evaluate {

struct JudgeOptions {
  std::vector<std::string> judge{};
  double position_bias = 0;
};

}  // namespace segue::evaluate

namespace segue {

template <>
struct OptionsOf<evaluate::JudgeOptions> {
  static constexpr std::string_view section = "report";
  static constexpr std::array rows = {
      option<&evaluate::JudgeOptions::judge>(
          "judge", "A model to judge by the order in which it puts the songs that listeners saw; can be repeated"),
      option<&evaluate::JudgeOptions::position_bias>("position_bias",
                                                     "For --judge: weigh a choice at position p by p to this power, "
                                                     "for listeners who look at the top more; 0: all "
                                                     "alike",
                                                     between(0, 2)),
  };
};
SEGUE_CHECK_OPTIONS(evaluate::JudgeOptions);

}  // namespace segue

namespace segue::evaluate {

// NDCG of an order of songs: with gains[i] for the song in place i, from the first. 0 without gains.
double ndcg_of(std::span<const double> gains);

// Judges them on the lists of known listeners, made at `since` or later, in which some of the songs seen were chosen
// (EventReportOptions::decide_by) and some were not, and whose listener had earlier listens in the store that every
// model knows some of. The first row is the order in which the songs were shown; each model is compared with the first
// one. Throws as opening a model does, and as the store does.
std::vector<JudgedModelReply> judge_models(store::ListenStore& store, const JudgeOptions& judge,
                                           const EventReportOptions& options, std::int64_t since);

}  // namespace segue::evaluate
