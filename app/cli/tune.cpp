// segue tune DATASET -o BEST.toml
#include <optional>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/options_json.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/blend_fit.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/tuning/best_options.h"
#include "segue/evaluate/tuning/search.h"
#include "segue/evaluate/tuning/search_page.h"
#include "segue/train/preset.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/search_display.h"
#include "app/web/assets.h"

namespace segue {

struct TuneFiles {
  std::string output;
  std::string journal = {};
  std::string html = {};
};

template <>
struct OptionsOf<TuneFiles> {
  static constexpr std::string_view section = "tune";
  static constexpr std::array rows = {
      option<&TuneFiles::output>("output", "The TOML file to write, for segue train --config"),
      option<&TuneFiles::journal>(
          "journal", "Where trials are saved, so that the search can be resumed; by default OUTPUT.trials"),
      option<&TuneFiles::html>("html", "Write the search to this file as an HTML page"),
  };
};
SEGUE_CHECK_OPTIONS(TuneFiles);

namespace cli {

namespace {

constexpr std::size_t kShownTrials = 10;

class TuneCommand final : public Command {
 public:
  std::string_view name() const override { return "tune"; }
  std::string_view summary() const override { return "Search for good training options"; }
  std::string_view example() const override {
    return "  segue tune dataset -o best.toml --time 30m && segue train dataset -o model --config best.toml\n"
           "  segue tune dataset -o best.toml --dim 64 --space \"window=2..50, epochs=10..90\" --html search.html";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("DATASET", "A dataset folder, as `segue ingest` writes it", dataset_);
    arguments.options(files_, {"output"});
    arguments.options(options_);
    arguments.options(split_, {}, {"part", "max_positions"});
    arguments.options(evaluate_, {}, {"baselines", "seeds", "resamples", "html"});
    arguments.options(train_);
    arguments.options(preset_);
    arguments_ = &arguments;
  }

  void run(Terminal& terminal) override {
    if (options_.trials == 0 && options_.time.count() == 0) {
      fail(ErrorCode::wrong_use, "--trials 0 --time 0s: expected a limit to one of them, found none");
    }
    plan_.options = options_;
    plan_.seed = train_.seed;
    evaluate::make_space(options_.space, fixed(), train_, 2);  // refuses a wrong space before anything is read
    std::optional<AtomicFile> html;
    if (!files_.html.empty()) html.emplace(files_.html);
    AtomicFile output(files_.output);

    const data::Dataset dataset = data::open_dataset(dataset_);
    train::apply_preset(train_, preset_, dataset, arguments_->given_of(&train_));
    split_.part = evaluate::SplitPart::validation;
    const evaluate::Split split = evaluate::make_split(dataset, split_, train::least_plays(train_), train_.seed);
    plan_.space =
        evaluate::make_space(options_.space, fixed(), train_, evaluate::whole_queue_length(split.training.queues));
    plan_.rungs = evaluate::rungs_of(plan_.space.least_epochs, plan_.space.most_epochs, options_.reduction);
    const json::object about = evaluate::about_search(dataset, split, split_, evaluate_, plan_);
    const evaluate::TrialRunner runner(dataset, split, evaluate_, options_, train_.seed);
    const std::string journal_path = files_.journal.empty() ? files_.output + ".trials" : files_.journal;
    evaluate::Journal journal(journal_path, about, plan_.space);
    describe(terminal, split, runner, journal);

    const evaluate::SearchEnd end = search(terminal, runner, journal);
    const std::vector<evaluate::Trial>& trials = journal.trials();
    if (trials.empty()) fail(ErrorCode::interrupted, "stopped before the first trial finished");
    evaluate::BestOptions result{.dataset = dataset_,
                                 .digest = dataset.manifest.digest,
                                 .best = *evaluate::best_of(trials),
                                 .given = trials.front(),
                                 .positions = runner.positions(),
                                 .trials = trials.size(),
                                 .split = split.kind,
                                 .split_options = split_,
                                 .evaluate = evaluate_};
    if (end != evaluate::SearchEnd::stopped) result.blend = fit_weights(terminal, dataset, split, result.best.options);
    output.commit_text(evaluate::to_toml(result));
    if (html) html->commit_text(evaluate::search_page(page_template("tuning"), plan_, trials, result, about));
    if (terminal.json()) {
      terminal.print(document(trials, result, about, end));
    } else {
      terminal.print(text(trials, result, end));
    }
    if (end == evaluate::SearchEnd::stopped) {
      fail(ErrorCode::interrupted, "stopped; the {} trials so far are in {}: run the same command to resume",
           trials.size(), journal_path);
    }
  }

 private:
  // Options given on the command line or in the file are not searched.
  std::vector<std::string_view> fixed() const {
    std::vector<std::string_view> names;
    for (const BoundOption& bound : arguments_->bound()) {
      if (bound.options == &train_ && bound.given && evaluate::is_searchable(bound.row->name))
        names.push_back(bound.row->name);
    }
    return names;
  }

