// segue train DATASET -o MODEL
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "segue/base/options_json.h"
#include "segue/base/words.h"
#include "segue/evaluate/fitted_model.h"
#include "segue/ranks/connect.h"

#include "app/cli/chart.h"
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/wrap.h"

namespace segue::cli {

namespace {

// Plays of trained songs processed in a second, including those that subsampling skipped: what word2vec.c counts as
// words.
double plays_per_second(std::uint64_t plays, double seconds) {
  return seconds > 0 ? static_cast<double>(plays) / seconds : 0;
}

std::string rate_text(std::uint64_t plays, double seconds) {
  return with_commas(static_cast<std::uint64_t>(plays_per_second(plays, seconds)));
}

class TrainCommand final : public Command {
 public:
  std::string_view name() const override { return "train"; }
  std::string_view summary() const override { return "Learn song vectors from a dataset"; }
  std::string_view example() const override {
    return "  segue train dataset -o model\n"
           "  segue train dataset -o model --dim 64 --window 20 --epochs 20 --subsample 1e-4\n"
           "  segue train dataset -o model --checkpoint-every 10m --resume\n"
           "  torchrun --nnodes 4 --nproc-per-node 1 --no-python segue train dataset -o model";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("DATASET", "A dataset folder, as `segue ingest` writes it", dataset_);
    arguments.options(job_.build.target, {"output"});
    arguments.options(job_.build.start);
    arguments.options(job_.build.checkpoints);
    arguments.options(job_.build.train);
    arguments.options(job_.preset);
    arguments.options(job_.build.counting);
    arguments.options(job_.blend);
    arguments.options(job_.fit);
    arguments_ = &arguments;
    arguments.options(job_.build.index);
    arguments.options(job_.build.ranks.options);
  }

  void run(Terminal& terminal) override {
    const auto ranks = join_ranks();
    job_.build.ranks.communicator = ranks.get();
    const bool tells = job_.build.ranks.is_first();
    NoProgress silence;
    const evaluate::FittedModel made = evaluate::build_fitted_model(
        dataset_, job_, {arguments_->given_of(&job_.build.train), arguments_->has_given(&job_.blend)},
        tells ? terminal.progress() : silence, terminal.stop(), [&](std::string_view line) {
          if (tells) terminal.note(line);
        });
    if (!tells) return;
    if (terminal.json()) {
      json::object printed = document(made);
      if (made.fitted) printed["fit"] = evaluate::to_json(*made.fitted);
      if (made.built.start) printed["start"] = pipeline::to_json(*made.built.start);
      if (ranks) printed["ranks"] = exchange_document(ranks->ranks(), made.built.exchange);
      terminal.print(printed);
    } else {
      terminal.report(fmt::format("{}\n{}{}\n{}{}{}model written to {}\n", epochs_text(made.built), totals_text(made),
                                  loss_chart(made.built), made.fitted ? fit_text(*made.fitted) : "",
                                  made.built.start ? start_text(*made.built.start) : "",
                                  ranks ? exchange_text(ranks->ranks(), made) : "", output()));
    }
  }

 private:
  const std::string& output() const { return job_.build.target.output; }

  // The other ranks, if a launcher started this process as one of several.
  std::unique_ptr<train::Communicator> join_ranks() const {
    const auto launch = ranks::launch_in([](const char* name) { return std::getenv(name); });
    if (!launch || launch->alone()) return nullptr;
    return ranks::connect_ranks(*launch, job_.build.ranks.options.rank_timeout);
  }

  static json::object exchange_document(std::size_t ranks, const train::ExchangeReport& exchange) {
    return {{"ranks", ranks},
            {"exchanges", exchange.exchanges},
            {"bytes_sent", exchange.bytes_sent},
            {"seconds", exchange.seconds},
            {"seconds_waited", exchange.seconds_waited}};
  }

  static std::string exchange_text(std::size_t ranks, const evaluate::FittedModel& made) {
    const train::ExchangeReport& exchange = made.built.exchange;
    const auto plays = static_cast<double>(made.built.plays_trained * made.options.epochs);
    return fmt::format("{} ranks: {} exchanges; they sent {:.0f} bytes for each play, and rank 0 waited for {}\n",
                       ranks, with_commas(exchange.exchanges),
                       static_cast<double>(exchange.bytes_sent) * static_cast<double>(ranks) / std::max(1.0, plays),
                       duration_for_people(std::chrono::duration<double>(exchange.seconds_waited)));
  }

  static std::string fit_text(const evaluate::FittedBlend& fitted) {
    Table table({"blend fitted for", ">positions", ">NDCG@10 before", ">after"});
    const auto add = [&](std::string_view name, const std::optional<evaluate::BlendFit>& fit) {
      if (!fit) return;
      table.add({std::string(name), with_commas(fit->positions), fmt::format("{:.4f}", fit->ndcg_before),
                 fmt::format("{:.4f}", fit->ndcg)});
    };
    add("discoveries", fitted.discover);
    add("what comes next", fitted.next);
    return fitted.next ? table.text() + "\n" : "";
  }

