// segue train DATASET -o MODEL
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "segue/base/folder.h"
#include "segue/base/options_json.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/model/model.h"
#include "segue/train/checkpoint_folder.h"
#include "segue/train/trainer.h"
#include "segue/transitions/transitions.h"

#include "app/cli/chart.h"
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

struct CountOptions {
  std::uint32_t transition_window = transitions::kTransitionWindow;
};

template <>
struct OptionsOf<CountOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&CountOptions::transition_window>(
          "transition_window", "Transitions count pairs of plays at most this far apart", between(1, 1000)),
  };
};
SEGUE_CHECK_OPTIONS(CountOptions);

namespace cli {

namespace {

namespace fs = std::filesystem;

std::vector<std::uint64_t> plays_of(const data::Catalogue& songs) {
  std::vector<std::uint64_t> plays(songs.size());
  for (std::uint32_t song = 0; song < songs.size(); ++song) plays[song] = songs.plays(song);
  return plays;
}

// Plays of trained songs taken a second, those that subsampling skipped included: what word2vec.c counts as words.
double plays_per_second(std::uint64_t plays, double seconds) {
  return seconds > 0 ? static_cast<double>(plays) / seconds : 0;
}

// As much as training itself needed, but enough for small models not to read their queues again and again.
std::size_t counting_memory(const train::TrainedVectors& trained) {
  constexpr std::size_t kLeast = std::size_t{256} << 20;
  constexpr std::size_t kMost = std::size_t{4} << 30;
  return std::clamp(2 * trained.vectors.rows() * trained.vectors.columns() * sizeof(float), kLeast, kMost);
}

class TrainCommand final : public Command {
 public:
  std::string_view name() const override { return "train"; }
  std::string_view summary() const override { return "Learn song vectors from a dataset"; }
  std::string_view example() const override {
    return "  segue train dataset -o model\n"
           "  segue train dataset -o model --dim 64 --window 20 --epochs 20 --subsample 1e-4\n"
           "  segue train dataset -o model --checkpoint-every 10m --resume";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("DATASET", "A dataset folder, as `segue ingest` writes it", dataset_);
    arguments.options(output_, {"output"});
    arguments.options(checkpoints_);
    arguments.options(options_);
    arguments.options(counted_);
    arguments.options(blend_);
    arguments.options(index_);
  }

  void run(Terminal& terminal) override {
    // A target that cannot be written is better refused now than after hours of training.
    check_replaceable(output_.output, model::kModelFormat);
    { const FolderWriter probe(output_.output, kManifestName); }
    const data::Dataset dataset = data::open_dataset(dataset_);
    const std::vector<std::uint64_t> plays = plays_of(dataset.songs);
    const train::TrainedVectors trained = train(terminal, dataset, plays);
    const auto songs = static_cast<std::uint32_t>(trained.vectors.rows());
    const transitions::TransitionOptions counting{
        .window = counted_.transition_window, .memory_bytes = counting_memory(trained), .threads = options_.threads};
    const transitions::Transitions transitions =
        transitions::count_transitions(dataset.queues, songs, counting, terminal.progress(), terminal.stop());
    model::write_model(output_.output, dataset.songs, dataset.manifest.digest, options_, trained, transitions, blend_,
                       {.options = index_, .seed = options_.seed, .threads = options_.threads}, terminal.progress(),
                       terminal.stop());
    if (const fs::path checkpoint = train::checkpoint_of(output_.output); train::is_checkpoint(checkpoint))
      remove_folder(checkpoint);
    std::uint64_t trained_plays = 0;
    for (std::uint32_t song = 0; song < songs; ++song) trained_plays += plays[song];
    if (terminal.json()) {
      terminal.print(document(dataset, trained, trained_plays, transitions));
    } else {
      terminal.print(tables(dataset, trained, trained_plays, transitions));
      if (!terminal.quiet()) terminal.print(loss_chart(trained));
      terminal.print(fmt::format("\nmodel written to {}\n", output_.output));
    }
  }

 private:
  // Trains, from a checkpoint or from the beginning, writing checkpoints or not.
  train::TrainedVectors train(Terminal& terminal, const data::Dataset& dataset,
                              std::span<const std::uint64_t> plays) const {
    const fs::path folder = train::checkpoint_of(output_.output);
    const std::optional<train::Checkpoint> from = open_checkpoint(terminal, dataset, folder);
    std::optional<train::CheckpointFolder> sink;
    if (checkpoints_.checkpoint_every.count() > 0) {
      sink.emplace(folder, dataset.manifest.digest, options_, checkpoints_.checkpoint_every,
                   [&](const Error& error) { terminal.note(fmt::format("no checkpoint: {}", error.what())); });
    }
    try {
      return train::train_vectors(dataset.queues, plays, options_, terminal.progress(), terminal.stop(),
                                  {.sink = sink ? &*sink : nullptr, .source = from ? &*from : nullptr});
    } catch (const Error& error) {
      if (!sink || error.code() != ErrorCode::interrupted) throw;
      const bool kept = sink->wait();
      fail(error.code(), "{}; {}", error.what(),
           kept ? fmt::format("run with --resume to resume from {}", folder.string())
                : "its checkpoint could not be written");
    }
  }

