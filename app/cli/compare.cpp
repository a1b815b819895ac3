// segue compare OLD NEW
#include <array>
#include <optional>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/log/times.h"
#include "segue/evaluate/two_models.h"
#include "segue/pipeline/compare_models.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue {
namespace cli {

struct CompareMore {
  std::string songs;
  std::string judge_after;
};

}  // namespace cli

template <>
struct OptionsOf<cli::CompareMore> {
  static constexpr std::string_view section = "compare";
  static constexpr std::array rows = {
      option<&cli::CompareMore::songs>("songs",
                                       "A CSV file to write: each song's cosine with its old self, lowest first"),
      option<&cli::CompareMore::judge_after>(
          "judge_after", "Judge both by what listeners of --dataset played in sessions that began after this moment"),
  };
};
SEGUE_CHECK_OPTIONS(cli::CompareMore);

namespace cli {

namespace {

// Of a verdict of -1, 0 or 1 in a list of words for them.
std::size_t place_of(int verdict) {
  return verdict < 0 ? 0 : verdict == 0 ? 1 : 2;
}

std::string number_text(double number) {
  return fmt::format("{:.3f}", number);
}

class CompareCommand final : public Command {
 public:
  std::string_view name() const override { return "compare"; }
  std::string_view summary() const override { return "How far a retrain moved songs, lists and the map"; }
  std::string_view example() const override {
    return "  segue compare model.old model\n"
           "  segue compare model.old model --dataset dataset --songs drift.csv";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("OLD", "A model folder", old_);
    arguments.positional("NEW", "A later model, of some of the same songs", new_);
    arguments.options(options_);
    arguments.options(more_);
  }

  void run(Terminal& terminal) override {
    const std::optional<std::int64_t> judge_after = moment_option();
    std::optional<AtomicFile> songs;
    if (!more_.songs.empty()) songs.emplace(more_.songs);
    const model::Model old_model(old_);
    const model::Model new_model(new_);
    const pipeline::ModelComparison found =
        pipeline::compare_models(old_model, new_model, options_, terminal.progress(), terminal.stop());
    if (songs) songs->commit_text(csv(found));
    std::optional<evaluate::TwoModels> judged;
    if (judge_after) {
      judged = evaluate::judge_two_models(old_model, new_model, data::open_dataset(options_.dataset),
                                          {.after = *judge_after,
                                           .k = options_.k,
                                           .sample = options_.sample,
                                           .threads = options_.threads,
                                           .seed = options_.seed},
                                          terminal.progress(), terminal.stop());
    }
    if (terminal.json()) {
      json::object all{{"old", old_}, {"new", new_}};
      for (const auto& member : to_json(found)) all[member.key()] = member.value();
      if (judged) all["judged"] = to_json(*judged);
      terminal.print(all);
    } else {
      terminal.print(text(found) + (judged ? text(*judged) : ""));
    }
  }

 private:
  std::optional<std::int64_t> moment_option() const {
    if (more_.judge_after.empty()) return std::nullopt;
    const std::int64_t moment = data::date_option("judge-after", more_.judge_after);
    if (options_.dataset.empty()) fail(ErrorCode::wrong_use, "--judge-after: expected --dataset with it");
    return moment;
  }

  static std::string csv(const pipeline::ModelComparison& found) {
    std::string text = "id,cosine\n";
    for (const pipeline::SongDrift& song : found.songs) {
      std::string id;
      for (const char letter : song.id) id += letter == '"' ? "\"\"" : std::string(1, letter);
      text += fmt::format("\"{}\",{:.6f}\n", id, song.cosine);
    }
    return text;
  }

  // After the moment, of lists of k songs.
  std::string text(const evaluate::TwoModels& judged) const {
    constexpr std::array<std::string_view, 3> kSentences = {
        "the new model predicts what was played then worse than the old one",
        "which of them predicts what was played then better is not decided",
        "the new model predicts what was played then better than the old one"};
    const std::string range = judged.comparison
                                  ? fmt::format(" ({:+.4f} to {:+.4f})", judged.comparison->difference_interval.low,
                                                judged.comparison->difference_interval.high)
                                  : "";
    return fmt::format("HR@{} after {}: {:.4f} old, {:.4f} new{}, {} plays of {} {}: {}\n", options_.k,
                       more_.judge_after, judged.old_rate.rate, judged.new_rate.rate, range,
                       with_commas(judged.positions), with_commas(judged.listeners),
                       judged.listeners == 1 ? "listener" : "listeners", kSentences.at(place_of(judged.verdict())));
  }

  std::string text(const pipeline::ModelComparison& found) const {
    Table table({"", ">", ""});
    table.add({"songs", with_commas(found.songs_both),
               fmt::format("in both: {} new, {} gone", with_commas(found.songs_new - found.songs_both),
                           with_commas(found.songs_old - found.songs_both))});
    if (found.drift.songs > 0) {
      table.add({"cosine", number_text(found.drift.mean),
                 fmt::format("of a song with its old self, mean of {}; median {:.3f}, lowest tenth {:.3f}, lowest "
                             "hundredth {:.3f}",
                             with_commas(found.drift.songs), found.drift.median, found.drift.lowest_tenth,
                             found.drift.lowest_percent)});
      table.add({"", number_text(found.turned_drift.mean), "if all new vectors were turned onto the old ones"});
    }
    table.add({"neighbours", fmt::format("{:.1f} %", 100 * found.neighbours.share),
               fmt::format("of the {} nearest are the same, mean of {} songs", options_.k,
                           with_commas(found.neighbours.sampled))});
    table.add({"lists", fmt::format("{:.1f} %", 100 * found.lists.share),
               fmt::format("of the first {} recommendations are the same, mean of {} lists", options_.k,
                           with_commas(found.lists.sampled))});
    if (found.map_moved) {
      table.add({"map", number_text(*found.map_moved),
                 fmt::format("mean move of a song, in radii of the map; {:.3f} if the new one were turned onto the old",
                             found.map_moved_aligned.value_or(0))});
    }
    std::string text = table.text();
    if (found.drift.songs == 0) text += "the vectors have different lengths, so they cannot be compared one by one\n";
    if (found.drift.songs > 0 && found.turned_drift.mean > found.drift.mean + 0.1) {
      text += "vectors stored elsewhere do not fit the new model: segue train --from turns it onto the old one\n";
    }
    return text;
  }

  std::string old_;
  std::string new_;
  pipeline::CompareOptions options_;
  CompareMore more_;
};

}  // namespace

std::unique_ptr<Command> make_compare_command() {
  return std::make_unique<CompareCommand>();
}

}  // namespace cli
}  // namespace segue
