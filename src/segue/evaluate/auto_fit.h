// Fits the blend to a dataset by default: holds out a part of it, trains on the rest and fits the weights there.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "segue/base/json_fwd.h"
#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/blend_fit.h"
#include "segue/evaluate/options.h"
#include "segue/model/blend_weights.h"
#include "segue/train/options.h"

namespace segue::evaluate {

enum class FitBlend : std::uint8_t { automatic, on, off };
inline constexpr std::array<std::string_view, 3> kFitBlendNames = {"auto", "on", "off"};
constexpr std::span<const std::string_view> names(FitBlend) {
  return kFitBlendNames;
}

struct AutoFitOptions {
  FitBlend fit_blend = FitBlend::automatic;
};

}  // namespace segue::evaluate

namespace segue {

template <>
struct OptionsOf<evaluate::AutoFitOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&evaluate::AutoFitOptions::fit_blend>("fit_blend",
                                                   "on: fit the weights of the blend to a part of the dataset that "
                                                   "is held out for it; auto: the same, but with --from keep those of "
                                                   "that model; off: keep them as given"),
  };
};
SEGUE_CHECK_OPTIONS(evaluate::AutoFitOptions);

}  // namespace segue

namespace segue::evaluate {

struct FittedBlend {
  model::Blend blend;
  std::optional<BlendFit> discover;  // the fits behind it
  std::optional<BlendFit> next;
  std::string unfitted;  // why a fit is missing, for the user; "" if none is
};

struct AutoFit {
  SplitOptions split{};      // what is held out
  std::uint32_t heard = 10;  // as in list_positions()
  model::BlendWeights start{};
  bool keep_discover = false;  // only the weights of what is played next are fitted
  const train::TrainOptions& train;
  // The teacher that learnt from the training part of this split, in its songs; nullptr for none.
  std::function<recommend::TeacherSource(const Split& split)> teacher = nullptr;
};

// {"discover": {"positions", "ndcg_before", "ndcg", "worth": {term: NDCG@10 it adds}}, "next": ...}, of the fits there
// are.
json::object to_json(const FittedBlend& fitted);

// Of a large dataset, a part of the users is enough. Too small a dataset keeps the weights it is given: see
// FittedBlend::unfitted. Throws interrupted.
FittedBlend fit_blend_to(const data::Dataset& dataset, const AutoFit& how, Progress& progress,
                         const std::stop_token& stop);

}  // namespace segue::evaluate
