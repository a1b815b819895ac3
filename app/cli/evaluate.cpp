// segue evaluate DATASET
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/options_json.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/auto_fit.h"
#include "segue/evaluate/evaluation.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/outside_lists.h"
#include "segue/evaluate/report/report.h"
#include "segue/evaluate/split_export.h"
#include "segue/evaluate/split_teachers.h"
#include "segue/evaluate/tune_baselines.h"
#include "segue/train/preset.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue::cli {

namespace {

std::string share_text(double share) {
  return fmt::format("{:.4f}", share);
}

std::string least_text(std::uint64_t plays) {
  return plays > 1 ? fmt::format(" with at least {} plays", plays) : "";
}

// "±.0031": half the width of the interval.
std::string margin_text(const std::optional<evaluate::Interval>& interval) {
  return interval ? fmt::format("±{:.4f}", (interval->high - interval->low) / 2) : "";
}

std::string gain_text(double gain, const std::optional<evaluate::Interval>& interval) {
  if (!interval) return fmt::format("{:+.4f}", gain);
  return fmt::format("{:+.4f} [{:+.4f}, {:+.4f}]", gain, interval->low, interval->high);
}

std::string heading(const evaluate::Evaluation& evaluation, std::size_t mode, std::uint32_t heard) {
  const evaluate::ModeSummary& summary = evaluation.modes[mode];
  const std::string among = heard == 0 ? "before in its queue" : fmt::format("the last {} heard", heard);
  std::string what = "every position, nothing masked";
  if (summary.mode == evaluate::Mode::discovery)
    what = fmt::format("the next song is not among {}, and those are masked", among);
  if (summary.mode == evaluate::Mode::next) what = "every position, new or not, nothing masked";
  if (summary.mode == evaluate::Mode::repeat) what = fmt::format("the next song is among {}, nothing is masked", among);
  return fmt::format(
      "{}: {}\n{} positions; at {} of them the next song is not in the catalogue, which counts as a miss\n",
      evaluate::kModeNames[static_cast<std::size_t>(summary.mode)], what, with_commas(summary.positions),
      with_commas(summary.unknown));
}

// "recent: half_life_days 4" for each method with settings.
std::string settings_lines(const evaluate::Evaluation& evaluation, evaluate::Mode mode) {
  std::string lines;
  for (const evaluate::MethodScore& method : evaluation.methods) {
    const auto mine = std::ranges::find(method.settings, evaluate::task_of(mode), &evaluate::ChosenSettings::task);
    if (mine == method.settings.end()) continue;
    lines += fmt::format("{}{}: {}", lines.empty() ? "" : "; ", method.name, evaluate::settings_text(mine->values));
  }
  return lines.empty() ? "" : fmt::format("settings of baselines: {}\n", lines);
}

std::string accuracy_table(const evaluate::Evaluation& evaluation, std::size_t mode) {
  const std::string& reference = evaluation.methods[evaluation.references[mode]].name;
  Table table({"", ">HR@10", "95 %", ">HR@20", ">HR@100", ">NDCG@10", "95 %", ">MRR@10", ">recall@100",
               fmt::format("NDCG@10 against {}", reference)});
  for (const evaluate::MethodScore& method : evaluation.methods) {
    const evaluate::ModeScore& score = method.modes[mode];
    const evaluate::Accuracy& accuracy = score.accuracy;
    table.add({method.name, share_text(accuracy.hit_rate[0]), margin_text(score.hit_rate),
               share_text(accuracy.hit_rate[1]), share_text(accuracy.hit_rate[2]), share_text(accuracy.ndcg[0]),
               margin_text(score.ndcg), share_text(accuracy.mrr[0]), share_text(accuracy.recall[2]),
               method.name == reference ? "" : gain_text(score.ndcg_gain, score.ndcg_gain_interval)});
  }
  return table.text();
}

std::string lists_table(const evaluate::Evaluation& evaluation, std::size_t mode) {
  Table table({"first 10 of each list", ">coverage", ">Gini", ">popularity rank", ">bits", ">diversity",
               ">artist repeats", ">hubness", ">length", ">fit", ">rank"});
  for (const evaluate::MethodScore& method : evaluation.methods) {
    const evaluate::ListStatistics& lists = method.modes[mode].lists;
    table.add({method.name, share_text(lists.coverage[0]), fmt::format("{:.3f}", lists.gini),
               with_commas(static_cast<std::uint64_t>(std::llround(lists.popularity_rank))),
               fmt::format("{:.1f}", lists.self_information),
               lists.diversity ? fmt::format("{:.3f}", *lists.diversity) : "",
               fmt::format("{:.3f}", lists.artist_repeats), fmt::format("{:.1f}", lists.hubness),
               fmt::format("{:.0f}", lists.mean_length),
               duration_for_people(std::chrono::duration<double>(method.fit_seconds)),
               duration_for_people(std::chrono::duration<double>(method.rank_seconds))});
  }
  return table.text();
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The sample standard deviation; "" for one value.
std::string deviation_text(std::span<const double> values) {
  if (values.size() < 2) return "";
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return share_text(std::sqrt(squares / static_cast<double>(values.size() - 1)));
}

// The accuracy of a method in a mode in each run that has both: a split may have no position of a mode.
std::vector<evaluate::Accuracy> accuracies_of(std::span<const evaluate::Evaluation> runs, std::string_view method,
                                              evaluate::Mode mode) {
  std::vector<evaluate::Accuracy> found;
  for (const evaluate::Evaluation& run : runs) {
    const auto its_mode = std::ranges::find(run.modes, mode, &evaluate::ModeSummary::mode);
    const auto its_method = std::ranges::find(run.methods, method, &evaluate::MethodScore::name);
    if (its_mode == run.modes.end() || its_method == run.methods.end()) continue;
    found.push_back(its_method->modes[static_cast<std::size_t>(its_mode - run.modes.begin())].accuracy);
  }
  return found;
}

// Means and standard deviations over several seeds.
std::string seeds_table(std::span<const evaluate::Evaluation> runs, evaluate::Mode mode) {
  Table table({"", ">seeds", ">HR@10", "sd", ">HR@100", "sd", ">NDCG@10", "sd"});
  for (const evaluate::MethodScore& method : runs[0].methods) {
    const std::vector<evaluate::Accuracy> accuracies = accuracies_of(runs, method.name, mode);
    std::vector<std::string> cells = {method.name, fmt::format("{}", accuracies.size())};
    const auto add = [&](evaluate::ByCutoff evaluate::Accuracy::*metric, std::size_t cutoff) {
      std::vector<double> values;
      for (const evaluate::Accuracy& accuracy : accuracies) values.push_back((accuracy.*metric)[cutoff]);
      cells.push_back(share_text(mean_of(values)));
      cells.push_back(deviation_text(values));
    };
    add(&evaluate::Accuracy::hit_rate, 0);
    add(&evaluate::Accuracy::hit_rate, 2);
    add(&evaluate::Accuracy::ndcg, 0);
    table.add(std::move(cells));
  }
  return table.text();
}

class EvaluateCommand final : public Command {
 public:
  std::string_view name() const override { return "evaluate"; }
  std::string_view summary() const override { return "Measure next-song accuracy"; }
  std::string_view example() const override {
    return "  segue evaluate dataset\n"
           "  segue evaluate dataset --baselines popularity,co-count,sgns --window 20 --epochs 20 --html report.html";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("DATASET", "A dataset folder, as `segue ingest` writes it", dataset_);
    arguments.options(split_);
    arguments.options(options_);
    arguments.options(train_);
    arguments.options(preset_);
    arguments.options(blend_);
    arguments.options(fit_);
    arguments.options(teacher_);
    arguments_ = &arguments;
  }

  void run(Terminal& terminal) override {
    check_options();
    std::optional<AtomicFile> html;
    std::optional<AtomicFile> report;
    if (!options_.html.empty()) html.emplace(options_.html);
    if (!options_.report.empty()) report.emplace(options_.report);
    const data::Dataset dataset = data::open_dataset(dataset_);
    train::apply_preset(train_, preset_, dataset, arguments_->given_of(&train_));
    if (!options_.export_split.empty()) return export_split(dataset, terminal);
    if (!options_.teacher.empty()) {
      teachers_.emplace("--teacher", options_.teacher, dataset, teacher_, options_.heard, terminal.stop());
    }
    std::vector<evaluate::Evaluation> runs;
    for (std::uint32_t i = 0; i < options_.seeds; ++i) {
      train::TrainOptions train = train_;
      train.seed += i;
      const evaluate::Split split = evaluate::make_split(dataset, split_, train::least_plays(train), train.seed);
      evaluate::MethodOptions given{.vector_metric = options_.vector_metric};
      if (teachers_) given.teacher = teachers_->need(split, "the measured split");
      given.blend = fitted_blend(dataset, train, terminal);
      const model::Blend blend = given.blend;
      runs.push_back(evaluate::evaluate(dataset, split, methods(dataset, split, train, given, terminal), options_,
                                        train, terminal.progress(), terminal.stop()));
      blends_.push_back(blend);
    }
    if (html) html->commit_text(evaluate::html_report(runs, dataset.songs, description()));
    if (report) report->commit_text(json::serialize(document(runs)) + '\n');
    if (terminal.json()) {
      terminal.print(document(runs));
    } else {
      terminal.print(text(runs));
    }
  }

 private:
  // As `segue train` fits it, on the validation part, of which the test part has nothing. On the validation part itself
  // the weights stay as they are.
  model::Blend fitted_blend(const data::Dataset& dataset, const train::TrainOptions& train, Terminal& terminal) {
    if (!measures_blend() || fit_.fit_blend == evaluate::FitBlend::off || split_.part != evaluate::SplitPart::test) {
      if (teachers_) teachers_->refuse_unused();
      return {taught(blend_), taught(blend_)};
    }
    evaluate::SplitOptions split = split_;
    split.part = evaluate::SplitPart::validation;
    split.max_positions = 0;
    evaluate::AutoFit how{.split = split,
                          .heard = options_.heard,
                          .start = blend_,
                          .keep_discover = arguments_->has_given(&blend_),
                          .train = train};
    if (options_.teacher.size() > 1) {
      how.teacher = [&](const evaluate::Split& fitted_on) {
        return teachers_->need(fitted_on, "the split that weights are fitted on");
      };
    }
    evaluate::FittedBlend fitted = evaluate::fit_blend_to(dataset, how, terminal.progress(), terminal.stop());
    if (teachers_) teachers_->refuse_unused();
    // Without lists for the fit, the teacher joins with its usual weight.
    if (options_.teacher.size() == 1) fitted.blend = {taught(fitted.blend.discover), taught(fitted.blend.next)};
    if (!fitted.unfitted.empty()) terminal.note(fitted.unfitted);
    if (fit_document_.empty()) fit_document_ = evaluate::to_json(fitted);
    return fitted.blend;
  }

  model::BlendWeights taught(model::BlendWeights weights) const {
    if (teachers_) weights.blend_teacher = blend_.blend_teacher > 0 ? blend_.blend_teacher : model::kTeacherWeight;
    return weights;
  }

  bool measures_blend() const {
    const std::vector<std::unique_ptr<evaluate::Method>> methods = evaluate::make_methods(options_.baselines);
    return std::ranges::any_of(methods, [](const auto& method) { return method->name().starts_with("blend"); });
  }

  // Refuses wrong use before anything is read.
  void check_options() {
    std::vector<std::string_view> names;
    const std::vector<std::unique_ptr<evaluate::Method>> all = evaluate::make_methods("all");
    for (const std::unique_ptr<evaluate::Method>& method : all) names.push_back(method->name());
    lists_ = evaluate::parse_named_lists(options_.lists, names);
    evaluate::make_methods(options_.baselines);
    if (!options_.report.empty() && options_.report == options_.html) {
      fail(ErrorCode::wrong_use, "--report: expected another file than --html, found {} for both", options_.report);
    }
    if (!options_.teacher.empty() && !measures_blend()) {
      fail(ErrorCode::wrong_use, "--teacher: expected blend among --baselines, found {}", options_.baselines);
    }
    for (const auto& [flag, is_given] :
         {std::pair("--lists", !options_.lists.empty()), std::pair("--teacher", !options_.teacher.empty()),
          std::pair("--export-split", !options_.export_split.empty())}) {
      if (is_given && options_.seeds > 1) {
        fail(ErrorCode::wrong_use, "{}: expected --seeds 1, because each seed may split differently, found {}", flag,
             options_.seeds);
      }
    }
  }

  void export_split(const data::Dataset& dataset, Terminal& terminal) const {
    const evaluate::Split split = evaluate::make_split(dataset, split_, train::least_plays(train_), train_.seed);
    evaluate::export_split(dataset, split, options_.heard, options_.split_format, options_.export_split,
                           terminal.progress(), terminal.stop());
    const std::string digest = evaluate::split_digest(split, options_.heard);
    if (terminal.json()) {
      terminal.print(json::object{{"folder", options_.export_split}, {"split", digest}});
    } else {
      terminal.print(fmt::format("split {} written to {}\n", digest.substr(0, 12), options_.export_split));
    }
  }

  void tune(const data::Dataset& dataset, std::span<const std::unique_ptr<evaluate::Method>> methods,
            const train::TrainOptions& train, Terminal& terminal) {
    if (options_.tune_baselines == evaluate::TuneBaselines::off || split_.part == evaluate::SplitPart::validation)
      return;
    try {
      evaluate::apply_settings(evaluate::tune_baselines(dataset, split_, evaluate::make_methods(options_.baselines),
                                                        options_.heard, train, terminal.progress(), terminal.stop()),
                               methods);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_input) throw;
      untuned_because_ = error.what();
    }
  }

  std::vector<std::unique_ptr<evaluate::Method>> methods(const data::Dataset& dataset, const evaluate::Split& split,
                                                         const train::TrainOptions& train,
                                                         const evaluate::MethodOptions& given, Terminal& terminal) {
    std::vector<std::unique_ptr<evaluate::Method>> methods = evaluate::make_methods(options_.baselines, given);
    tune(dataset, methods, train, terminal);
    if (lists_.empty()) return methods;
    const std::size_t positions = evaluate::list_positions(dataset, split, options_.heard).size();
    for (const evaluate::NamedLists& lists : lists_) {
      methods.push_back(evaluate::read_outside_lists(lists, split, options_.heard, positions));
    }
    return methods;
  }

  evaluate::ReportDescription description() const {
    return {dataset_, options_to_json(split_), options_to_json(options_), options_to_json(train_)};
  }

  json::object document(std::span<const evaluate::Evaluation> runs) const {
    json::object document{{"dataset", dataset_},
                          {"split_options", options_to_json(split_)},
                          {"options", options_to_json(options_)},
                          {"train_options", options_to_json(train_)},
                          {"blend", options_to_json(blends_.front().discover)},
                          {"blend_next", options_to_json(blends_.front().next)}};
    if (!fit_document_.empty()) document["fit"] = fit_document_;
    if (!untuned_because_.empty()) document["untuned_because"] = untuned_because_;
    json::array& list = document["runs"].emplace_array();
    for (const evaluate::Evaluation& run : runs) list.push_back(to_json(run));
    return document;
  }

  std::string text(std::span<const evaluate::Evaluation> runs) const {
    const evaluate::Evaluation& first = runs.front();
    std::string text =
        fmt::format("split {}, {} part: trained on {} queues, {} plays, {} songs{}; measured on {} queues\n",
                    choice_name(first.split), choice_name(split_.part), with_commas(first.training_queues),
                    with_commas(first.training_plays), with_commas(first.songs), least_text(train::least_plays(train_)),
                    with_commas(first.held_out_queues));
    if (!untuned_because_.empty()) {
      text +=
          fmt::format("baselines keep their default settings, for lack of a validation part: {}\n", untuned_because_);
    }
    for (const std::string& name : first.skipped) text += fmt::format("{}: does not apply to this dataset\n", name);
    for (std::size_t mode = 0; mode < first.modes.size(); ++mode) {
      text += "\n" + heading(first, mode, options_.heard) + "\n";
      if (runs.size() > 1) {
        text += fmt::format("means over seeds\n{}\nseed {}\n", seeds_table(runs, first.modes[mode].mode), first.seed);
      }
      text += settings_lines(first, first.modes[mode].mode);
      text += accuracy_table(first, mode) + "\n" + lists_table(first, mode);
    }
    for (const std::string& file : {options_.html, options_.report}) {
      if (!file.empty()) text += fmt::format("\nreport written to {}\n", file);
    }
    return text;
  }

  std::string dataset_;
  evaluate::SplitOptions split_;
  evaluate::EvaluateOptions options_;
  train::TrainOptions train_;
  train::PresetOptions preset_;
  model::BlendWeights blend_;
  evaluate::AutoFitOptions fit_;
  pipeline::TeacherOptions teacher_;
  std::optional<evaluate::SplitTeachers> teachers_;
  std::vector<model::Blend> blends_;  // of each run
  json::object fit_document_;         // of the first run
  const Arguments* arguments_ = nullptr;
  std::vector<evaluate::NamedLists> lists_;
  std::string untuned_because_;
};

}  // namespace

std::unique_ptr<Command> make_evaluate_command() {
  return std::make_unique<EvaluateCommand>();
}

}  // namespace segue::cli
