#include "segue/evaluate/fitted_model.h"

#include <string>

namespace segue::evaluate {

FittedModel build_fitted_model(const std::filesystem::path& dataset, const FittedModelJob& job,
                               const GivenOptions& given, Progress& progress, const std::stop_token& stop,
                               const pipeline::Notes& notes) {
  FittedModel result{.built = {}, .fitted = {}, .blend = {job.blend, job.blend}, .options = job.build.train};
  pipeline::BuildOptions build = job.build;
  build.blend = result.blend;
  build.adjust = [&](const data::Dataset& opened, train::TrainOptions& options) {
    train::apply_preset(options, job.preset, opened, given.train);
    result.options = options;
  };
  if (job.fit.fit_blend == FitBlend::automatic) {
    build.fit_blend = [&](const data::Dataset& opened) {
      result.fitted = fit_blend_to(opened, {.start = job.blend, .keep_discover = given.blend, .train = result.options},
                                   progress, stop);
      if (!result.fitted->unfitted.empty()) notes(result.fitted->unfitted);
      result.blend = result.fitted->blend;
      return result.blend;
    };
  }
  result.built = pipeline::build_model(dataset, build, progress, stop, notes);
  for (const std::string& doubt : pipeline::doubts_of(result.built, result.options)) notes(doubt);
  return result;
}

}  // namespace segue::evaluate