  static std::string start_text(const pipeline::StartReport& start) {
    const std::string added = start.songs_new > 0 ? fmt::format(", {} new", with_commas(start.songs_new)) : "";
    return fmt::format(
        "{} songs of the old model{}; the cosine of a song with its old self is {:.3f} on average, "
        "{:.3f} at the lowest tenth\n",
        with_commas(start.songs_kept), added, start.after.mean, start.after.lowest_tenth);
  }

  json::object document(const evaluate::FittedModel& made) const {
    const pipeline::BuiltModel& built = made.built;
    json::array epochs;
    for (const train::EpochReport& epoch : built.epochs) {
      epochs.push_back(json::object{{"epoch", epoch.epoch},
                                    {"sample_loss", epoch.sample_loss},
                                    {"mean_loss", epoch.mean_loss},
                                    {"pairs", epoch.pairs},
                                    {"plays", epoch.plays},
                                    {"seconds", epoch.seconds},
                                    {"plays_per_second", plays_per_second(built.plays_trained, epoch.seconds)}});
    }
    return {{"model", output()},
            {"dataset", dataset_},
            {"options", options_to_json(made.options)},
            {"transition_window", job_.build.counting.transition_window},
            {"blend", options_to_json(made.blend.discover)},
            {"blend_next", options_to_json(made.blend.next)},
            {"songs", built.songs},
            {"songs_placed", built.songs_placed},
            {"songs_left_out", built.songs_omitted},
            {"plays", built.plays},
            {"transitions", built.transitions},
            {"untrained_loss", built.untrained_loss},
            {"epochs", std::move(epochs)}};
  }

  static std::string epochs_text(const pipeline::BuiltModel& built) {
    Table table({">epoch", ">sample loss", ">mean loss", ">pairs", ">plays kept", ">plays/s", ">time"});
    for (const train::EpochReport& epoch : built.epochs) {
      table.add({fmt::format("{}", epoch.epoch), fmt::format("{:.4f}", epoch.sample_loss),
                 fmt::format("{:.4f}", epoch.mean_loss), with_commas(epoch.pairs), with_commas(epoch.plays),
                 rate_text(built.plays_trained, epoch.seconds),
                 duration_for_people(std::chrono::duration<double>(epoch.seconds))});
    }
    return table.text();
  }

  static std::string totals_text(const evaluate::FittedModel& made) {
    const pipeline::BuiltModel& built = made.built;
    std::uint64_t pairs = 0;
    double seconds = 0;
    for (const train::EpochReport& epoch : built.epochs) {
      pairs += epoch.pairs;
      seconds += epoch.seconds;
    }
    Table table({"", ">", ""});
    table.add({"songs", with_commas(built.songs), songs_text(made)});
    table.add({"plays", with_commas(built.plays), "of these songs"});
    table.add({"pairs", with_commas(pairs), "trained"});
    table.add({"transitions", with_commas(built.transitions), ""});
    table.add({"plays/s", rate_text(built.plays_trained * made.options.epochs, seconds), ""});
    return table.text();
  }

  // "16,407 trained, 42,351 with fewer than 5 plays placed among them"
  static std::string songs_text(const evaluate::FittedModel& made) {
    const pipeline::BuiltModel& built = made.built;
    std::string text;
    if (built.songs_placed > 0) {
      text = fmt::format("{} trained, {} with fewer than {} plays placed among them",
                         with_commas(built.songs - built.songs_placed), with_commas(built.songs_placed),
                         made.options.min_plays);
    }
    if (built.songs_omitted > 0) {
      text += fmt::format("{}{} with fewer than {} plays left out", text.empty() ? "" : ", ",
                          with_commas(built.songs_omitted), train::least_plays(made.options));
    }
    return text;
  }

  static std::string loss_chart(const pipeline::BuiltModel& built) {
    std::vector<double> losses;
    for (const train::EpochReport& epoch : built.epochs) losses.push_back(epoch.sample_loss);
    const std::size_t columns = terminal_columns(STDOUT_FILENO);
    const std::string text = chart(
        fmt::format("sample loss by epoch: {:.3f} untrained, {:.3f} at the end", built.untrained_loss, losses.back()),
        losses, columns == 0 ? kChartWidth : std::min(columns, kChartWidth));
    return text.empty() ? text : "\n" + text;
  }

  std::string dataset_;
  evaluate::FittedModelJob job_;
  const Arguments* arguments_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_train_command() {
  return std::make_unique<TrainCommand>();
}

}  // namespace segue::cli
