// segue retrain MODEL --store STORE
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"
#include "segue/data/availability/availability.h"
#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/two_models.h"
#include "segue/model/extend.h"
#include "segue/model/map_file.h"
#include "segue/model/model.h"
#include "segue/pipeline/dated_models.h"
#include "segue/pipeline/drift.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/steps.h"

namespace segue {

// Whether the new model gets a map: if the old one has one, or in any case.
enum class RetrainMap { automatic, yes, no };
inline constexpr std::array<std::string_view, 3> kRetrainMapNames = {"auto", "true", "false"};
constexpr std::span<const std::string_view> names(RetrainMap) {
  return kRetrainMapNames;
}

struct RetrainOptions {
  std::string store;
  std::vector<std::string> log;
  std::vector<std::string> base;
  std::string steps;
  bool warm = true;
  RetrainMap map = RetrainMap::automatic;
  double min_songs = 0.5;
  double min_learned = 0.02;
  bool gate = true;
  std::uint32_t keep_models = 0;
  bool keep = false;
  std::uint32_t nice = 10;
};

template <>
struct OptionsOf<RetrainOptions> {
  static constexpr std::string_view section = "retrain";
  static constexpr std::array rows = {
      option<&RetrainOptions::store>("store", "Where the service stores listens: all of them are trained"),
      option<&RetrainOptions::log>("log",
                                   "A log to train beside them, in any form that segue ingest reads; repeatable"),
      option<&RetrainOptions::base>("base", "A dataset of others to train beside them; repeatable"),
      option<&RetrainOptions::steps>("steps", "A TOML file with options of the steps: [ingest], [train], [map]"),
      option<&RetrainOptions::warm>("warm",
                                    "Start from the old model's vectors and stay close to them; false: train anew"),
      option<&RetrainOptions::map>("map", "Draw a map; auto: if the old model has one"),
      option<&RetrainOptions::min_songs>(
          "min_songs", "Refuse a new model that has fewer than this share of the old one's songs", between(0, 1)),
      option<&RetrainOptions::min_learned>(
          "min_learned", "Refuse a new model whose loss fell by less than this share while it was trained",
          between(0, 1)),
      option<&RetrainOptions::gate>(
          "gate", "Refuse a new model that predicts the newest listens worse than the old one, with 95 % certainty"),
      option<&RetrainOptions::keep_models>(
          "keep_models",
          "Make MODEL a link to a folder with the date, and keep this many of the newest; 0: replace the folder",
          between(0, 10'000)),
      option<&RetrainOptions::keep>("keep", "Keep the folder with the dataset and the new model, MODEL.retrain"),
      option<&RetrainOptions::nice>("nice", "How far to yield to other programs, as nice does", between(0, 19)),
  };
};
SEGUE_CHECK_OPTIONS(RetrainOptions);

namespace cli {
namespace {

namespace fs = std::filesystem;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// A folder for the files of one run, which nobody else may read. Another run of the same model is refused meanwhile.
class RetrainFolder {
 public:
  RetrainFolder(fs::path path, bool keep) : path_(std::move(path)), keep_(keep) {
    std::error_code error;
    fs::create_directory(path_, error);
    if (error) fail(ErrorCode::io_failed, "{}: {}", path_.string(), error.message());
    lock_ = open_for_reading(path_);
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
      fail(ErrorCode::unavailable, "{}: the model is being retrained already", path_.string());
    }
    clear();  // what a run left that was killed
    ::chmod(path_.c_str(), S_IRWXU);
  }
  ~RetrainFolder() {
    if (!keep_) fs::remove_all(path_, ignored_);
  }
  RetrainFolder(const RetrainFolder&) = delete;
  RetrainFolder& operator=(const RetrainFolder&) = delete;

  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  // Of the files of a run, only this one stays: people's listens do not lie around.
  void keep_only(std::string_view name) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path_, ignored_)) {
      if (entry.path().filename() != name) fs::remove_all(entry.path(), ignored_);
    }
    keep_ = true;
  }

 private:
  void clear() {
    for (const fs::directory_entry& entry : fs::directory_iterator(path_, ignored_)) {
      fs::remove_all(entry.path(), ignored_);
    }
  }

  fs::path path_;
  bool keep_;
  FileHandle lock_;
  std::error_code ignored_;
};

// What the model that is replaced was.
struct OldModel {
  std::uint64_t songs = 0;
  bool has_map = false;
  std::optional<std::int64_t> until;  // the newest play it was trained on
};

// Fewer plays than this decide nothing, so no time is spent on them.
constexpr std::uint64_t kFewestJudged = 200;

class RetrainCommand final : public Command {
 public:
  std::string_view name() const override { return "retrain"; }
  std::string_view summary() const override { return "Tomorrow's model: from a service's listens to its next model"; }
  std::string_view example() const override {
    return "  segue retrain model --store segue.sqlite\n"
           "  segue retrain model --store segue.sqlite --base playlists --log old-listens.zip --steps retrain.toml";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "The model folder to replace; made if there is none", model_);
    arguments.options(options_, {"store"});
  }

