#include "segue/evaluate/evaluation_run.h"

#include <algorithm>
#include <utility>

#include "segue/base/error.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/tune_baselines.h"

namespace segue::evaluate {

namespace {

class EvaluationRunner {
 public:
  EvaluationRunner(const data::Dataset& dataset, const EvaluationJob& job, const GivenOptions& given,
                   SplitTeachers* teachers, Progress& progress, const std::stop_token& stop,
                   const pipeline::Notes& notes)
      : dataset_(dataset),
        job_(job),
        given_(given),
        teachers_(teachers),
        progress_(progress),
        stop_(stop),
        notes_(notes) {}

  EvaluationRuns run(const OtherMethods& others) {
    for (std::uint32_t i = 0; i < job_.options.seeds; ++i) {
      train::TrainOptions train = job_.train;
      train.seed += i;
      const Split split = make_split(dataset_, job_.split, train::least_plays(train), train.seed);
      MethodOptions how{.vector_metric = job_.options.vector_metric};
      if (teachers_ != nullptr) how.teacher = teachers_->need(split, "the measured split");
      how.blend = blend_for(train);
      result_.blends.push_back(how.blend);
      Methods methods = make_methods(job_.options.baselines, how);
      tune(methods, train);
      for (std::unique_ptr<Method>& other : others(split)) methods.push_back(std::move(other));
      result_.runs.push_back(evaluate(dataset_, split, std::move(methods), job_.options, train, progress_, stop_));
    }
    return std::move(result_);
  }

 private:
  bool has_teacher_of_its_own() const { return teachers_ != nullptr && job_.options.teacher.size() > 1; }

  // As `segue train` fits it, on the validation part, of which the test part has nothing. On the validation part itself
  // the weights stay as they are.
  model::Blend blend_for(const train::TrainOptions& train) {
    if (!measures_blend(job_.options.baselines) || job_.fit.fit_blend == FitBlend::off ||
        job_.split.part != SplitPart::test) {
      if (teachers_ != nullptr) teachers_->refuse_unused();
      return {taught(job_.blend), taught(job_.blend)};
    }
    SplitOptions split = job_.split;
    split.part = SplitPart::validation;
    split.max_positions = 0;
    AutoFit how{.split = split,
                .heard = job_.options.heard,
                .start = job_.blend,
                .keep_discover = given_.blend,
                .train = train};
    if (has_teacher_of_its_own()) {
      how.teacher = [&](const Split& fitted_on) {
        return teachers_->need(fitted_on, "the split that weights are fitted on");
      };
    }
    FittedBlend fitted = fit_blend_to(dataset_, how, progress_, stop_);
    if (teachers_ != nullptr) teachers_->refuse_unused();
    // Without lists for the fit, the teacher joins with its usual weight.
    if (!has_teacher_of_its_own()) fitted.blend = {taught(fitted.blend.discover), taught(fitted.blend.next)};
    if (!fitted.unfitted.empty()) notes_(fitted.unfitted);
    if (!result_.fitted) result_.fitted = fitted;
    return fitted.blend;
  }

  model::BlendWeights taught(model::BlendWeights weights) const {
    if (teachers_ != nullptr) {
      weights.blend_teacher = job_.blend.blend_teacher > 0 ? job_.blend.blend_teacher : model::kTeacherWeight;
    }
    return weights;
  }

  void tune(const Methods& methods, const train::TrainOptions& train) {
    if (job_.options.tune_baselines == TuneBaselines::off || job_.split.part == SplitPart::validation) return;
    try {
      apply_settings(tune_baselines(dataset_, job_.split, make_methods(job_.options.baselines), job_.options.heard,
                                    train, progress_, stop_),
                     methods);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_input) throw;
      result_.untuned_because = error.what();
    }
  }

  const data::Dataset& dataset_;
  const EvaluationJob& job_;
  const GivenOptions& given_;
  SplitTeachers* teachers_;
  Progress& progress_;
  const std::stop_token& stop_;
  const pipeline::Notes& notes_;
  EvaluationRuns result_;
};

}  // namespace

bool measures_blend(std::string_view baselines) {
  return std::ranges::any_of(make_methods(baselines),
                             [](const auto& method) { return method->name().starts_with("blend"); });
}

EvaluationRuns run_evaluation(const data::Dataset& dataset, EvaluationJob& job, const GivenOptions& given,
                              const OtherMethods& others, SplitTeachers* teachers, Progress& progress,
                              const std::stop_token& stop, const pipeline::Notes& notes) {
  train::apply_preset(job.train, job.preset, dataset, given.train);
  return EvaluationRunner(dataset, job, given, teachers, progress, stop, notes).run(others);
}

}  // namespace segue::evaluate
