#include "segue/evaluate/auto_fit.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/words.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/knowledge.h"
#include "segue/evaluate/split.h"

namespace segue::evaluate {

namespace {

// Training on so many plays takes seconds, and more do not change the weights.
constexpr std::uint64_t kMostPlays = 3'000'000;
// With fewer positions or fewer independent queues the weights would follow chance.
constexpr std::uint64_t kLeastPositions = 500;
constexpr std::uint32_t kLeastUnits = 20;

json::object fit_document(const BlendFit& fit) {
  json::object worth;
  for (const recommend::TermRow& row : recommend::kTermRows) {
    const double mine = fit.worth[static_cast<std::size_t>(row.term)];
    if (mine != 0) worth[row.name] = mine;
  }
  return {
      {"positions", fit.positions}, {"ndcg_before", fit.ndcg_before}, {"ndcg", fit.ndcg}, {"worth", std::move(worth)}};
}

}  // namespace

json::object to_json(const FittedBlend& fitted) {
  json::object document;
  if (fitted.discover) document["discover"] = fit_document(*fitted.discover);
  if (fitted.next) document["next"] = fit_document(*fitted.next);
  return document;
}

FittedBlend fit_blend_to(const data::Dataset& dataset, const AutoFit& how, Progress& progress,
                         const std::stop_token& stop) {
  FittedBlend fitted{.blend = {how.start, how.start}, .discover = {}, .next = {}, .unfitted = {}};
  try {
    SplitOptions options = how.split;
    options.max_plays = kMostPlays;
    const Split split = make_split(dataset, options, train::least_plays(how.train), how.train.seed);
    if (split.positions() < kLeastPositions || split.units < kLeastUnits) {
      fitted.unfitted = fmt::format(
          "the blend keeps its weights: to fit them takes {} plays held out in {} queues, "
          "found {} in {}",
          kLeastPositions, kLeastUnits, with_commas(split.positions()), split.units);
      return fitted;
    }
    const Knowledge knowledge(dataset, split);
    Ingredients ingredients(split.training, how.train, progress, stop, &knowledge);
    if (!how.keep_discover) {
      fitted.discover =
          fit_blend(dataset, split, ingredients, how.start, {.mode = Mode::discovery, .heard = how.heard});
      fitted.blend.discover = fitted.discover->weights;
    }
    fitted.next =
        fit_blend(dataset, split, ingredients, fitted.blend.discover, {.mode = Mode::next, .heard = how.heard});
    fitted.blend.next = fitted.next->weights;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_input && error.code() != ErrorCode::wrong_use) throw;
    fitted.unfitted = fmt::format("the blend keeps its weights: {}", error.what());
  }
  return fitted;
}

}  // namespace segue::evaluate