  void run(Terminal& terminal) override {
    const auto begin = std::chrono::steady_clock::now();
    if (::setpriority(PRIO_PROCESS, 0, static_cast<int>(options_.nice)) != 0) {
      terminal.note(fmt::format("--nice {}: not allowed", options_.nice));
    }
    const fs::path target = real_target();
    if (options_.keep_models > 0) pipeline::check_can_be_link(model_);
    const std::optional<OldModel> old = old_model(target);
    RetrainFolder folder((options_.keep_models > 0 ? fs::path(model_) : target).string() + ".retrain", options_.keep);
    const std::string listens = folder / "listens.jsonl";
    const std::string dataset = folder / "dataset";
    const std::string next = folder / "model";

    const std::uint64_t stored = count_of(step(terminal, "listens", export_words(old.has_value(), listens)), "listens");
    if (stored == 0 && options_.log.empty()) {
      fail(ErrorCode::bad_input, "{}: expected listens to train, found none yet", options_.store);
    }
    step(terminal, "dataset", ingest_words(stored > 0 ? listens : "", dataset));
    const json::object trained = step(terminal, "train", train_words(dataset, next, target, old));
    if (const std::string fault = fault_of(trained, old); !fault.empty()) {
      refuse(folder, fault, next);
    }
    if (old && options_.gate) {
      const std::string fault = judge(terminal, folder / "gate", stored > 0 ? listens : "", dataset, target, *old);
      if (!fault.empty()) refuse(folder, fault, next);
    }
    if (wants_map(old)) step(terminal, "map", map_words(next, target, old));
    publish(next, target);
    finish(terminal, trained, stored, old, seconds_since(begin));
  }

 private:
  [[noreturn]] void refuse(RetrainFolder& folder, const std::string& fault, const std::string& next) const {
    if (!options_.keep) folder.keep_only("model");
    fail(ErrorCode::bad_input, "{}; {} stays as it is, the new model is in {}", fault, model_, next);
  }

  // As one new version, on whose way nothing is copied that can be linked.
  void publish(const std::string& next, const fs::path& target) const {
    const auto as_it_is = [](const fs::path&) { return json::object{}; };
    if (options_.keep_models == 0) return model::extend_model(next, {}, as_it_is, "", target);
    const fs::path dated = pipeline::dated_folder(model_, std::chrono::system_clock::now());
    model::extend_model(next, {}, as_it_is, "", dated);
    pipeline::point_to(model_, dated);
    pipeline::remove_old_models(model_, options_.keep_models);
  }

  // What listeners played since the old model was trained is halved. A model that is trained as the new one, but
  // without the newer half, is compared with the old one on it: neither has seen it. Why the new model must not be
  // served, "" if it may.
  std::string judge(Terminal& terminal, const std::string& folder, const std::string& listens,
                    const std::string& dataset, const fs::path& target, const OldModel& old) {
    std::optional<std::int64_t> after;
    std::uint64_t positions = 0;
    if (old.until) {
      const data::Dataset all = data::open_dataset(dataset);
      after = evaluate::halfway_after(all.queues, *old.until);
      if (after) positions = evaluate::positions_after(all.queues, *after, kFewestJudged);
    }
    if (!after || positions < kFewestJudged) {
      terminal.note(
          fmt::format("--gate: {} plays to judge by since the old model was trained, of {} wanted: not judged",
                      positions, kFewestJudged));
      return "";
    }
    fs::create_directory(folder);
    const std::string until = data::utc_text(*after);
    const std::string before = folder + "/dataset";
    const std::string candidate = folder + "/model";
    std::vector<std::string> words = ingest_words(listens, before);
    words.insert(words.end(), {"--latest", until});
    step(terminal, "gate", words);
    step(terminal, "gate", train_words(before, candidate, target, old));
    const json::object found =
        step(terminal, "gate", {"compare", target.string(), candidate, "--dataset", dataset, "--judge-after", until});
    const json::object& judged = object_at(found, "judged", "result");
    const std::string rates =
        fmt::format("HR@10 {:.4f} on {} plays since {}, against {:.4f}", number_at(judged, "hit_rate_new", "result"),
                    with_commas(count_of(judged, "positions")), until, number_at(judged, "hit_rate_old", "result"));
    if (string_at(judged, "verdict", "result") != "worse") {
      if (!terminal.json()) terminal.report(fmt::format("{:20}{} of the old model\n", "", rates));
      return "";
    }
    return fmt::format("a model trained like the new one predicts worse than the old one: {} (--gate)", rates);
  }

  // Where a link leads: the folder there is replaced, and the link stays.
  fs::path real_target() const {
    std::error_code error;
    fs::path target = fs::weakly_canonical(model_, error);
    if (error) fail(ErrorCode::not_found, "{}: {}", model_, error.message());
    return target;
  }

  static std::optional<OldModel> old_model(const fs::path& target) {
    std::error_code error;
    if (!fs::exists(target, error)) return std::nullopt;
    const model::Model model(target);
    return OldModel{model.songs().size(), model.map() != nullptr, model.trend_until()};
  }