  evaluate::SearchEnd search(Terminal& terminal, const evaluate::TrialRunner& runner,
                             evaluate::Journal& journal) const {
    const std::unique_ptr<SearchDisplay> display =
        make_search_display(terminal, plan_, evaluate::spent_on(journal.trials()));
    const evaluate::SearchEnd end =
        segue::evaluate::search(plan_, runner, journal, *display, *display, terminal.stop());
    display->close();
    return end;
  }

  // Fits the blend of the best options' vectors and transitions. Returns no weights if stopped.
  std::optional<evaluate::BlendFit> fit_weights(Terminal& terminal, const data::Dataset& dataset,
                                                const evaluate::Split& split, train::TrainOptions options) const {
    options.threads = train_.threads;
    const evaluate::Knowledge knowledge(dataset, split);
    evaluate::Ingredients ingredients(split.training, options, terminal.progress(), terminal.stop(), &knowledge);
    try {
      return evaluate::fit_blend(dataset, split, ingredients, {}, {.heard = evaluate_.heard});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::interrupted) throw;
      terminal.note("stopped: the weights of the blend were not fitted");
      return std::nullopt;
    }
  }

  void describe(Terminal& terminal, const evaluate::Split& split, const evaluate::TrialRunner& runner,
                const evaluate::Journal& journal) const {
    std::string space;
    for (const auto& member : to_json(plan_.space)) {
      space += fmt::format("{}{} {}", space.empty() ? "" : ", ", std::string_view(member.key()),
                           std::string_view(member.value().as_string()));
    }
    terminal.note(fmt::format(
        "split {}, validation part: training on {} queues, {} songs; each trial is measured at {} of {} positions",
        choice_name(split.kind), with_commas(split.training.queues.size()), with_commas(split.training.song_count()),
        with_commas(runner.sampled()), with_commas(runner.positions())));
    terminal.note(fmt::format("searching {}", space));
    if (!journal.trials().empty()) terminal.note(fmt::format("resuming after {} trials", journal.trials().size()));
  }

  json::object document(std::span<const evaluate::Trial> trials, const evaluate::BestOptions& result,
                        const json::object& about, evaluate::SearchEnd end) const {
    constexpr std::array<std::string_view, 3> kEnds = {"trials", "time", "stopped"};
    json::object document{{"dataset", dataset_},
                          {"output", files_.output},
                          {"ended_by", kEnds[static_cast<std::size_t>(end)]},
                          {"positions", result.positions},
                          {"search", about},
                          {"best", to_json(result.best, plan_.space)},
                          {"best_options", options_to_json(result.best.options)}};
    if (result.blend) {
      document["blend"] = {{"ndcg", result.blend->ndcg},
                           {"ndcg_before", result.blend->ndcg_before},
                           {"positions", result.blend->positions},
                           {"weights", options_to_json(result.blend->weights)}};
    }
    json::array& list = document["trials"].emplace_array();
    for (const evaluate::Trial& trial : trials) list.push_back(to_json(trial, plan_.space));
    return document;
  }

  std::string text(std::span<const evaluate::Trial> trials, const evaluate::BestOptions& result,
                   evaluate::SearchEnd end) const {
    constexpr std::array<std::string_view, 3> kEnds = {"all trials are done", "the time is up", "stopped"};
    const double before = result.given.all->ndcg;
    const double after = result.best.all->ndcg;
    std::string text = best_trials(trials, plan_.space, kShownTrials).text();
    text += fmt::format("\n{} trials: {}\n", with_commas(trials.size()), kEnds[static_cast<std::size_t>(end)]);
    text += fmt::format("best of the validation part: NDCG@10 {:.4f}, HitRate@10 {:.4f} ({})\n", after,
                        result.best.all->hit_rate, evaluate::method_name_of(result.best.all->query));
    text += fmt::format("the given options:           NDCG@10 {:.4f}, HitRate@10 {:.4f} ({})\n", before,
                        result.given.all->hit_rate, evaluate::method_name_of(result.given.all->query));
    if (result.blend) {
      text += fmt::format("the blend with the best options: NDCG@10 {:.4f}; with its default weights {:.4f}\n",
                          result.blend->ndcg, result.blend->ndcg_before);
    }
    text += fmt::format("best options written to {}\n", files_.output);
    if (!files_.html.empty()) text += fmt::format("page written to {}\n", files_.html);
    return text;
  }

  std::string dataset_;
  TuneFiles files_;
  evaluate::TuneOptions options_;
  evaluate::SplitOptions split_;
  evaluate::EvaluateOptions evaluate_;
  train::TrainOptions train_;
  train::PresetOptions preset_;
  evaluate::SearchPlan plan_;
  Arguments* arguments_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_tune_command() {
  return std::make_unique<TuneCommand>();
}

}  // namespace cli

}  // namespace segue
