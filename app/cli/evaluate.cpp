// segue evaluate DATASET
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/field_documents.h"
#include "segue/base/file.h"
#include "segue/base/options_json.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/evaluation_run.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/outside_lists.h"
#include "segue/evaluate/report/report.h"
#include "segue/evaluate/split_export.h"
#include "segue/evaluate/split_teachers.h"
#include "segue/train/preset.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/web/assets.h"

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
    arguments.options(job_.split);
    arguments.options(job_.options);
    arguments.options(job_.train);
    arguments.options(job_.preset);
    arguments.options(job_.blend);
    arguments.options(job_.fit);
    arguments.options(teacher_);
    arguments_ = &arguments;
  }

  void run(Terminal& terminal) override {
    check_options();
    std::optional<AtomicFile> html;
    std::optional<AtomicFile> report;
    if (!job_.options.html.empty()) html.emplace(job_.options.html);
    if (!job_.options.report.empty()) report.emplace(job_.options.report);
    const data::Dataset dataset = data::open_dataset(dataset_);
    if (!job_.options.export_split.empty()) return export_split(dataset, terminal);
    std::optional<evaluate::SplitTeachers> teachers;
    if (!job_.options.teacher.empty()) {
      teachers.emplace("--teacher", job_.options.teacher, dataset, teacher_, job_.options.heard, terminal.stop());
    }
    result_ = evaluate::run_evaluation(
        dataset, job_, given(), [&](const evaluate::Split& split) { return outside_methods(dataset, split); },
        teachers ? &*teachers : nullptr, terminal.progress(), terminal.stop(),
        [&](std::string_view line) { terminal.note(line); });
    const std::vector<evaluate::Evaluation>& runs = result_.runs;
    const evaluate::EvaluationReply reply = report_of(runs);
    if (html) write_page(*html, reply, dataset.songs);
    if (report) report->commit_text(json_text(reply) + '\n');
    if (terminal.json()) {
      terminal.print(document_of(reply));
    } else {
      terminal.print(text(runs));
    }
  }

 private:
  evaluate::GivenOptions given() const {
    return {arguments_->given_of(&job_.train), arguments_->has_given(&job_.blend)};
  }

  // Refuses wrong use before anything is read.
  void check_options() {
    std::vector<std::string_view> names;
    const std::vector<std::unique_ptr<evaluate::Method>> all = evaluate::make_methods("all");
    for (const std::unique_ptr<evaluate::Method>& method : all) names.push_back(method->name());
    lists_ = evaluate::parse_named_lists(job_.options.lists, names);
    evaluate::make_methods(job_.options.baselines);
    if (!job_.options.report.empty() && job_.options.report == job_.options.html) {
      fail(ErrorCode::wrong_use, "--report: expected another file than --html, found {} for both", job_.options.report);
    }
    if (!job_.options.teacher.empty() && !evaluate::measures_blend(job_.options.baselines)) {
      fail(ErrorCode::wrong_use, "--teacher: expected blend among --baselines, found {}", job_.options.baselines);
    }
    for (const auto& [flag, is_given] :
         {std::pair("--lists", !job_.options.lists.empty()), std::pair("--teacher", !job_.options.teacher.empty()),
          std::pair("--export-split", !job_.options.export_split.empty())}) {
      if (is_given && job_.options.seeds > 1) {
        fail(ErrorCode::wrong_use, "{}: expected --seeds 1, because each seed may split differently, found {}", flag,
             job_.options.seeds);
      }
    }
  }

  void export_split(const data::Dataset& dataset, Terminal& terminal) {
    train::apply_preset(job_.train, job_.preset, dataset, given().train);
    const evaluate::Split split =
        evaluate::make_split(dataset, job_.split, train::least_plays(job_.train), job_.train.seed);
    evaluate::export_split(dataset, split, job_.options.heard, job_.options.split_format, job_.options.export_split,
                           terminal.progress(), terminal.stop());
    const std::string digest = evaluate::split_digest(split, job_.options.heard);
    if (terminal.json()) {
      terminal.print(json::object{{"folder", job_.options.export_split}, {"split", digest}});
    } else {
      terminal.print(fmt::format("split {} written to {}\n", digest.substr(0, 12), job_.options.export_split));
    }
  }

  evaluate::Methods outside_methods(const data::Dataset& dataset, const evaluate::Split& split) const {
    evaluate::Methods methods;
    if (lists_.empty()) return methods;
    const std::size_t positions = evaluate::list_positions(dataset, split, job_.options.heard).size();
    for (const evaluate::NamedLists& lists : lists_) {
      methods.push_back(evaluate::read_outside_lists(lists, split, job_.options.heard, positions));
    }
    return methods;
  }

  evaluate::EvaluationReply report_of(std::span<const evaluate::Evaluation> runs) const {
    evaluate::EvaluationReply reply{.dataset = dataset_,
                                    .split_options = options_to_json(job_.split),
                                    .options = options_to_json(job_.options),
                                    .train_options = options_to_json(job_.train),
                                    .blend = options_to_json(result_.blends.front().discover),
                                    .blend_next = options_to_json(result_.blends.front().next)};
    if (result_.fitted && result_.fitted->next) reply.fit = evaluate::to_json(*result_.fitted);
    if (!result_.untuned_because.empty()) reply.untuned_because = result_.untuned_because;
    for (const evaluate::Evaluation& run : runs) reply.runs.push_back(evaluate::reply_of(run));
    return reply;
  }

  void write_page(AtomicFile& file, evaluate::EvaluationReply report, const data::Catalogue& songs) const {
    report.examples = evaluate::examples_of(result_.runs.front(), songs);
    file.commit_text(evaluate::evaluation_page(page_template("evaluation"), report));
  }

  std::string text(std::span<const evaluate::Evaluation> runs) const {
    const evaluate::Evaluation& first = runs.front();
    std::string text =
        fmt::format("split {}, {} part: trained on {} queues, {} plays, {} songs{}; measured on {} queues\n",
                    choice_name(first.split), choice_name(job_.split.part), with_commas(first.training_queues),
                    with_commas(first.training_plays), with_commas(first.songs),
                    least_text(train::least_plays(job_.train)), with_commas(first.held_out_queues));
    if (!result_.untuned_because.empty()) {
      text += fmt::format("baselines keep their default settings, for lack of a validation part: {}\n",
                          result_.untuned_because);
    }
    for (const std::string& name : first.skipped) text += fmt::format("{}: does not apply to this dataset\n", name);
    for (std::size_t mode = 0; mode < first.modes.size(); ++mode) {
      text += "\n" + heading(first, mode, job_.options.heard) + "\n";
      if (runs.size() > 1) {
        text += fmt::format("means over seeds\n{}\nseed {}\n", seeds_table(runs, first.modes[mode].mode), first.seed);
      }
      text += settings_lines(first, first.modes[mode].mode);
      text += accuracy_table(first, mode) + "\n" + lists_table(first, mode);
    }
    for (const std::string& file : {job_.options.html, job_.options.report}) {
      if (!file.empty()) text += fmt::format("\nreport written to {}\n", file);
    }
    return text;
  }

  std::string dataset_;
  evaluate::EvaluationJob job_;
  pipeline::TeacherOptions teacher_;
  const Arguments* arguments_ = nullptr;
  std::vector<evaluate::NamedLists> lists_;
  evaluate::EvaluationRuns result_;
};

}  // namespace

std::unique_ptr<Command> make_evaluate_command() {
  return std::make_unique<EvaluateCommand>();
}

}  // namespace segue::cli