  bool wants_map(const std::optional<OldModel>& old) const {
    return options_.map == RetrainMap::yes || (options_.map == RetrainMap::automatic && old && old->has_map);
  }

  std::vector<std::string> with_steps(std::vector<std::string> words) const {
    if (!options_.steps.empty()) words.insert(words.end(), {"--config", options_.steps});
    return words;
  }

  // With the ids of the old model, so that songs keep them.
  std::vector<std::string> export_words(bool has_old, const std::string& listens) const {
    std::vector<std::string> words = {"listens", "export", "--store", options_.store, "-o", listens};
    if (has_old) words.insert(words.end(), {"--model", model_});
    return words;
  }

  std::vector<std::string> ingest_words(const std::string& listens, const std::string& dataset) const {
    std::vector<std::string> words = {"ingest"};
    if (!listens.empty()) words.push_back(listens);
    words.insert(words.end(), options_.log.begin(), options_.log.end());
    for (const std::string& base : options_.base) words.insert(words.end(), {"--base", base});
    words.insert(words.end(), {"-o", dataset});
    return with_steps(std::move(words));
  }

  // A model of other songs, such as one of the demo, has nothing to start from.
  static bool shares_songs(const std::string& dataset_folder, const fs::path& target) {
    const data::Dataset dataset = data::open_dataset(dataset_folder);
    return std::ranges::any_of(pipeline::old_rows_of(dataset.songs, model::Model(target).songs()),
                               [](std::uint32_t row) { return row != pipeline::kNotBefore; });
  }

  std::vector<std::string> train_words(const std::string& dataset, const std::string& next, const fs::path& target,
                                       const std::optional<OldModel>& old) const {
    std::vector<std::string> words = {"train", dataset, "-o", next};
    if (old && options_.warm && shares_songs(dataset, target)) words.insert(words.end(), {"--from", target.string()});
    return with_steps(std::move(words));
  }

  std::vector<std::string> map_words(const std::string& next, const fs::path& target,
                                     const std::optional<OldModel>& old) const {
    std::vector<std::string> words = {"map", next};
    if (old && old->has_map) words.insert(words.end(), {"--like", target.string()});
    return with_steps(std::move(words));
  }

  json::object step(Terminal& terminal, std::string_view name, const std::vector<std::string>& words) {
    const auto begin = std::chrono::steady_clock::now();
    json::value result = result_of_step(terminal, words);
    const double seconds = seconds_since(begin);
    if (terminal.json()) {
      steps_.push_back(
          json::object{{"step", name}, {"command", as_typed(words)}, {"seconds", seconds}, {"result", result}});
    } else {
      terminal.report(fmt::format("{:8}{:>10}  $ {}\n", name,
                                  duration_for_people(std::chrono::duration<double>(seconds)), as_typed(words)));
    }
    return std::move(result.as_object());
  }

  static std::uint64_t count_of(const json::object& document, std::string_view key) {
    return count_at(document, key, "result");
  }

  // Why the new model must not be served, "" if it may.
  std::string fault_of(const json::object& trained, const std::optional<OldModel>& old) const {
    const std::uint64_t songs = count_of(trained, "songs");
    if (old && static_cast<double>(songs) < options_.min_songs * static_cast<double>(old->songs)) {
      return fmt::format("the new model has {} songs, the old one {} (--min-songs {})", with_commas(songs),
                         with_commas(old->songs), options_.min_songs);
    }
    const json::array& epochs = trained.at("epochs").as_array();
    const double untrained = number_at(trained, "untrained_loss", "result");
    const double loss = epochs.empty() ? untrained : number_at(epochs.back().as_object(), "sample_loss", "result");
    if (!(loss <= (1 - options_.min_learned) * untrained)) {
      return fmt::format(
          "the loss fell only from {:.3f} to {:.3f}: the new model has learned nothing (--min-learned {})", untrained,
          loss, options_.min_learned);
    }
    return "";
  }

  void finish(Terminal& terminal, const json::object& trained, std::uint64_t listens,
              const std::optional<OldModel>& old, double seconds) {
    const std::uint64_t songs = count_of(trained, "songs");
    if (terminal.json()) {
      json::object document = {{"model", model_}, {"listens", listens}, {"songs", songs}, {"seconds", seconds}};
      if (old) document["songs_before"] = old->songs;
      document["steps"] = std::move(steps_);
      terminal.print(document);
      return;
    }
    terminal.report(fmt::format("{}: {} songs{}, of {} stored listens{}, in {}\n", model_, with_commas(songs),
                                old ? fmt::format(" ({} before)", with_commas(old->songs)) : "", with_commas(listens),
                                options_.base.empty() && options_.log.empty() ? "" : " and what was beside them",
                                duration_for_people(std::chrono::duration<double>(seconds))));
  }

  std::string model_;
  RetrainOptions options_;
  json::array steps_;
};

}  // namespace

std::unique_ptr<Command> make_retrain_command() {
  return std::make_unique<RetrainCommand>();
}

}  // namespace cli
}  // namespace segue
