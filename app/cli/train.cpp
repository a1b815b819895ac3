// segue train DATASET -o MODEL
#include <fmt/format.h>

#include "segue/base/folder.h"
#include "segue/base/words.h"
#include "segue/data/dataset.h"
#include "segue/model/model.h"
#include "segue/train/trainer.h"
#include "segue/train/transitions.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue {

struct TrainOutput {
  std::string output;
};

template <>
struct OptionsOf<TrainOutput> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&TrainOutput::output>("output", "The model folder to write"),
  };
};
SEGUE_CHECK_OPTIONS(TrainOutput);

namespace cli {

namespace {

std::vector<std::uint64_t> plays_of(const Catalogue& songs) {
  std::vector<std::uint64_t> plays(songs.size());
  for (std::uint32_t song = 0; song < songs.size(); ++song) plays[song] = songs.plays(song);
  return plays;
}

// Plays of trained songs taken a second, those that subsampling skipped included: what word2vec.c counts as words.
double plays_per_second(std::uint64_t plays, double seconds) {
  return seconds > 0 ? static_cast<double>(plays) / seconds : 0;
}

class TrainCommand final : public Command {
 public:
  std::string_view name() const override { return "train"; }
  std::string_view summary() const override { return "Learn song vectors from a dataset"; }
  std::string_view example() const override {
    return "  segue train dataset -o model\n"
           "  segue train dataset -o model --dim 64 --window 20 --epochs 20 --subsample 1e-4";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("DATASET", "A dataset folder, as `segue ingest` writes it", dataset_);
    arguments.options(output_, {"output"});
    arguments.options(options_);
  }

  void run(Terminal& terminal) override {
    // A target that cannot be written is better refused now than after hours of training.
    check_replaceable(output_.output, kModelFormat);
    { const FolderWriter probe(output_.output, kManifestName); }
    const Dataset dataset = open_dataset(dataset_);
    const std::vector<std::uint64_t> plays = plays_of(dataset.songs);
    const TrainedVectors trained = train_vectors(dataset.queues, plays, options_, terminal.progress(), terminal.stop());
    const auto songs = static_cast<std::uint32_t>(trained.vectors.rows());
    const Transitions transitions =
        count_transitions(dataset.queues, songs, {.window = options_.window, .threads = options_.threads},
                          terminal.progress(), terminal.stop());
    write_model(output_.output, dataset.songs, dataset.manifest.digest, options_, trained, transitions);
    std::uint64_t trained_plays = 0;
    for (std::uint32_t song = 0; song < songs; ++song) trained_plays += plays[song];
    if (terminal.json()) {
      terminal.print(document(dataset, trained, trained_plays, transitions));
    } else {
      terminal.print(tables(dataset, trained, trained_plays, transitions));
    }
  }

 private:
  json::object document(const Dataset& dataset, const TrainedVectors& trained, std::uint64_t plays,
                        const Transitions& transitions) const {
    json::array epochs;
    for (const EpochReport& epoch : trained.epochs) {
      epochs.push_back(json::object{{"epoch", epoch.epoch},
                                    {"mean_loss", epoch.mean_loss},
                                    {"pairs", epoch.pairs},
                                    {"plays", epoch.plays},
                                    {"seconds", epoch.seconds},
                                    {"plays_per_second", plays_per_second(plays, epoch.seconds)}});
    }
    return {{"model", output_.output},
            {"dataset", dataset_},
            {"options", options_to_json(options_)},
            {"songs", trained.vectors.rows()},
            {"songs_left_out", dataset.songs.size() - trained.vectors.rows()},
            {"plays", plays},
            {"transitions", transitions.neighbours.size()},
            {"epochs", std::move(epochs)}};
  }

  std::string tables(const Dataset& dataset, const TrainedVectors& trained, std::uint64_t plays,
                     const Transitions& transitions) const {
    std::uint64_t pairs = 0;
    double seconds = 0;
    Table epochs({">epoch", ">loss", ">pairs", ">plays kept", ">plays/s", ">time"});
    for (const EpochReport& epoch : trained.epochs) {
      pairs += epoch.pairs;
      seconds += epoch.seconds;
      epochs.add({fmt::format("{}", epoch.epoch), fmt::format("{:.4f}", epoch.mean_loss), with_commas(epoch.pairs),
                  with_commas(epoch.plays), rate_text(plays, epoch.seconds),
                  duration_for_people(std::chrono::duration<double>(epoch.seconds))});
    }
    const std::size_t songs = trained.vectors.rows();
    const std::size_t left_out = dataset.songs.size() - songs;
    Table totals({"", ">", ""});
    totals.add({"songs", with_commas(songs),
                left_out == 0
                    ? ""
                    : fmt::format("{} with fewer than {} plays left out", with_commas(left_out), options_.min_plays)});
    totals.add({"plays", with_commas(plays), "of these songs"});
    totals.add({"pairs", with_commas(pairs), "trained"});
    totals.add({"transitions", with_commas(transitions.neighbours.size()), ""});
    totals.add({"plays/s", rate_text(plays * options_.epochs, seconds), ""});
    return fmt::format("{}\n{}\nmodel written to {}\n", epochs.text(), totals.text(), output_.output);
  }

  static std::string rate_text(std::uint64_t plays, double seconds) {
    return with_commas(static_cast<std::uint64_t>(plays_per_second(plays, seconds)));
  }

  std::string dataset_;
  TrainOutput output_;
  TrainOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_train_command() {
  return std::make_unique<TrainCommand>();
}

}  // namespace cli

}  // namespace segue
