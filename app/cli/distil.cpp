// segue distil MODEL --lists FILE
#include "segue/pipeline/distil.h"

#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/auto_fit.h"
#include "segue/evaluate/split_teachers.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue {
namespace cli {

struct DistilRun {
  std::string lists{};
  std::string output{};
  std::string dataset{};
  std::string fit_lists{};
  double blend_teacher = model::kTeacherWeight;
  std::uint32_t threads = 0;
};

}  // namespace cli

template <>
struct OptionsOf<cli::DistilRun> {
  static constexpr std::string_view section = "distil";
  static constexpr std::array rows = {
      option<&cli::DistilRun::lists>("lists", "The teacher's lists: a table with the columns song, next and score"),
      option<&cli::DistilRun::output>("output", "Write the model with its teacher here instead of replacing MODEL"),
      option<&cli::DistilRun::dataset>(
          "dataset", "Fit the weights of the blend again, on the held-out part of this dataset, as segue train does"),
      option<&cli::DistilRun::fit_lists>(
          "fit_lists",
          "Lists of the same teacher, trained on an exported split of --dataset, for the fit; without them --lists has "
          "to name that split"),
      option<&cli::DistilRun::blend_teacher>("blend_teacher",
                                             "The teacher's weight beside transitions, or where the "
                                             "fit starts",
                                             between(0, 1e6)),
      option<&cli::DistilRun::threads>("threads", "Threads to use for the fit, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(cli::DistilRun);

namespace cli {

namespace {

class DistilCommand final : public Command {
 public:
  std::string_view name() const override { return "distil"; }
  std::string_view summary() const override { return "Add another program's next songs to a model"; }
  std::string_view example() const override {
    return "  segue distil model --lists next.parquet\n"
           "  segue distil model --lists next.tsv -o taught --dataset dataset --fit-lists split-next.tsv";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.options(run_, {"lists"});
    arguments.options(options_);
  }

  void run(Terminal& terminal) override {
    if (run_.dataset.empty() && !run_.fit_lists.empty()) {
      fail(ErrorCode::wrong_use, "--fit-lists: expected --dataset with the dataset to fit to, found none");
    }
    const model::Model model(model_);
    const pipeline::TeacherLists lists =
        pipeline::read_teacher_lists(run_.lists, model.songs(), options_, terminal.stop());
    if (const std::string unused = lists.unused_text(); !unused.empty()) {
      terminal.note(fmt::format("{}: pairs not used: {}", run_.lists, unused));
    }
    model::Blend blend = model.blend();
    blend.discover.blend_teacher = blend.next.blend_teacher = run_.blend_teacher;
    std::optional<evaluate::FittedBlend> fitted;
    if (!run_.dataset.empty()) {
      fitted = fit(model, blend.discover, terminal);
      if (fitted->unfitted.empty()) blend = fitted->blend;
    }
    pipeline::add_teacher(model_, run_.output, {lists, options_, blend}, model.manifest().digest);
    if (terminal.json()) {
      terminal.print(document(lists, blend, fitted));
    } else {
      terminal.report(text(lists, blend, fitted));
    }
  }

 private:
  std::string target() const { return run_.output.empty() ? model_ : run_.output; }

  // On what `segue train` fits to, with a teacher that has not seen the part held out.
  evaluate::FittedBlend fit(const model::Model& model, const model::BlendWeights& start, Terminal& terminal) const {
    const data::Dataset dataset = data::open_dataset(run_.dataset);
    const std::string& file = run_.fit_lists.empty() ? run_.lists : run_.fit_lists;
    train::TrainOptions train = model::train_options_of(model);
    train.threads = run_.threads;
    evaluate::AutoFit how{.start = start, .train = train};
    evaluate::SplitTeachers teachers(run_.fit_lists.empty() ? "--lists" : "--fit-lists", std::span(&file, 1), dataset,
                                     options_, how.heard, terminal.stop());
    how.teacher = [&](const evaluate::Split& split) {
      return teachers.need(split, "the split the weights are fitted on");
    };
    evaluate::FittedBlend fitted = evaluate::fit_blend_to(dataset, how, terminal.progress(), terminal.stop());
    if (!fitted.unfitted.empty()) terminal.note(fitted.unfitted);
    return fitted;
  }

  json::object document(const pipeline::TeacherLists& lists, const model::Blend& blend,
                        const std::optional<evaluate::FittedBlend>& fitted) const {
    json::object document{{"model", target()},
                          {"songs", lists.songs},
                          {"entries", lists.entries},
                          {"unused",
                           {{"unknown", lists.unknown},
                            {"repeated", lists.repeated},
                            {"itself", lists.itself},
                            {"bad_scores", lists.bad_scores},
                            {"unreadable", lists.unreadable},
                            {"beyond", lists.beyond}}},
                          {"blend", options_to_json(blend.discover)},
                          {"blend_next", options_to_json(blend.next)}};
    if (fitted) document["fit"] = evaluate::to_json(*fitted);
    return document;
  }

  // ": NDCG@10 0.1009 with the teacher, 0.0950 without"
  static std::string fit_text(const evaluate::BlendFit& fit) {
    if (fit.weights.blend_teacher == 0) return ": the teacher is not certain to help";
    const double worth = fit.worth[static_cast<std::size_t>(recommend::Term::teacher)];
    return fmt::format(": NDCG@10 {:.4f} with the teacher, {:.4f} without", fit.ndcg, fit.ndcg - worth);
  }

  std::string text(const pipeline::TeacherLists& lists, const model::Blend& blend,
                   const std::optional<evaluate::FittedBlend>& fitted) const {
    Table table({"", ">", ""});
    table.add({"songs", with_commas(lists.songs), "with next songs"});
    table.add({"next songs", with_commas(lists.entries), "in all"});
    const auto add = [&](double weight, std::string_view what, const std::optional<evaluate::BlendFit>& fit) {
      table.add({"weight", fmt::format("{:.4g}", weight), fmt::format("{}{}", what, fit ? fit_text(*fit) : "")});
    };
    add(blend.discover.blend_teacher, "for discoveries", fitted ? fitted->discover : std::nullopt);
    add(blend.next.blend_teacher, "for what comes next", fitted ? fitted->next : std::nullopt);
    return table.text() + fmt::format("model written to {}\n", target());
  }

  std::string model_;
  DistilRun run_;
  pipeline::TeacherOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_distil_command() {
  return std::make_unique<DistilCommand>();
}

}  // namespace cli
}  // namespace segue
