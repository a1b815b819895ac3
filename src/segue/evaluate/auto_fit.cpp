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

// A weight of 0 would stay 0, because it is varied by factors.
model::BlendWeights with_teacher(model::BlendWeights weights, const AutoFit& how) {
  if (how.teacher && weights.blend_teacher == 0) weights.blend_teacher = model::kTeacherWeight;
  return weights;
}

// Runs `body`; where the dataset cannot be split or has nothing to fit to, says so in `unfitted`.
void unless_refused(FittedBlend& fitted, const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_input && error.code() != ErrorCode::wrong_use) throw;
    fitted.unfitted = fmt::format("the blend keeps its weights: {}", error.what());
  }
}

// Nothing if it is too small.
std::optional<Split> split_of(const data::Dataset& dataset, const AutoFit& how, FittedBlend& fitted) {
  SplitOptions options = how.split;
  options.max_plays = kMostPlays;
  Split split = make_split(dataset, options, train::least_plays(how.train), how.train.seed);
  if (split.positions() >= kLeastPositions && split.units >= kLeastUnits) return split;
  fitted.unfitted = fmt::format(
      "the blend keeps its weights: to fit them takes {} plays held out in {} queues, "
      "found {} in {}",
      kLeastPositions, kLeastUnits, with_commas(split.positions()), split.units);
  return std::nullopt;
}

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
  const model::BlendWeights start = with_teacher(how.start, how);
  FittedBlend fitted{.blend = {start, start}, .discover = {}, .next = {}, .unfitted = {}};
  std::optional<Split> split;
  unless_refused(fitted, [&] { split = split_of(dataset, how, fitted); });
  if (!split) return fitted;
  const recommend::TeacherSource teacher = how.teacher ? how.teacher(*split) : nullptr;
  unless_refused(fitted, [&] {
    const Knowledge knowledge(dataset, *split);
    Ingredients ingredients(split->training, how.train, progress, stop, &knowledge);
    const auto fit = [&](const model::BlendWeights& from, Mode mode) {
      return fit_blend(dataset, *split, ingredients, from, {.mode = mode, .heard = how.heard, .teacher = teacher});
    };
    if (!how.keep_discover) {
      fitted.discover = fit(start, Mode::discovery);
      fitted.blend.discover = fitted.discover->weights;
    }
    fitted.next = fit(with_teacher(fitted.blend.discover, how), Mode::next);
    fitted.blend.next = fitted.next->weights;
  });
  return fitted;
}

}  // namespace segue::evaluate