  std::optional<train::Checkpoint> open_checkpoint(Terminal& terminal, const data::Dataset& dataset,
                                                   const fs::path& folder) const {
    std::optional<train::Checkpoint> checkpoint;
    if (!checkpoints_.resume) {
      if (train::is_checkpoint(folder)) {
        const bool replaced = checkpoints_.checkpoint_every.count() > 0;
        terminal.note(
            fmt::format("{}: checkpoint of an unfinished training run; without --resume this run starts from "
                        "the beginning and {}",
                        folder.string(), replaced ? "replaces it at its first checkpoint" : "removes it at its end"));
      }
      return checkpoint;
    }
    if (std::error_code error; !fs::exists(folder, error)) {
      terminal.note(fmt::format("{}: no checkpoint found; training starts from the beginning", folder.string()));
      return checkpoint;
    }
    checkpoint.emplace(folder);
    checkpoint->check_same_training(dataset.manifest.digest, options_);
    const train::TrainingPosition& at = checkpoint->position();
    const double done =
        (static_cast<double>(at.epochs.size()) +
         static_cast<double>(at.blocks_done) / static_cast<double>(std::max<std::uint64_t>(at.blocks, 1))) /
        options_.epochs;
    terminal.note(fmt::format("resuming from {}: {} of {} epochs and {} of {} blocks of the next done, {:.0f} %",
                              folder.string(), at.epochs.size(), options_.epochs, at.blocks_done, at.blocks,
                              100 * done));
    return checkpoint;
  }

  json::object document(const data::Dataset& dataset, const train::TrainedVectors& trained, std::uint64_t plays,
                        const transitions::Transitions& transitions) const {
    json::array epochs;
    for (const train::EpochReport& epoch : trained.epochs) {
      epochs.push_back(json::object{{"epoch", epoch.epoch},
                                    {"sample_loss", epoch.sample_loss},
                                    {"mean_loss", epoch.mean_loss},
                                    {"pairs", epoch.pairs},
                                    {"plays", epoch.plays},
                                    {"seconds", epoch.seconds},
                                    {"plays_per_second", plays_per_second(plays, epoch.seconds)}});
    }
    return {{"model", output_.output},
            {"dataset", dataset_},
            {"options", options_to_json(options_)},
            {"transition_window", transitions.window},
            {"blend", options_to_json(blend_)},
            {"songs", trained.vectors.rows()},
            {"songs_left_out", dataset.songs.size() - trained.vectors.rows()},
            {"plays", plays},
            {"transitions", transitions.neighbours.size()},
            {"untrained_loss", trained.untrained_loss},
            {"epochs", std::move(epochs)}};
  }

  std::string tables(const data::Dataset& dataset, const train::TrainedVectors& trained, std::uint64_t plays,
                     const transitions::Transitions& transitions) const {
    std::uint64_t pairs = 0;
    double seconds = 0;
    Table epochs({">epoch", ">sample loss", ">mean loss", ">pairs", ">plays kept", ">plays/s", ">time"});
    for (const train::EpochReport& epoch : trained.epochs) {
      pairs += epoch.pairs;
      seconds += epoch.seconds;
      epochs.add({fmt::format("{}", epoch.epoch), fmt::format("{:.4f}", epoch.sample_loss),
                  fmt::format("{:.4f}", epoch.mean_loss), with_commas(epoch.pairs), with_commas(epoch.plays),
                  rate_text(plays, epoch.seconds), duration_for_people(std::chrono::duration<double>(epoch.seconds))});
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
    return fmt::format("{}\n{}", epochs.text(), totals.text());
  }

  static std::string loss_chart(const train::TrainedVectors& trained) {
    std::vector<double> losses;
    for (const train::EpochReport& epoch : trained.epochs) losses.push_back(epoch.sample_loss);
    const std::string text = chart(
        fmt::format("sample loss by epoch: {:.3f} untrained, {:.3f} at the end", trained.untrained_loss, losses.back()),
        losses);
    return text.empty() ? text : "\n" + text;
  }

  static std::string rate_text(std::uint64_t plays, double seconds) {
    return with_commas(static_cast<std::uint64_t>(plays_per_second(plays, seconds)));
  }

  std::string dataset_;
  TrainOutput output_;
  train::CheckpointOptions checkpoints_;
  train::TrainOptions options_;
  CountOptions counted_;
  model::BlendWeights blend_;
  model::IndexOptions index_;
};

}  // namespace

std::unique_ptr<Command> make_train_command() {
  return std::make_unique<TrainCommand>();
}

}  // namespace cli

}  // namespace segue
