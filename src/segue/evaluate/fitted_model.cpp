#include "segue/evaluate/fitted_model.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/model/model.h"

namespace segue::evaluate {

namespace {

// What a run chooses anew: by the size of the data, by the machine, or because the vectors are there already.
constexpr std::array<std::string_view, 6> kChosenAnew = {"epochs",    "learning_rate", "min_learning_rate",
                                                         "precision", "threads",       "seed"};

// Options that are not given become those of a model. Returns their names.
std::vector<std::string> adopt_options(train::TrainOptions& options, const Manifest& manifest,
                                       const std::function<bool(std::string_view)>& is_given) {
  std::vector<std::string> adopted;
  const json::value* stored = manifest.fields.if_contains("options");
  if (stored == nullptr || !stored->is_object()) return adopted;
  for (const OptionRow& row : rows_of<train::TrainOptions>()) {
    const json::value* value = stored->as_object().if_contains(row.name);
    if (value == nullptr || is_given(row.name) || std::ranges::find(kChosenAnew, row.name) != kChosenAnew.end())
      continue;
    row.set(&options, row, option_text(*value));
    adopted.emplace_back(row.name);
  }
  return adopted;
}

}  // namespace

FittedModel build_fitted_model(const std::filesystem::path& dataset, const FittedModelJob& job,
                               const GivenOptions& given, Progress& progress, const std::stop_token& stop,
                               const pipeline::Notes& notes) {
  FittedModel result{.built = {}, .fitted = {}, .blend = {job.blend, job.blend}, .options = job.build.train};
  pipeline::BuildOptions build = job.build;
  build.blend = result.blend;
  const bool from_old = !build.start.from.empty();
  std::optional<model::Blend> old_blend;
  std::vector<std::string> kept;  // options of the old model
  if (from_old) {
    const model::Model old(build.start.from);
    kept = adopt_options(result.options, old.manifest(), given.train);
    if (!given.blend) old_blend = old.blend();
  }
  build.train = result.options;
  build.adjust = [&](const data::Dataset& opened, train::TrainOptions& options) {
    const auto is_given = [&](std::string_view name) {
      return given.train(name) || std::ranges::find(kept, name) != kept.end();
    };
    train::apply_preset(options, job.preset, opened, is_given);
    if (from_old && build.start.warm && !given.train("epochs")) options.epochs = train::warm_epochs(options.epochs);
    result.options = options;
  };
  if (old_blend && job.fit.fit_blend == FitBlend::automatic) {
    build.blend = result.blend = *old_blend;
  } else if (job.fit.fit_blend != FitBlend::off) {
    build.fit_blend = [&](const data::Dataset& opened) {
      result.fitted = fit_blend_to(opened, {.start = job.blend, .keep_discover = given.blend, .train = result.options},
                                   progress, stop);
      if (!result.fitted->unfitted.empty()) notes(result.fitted->unfitted);
      result.blend = result.fitted->blend;
      return result.blend;
    };
  }
  result.built = pipeline::build_model(dataset, build, progress, stop, notes);
  if (!build.ranks.is_first()) return result;
  for (const std::string& doubt : pipeline::doubts_of(result.built, result.options)) notes(doubt);
  return result;
}

}  // namespace segue::evaluate
