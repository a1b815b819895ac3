// segue demo: runs all steps on the bundled playlists, as commands that a user would type.

#include <filesystem>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/data/dataset/dataset.h"

#include "app/cli/commands.h"
#include "app/cli/steps.h"

namespace segue {

struct DemoOptions {
  std::string output = "demo";
  std::string playlists;
  std::vector<std::string> listens;
  bool serve = true;
  std::uint16_t port = 8080;
};

template <>
struct OptionsOf<DemoOptions> {
  static constexpr std::string_view section = "demo";
  static constexpr std::array rows = {
      option<&DemoOptions::output>("output", "Folder for the dataset, the model and the map"),
      option<&DemoOptions::playlists>(
          "playlists", "Folder with playlists.tsv.gz and songs.tsv.gz to use instead of the bundled ones"),
      option<&DemoOptions::listens>(
          "listens",
          "A log of one's own listens, in any form that segue ingest reads: trained beside the "
          "playlists, and what to hear next comes from it; may be repeated"),
      option<&DemoOptions::serve>("serve", "Finally serve the web app, on this machine only, until Ctrl-C"),
      option<&DemoOptions::port>("port", "Port of the web app; 0 for any free one", between(0, 65535)),
  };
};
SEGUE_CHECK_OPTIONS(DemoOptions);

namespace cli {
namespace {

namespace fs = std::filesystem;

// The bundled playlists: where `make install` put them, or in the source tree of this binary.
fs::path bundled_playlists() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const char* place : {"../share/segue/demo", "../../../data/demo"}) {
    fs::path folder = (program.parent_path() / place).lexically_normal();
    if (fs::exists(folder / "playlists.tsv.gz", error)) return folder;
  }
  fail(ErrorCode::not_found,
       "the bundled playlists: found neither next to {} nor in its source tree; --playlists names their folder",
       program.string());
}

std::vector<std::string> joined(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class DemoCommand final : public Command {
 public:
  std::string_view name() const override { return "demo"; }
  std::string_view summary() const override { return "Run all steps on the bundled playlists, or one's own listens"; }
  std::string_view example() const override {
    return "  segue demo --output demo\n"
           "  segue demo --listens my_spotify_data.zip --output mine";
  }
  void declare(Arguments& arguments) override { arguments.options(options_); }

  void run(Terminal& terminal) override {
    const fs::path source = options_.playlists.empty() ? bundled_playlists() : fs::path(options_.playlists);
    const fs::path output = options_.output;
    std::error_code error;
    for (const char* name : {"playlists.tsv.gz", "songs.tsv.gz"}) {
      if (!fs::exists(source / name, error)) {
        fail(ErrorCode::not_found, "{}: no such file", (source / name).string());
      }
    }
    if (fs::exists(output, error) && !fs::is_directory(output, error)) {
      fail(ErrorCode::wrong_use, "{}: expected a folder to write, found a file", output.string());
    }
    fs::create_directories(output, error);
    if (error) fail(ErrorCode::io_failed, "{}: {}", output.string(), error.message());
    if (options_.listens.empty()) return show_playlists(terminal, source, output);
    show_listens(terminal, source, output);
  }

 private:
  void ingest_playlists(Terminal& terminal, const fs::path& source, const std::string& dataset) {
    step(terminal,
         {"ingest", (source / "playlists.tsv.gz").string(), "--columns", "playlist,time,name,songs", "--songs",
          (source / "songs.tsv.gz").string(), "--songs-columns", "id,title,artist", "-o", dataset});
  }

  // One's own listens beside the playlists, to what is worth hearing next.
  void show_listens(Terminal& terminal, const fs::path& source, const fs::path& output) {
    const std::string others = (output / "playlists").string();
    const std::string dataset = (output / "dataset").string();
    const std::string model = (output / "model").string();
    const std::string store = (output / "segue.sqlite").string();
    const std::string page = (output / "map.html").string();
    ingest_playlists(terminal, source, others);
    step(terminal, joined(joined({"ingest"}, options_.listens), {"--base", others, "-o", dataset}));
    step(terminal, {"train", dataset, "-o", model});
    const std::string user = most_active_user(dataset);
    step(terminal, {"recommend", model, "--user", user, "--dataset", dataset, "--explain"});
    step(terminal, {"recommend", model, "--user", user, "--dataset", dataset, "--mode", "rediscover"});
    step(terminal, {"map", model, "--png", (output / "map.png").string(), "--html", page});
    step(terminal, joined(joined({"listens", "import"}, options_.listens), {"--store", store, "--model", model}));
    if (terminal.json()) {
      terminal.print(json::object{{"dataset", dataset},
                                  {"model", model},
                                  {"store", store},
                                  {"user", user},
                                  {"map", page},
                                  {"steps", std::move(steps_)}});
    } else {
      terminal.report(fmt::format(
          "The dataset is in {}, the model in {}, the listens in {}. Open {} in a browser, and try:\n  {}\n", dataset,
          model, store, page, as_typed({"recommend", model, "--user", user, "--dataset", dataset, "--mode", "any"})));
    }
    if (options_.serve && !terminal.json()) {
      terminal.report(fmt::format("\nWhat to hear next, and why: http://127.0.0.1:{}/#/listeners?user={}\n\n",
                                  options_.port, user));
      step(terminal, {"serve", model, "--open-loopback", "--store", store, "--port", std::to_string(options_.port)});
    }
  }

  static std::string most_active_user(const std::string& folder) {
    const data::Dataset dataset = data::open_dataset(folder);
    const json::value* const users = dataset.manifest.fields.if_contains("largest_users");
    if (users == nullptr || !users->is_array() || users->get_array().empty()) {
      fail(ErrorCode::bad_input, "--listens: expected listens of somebody, found only playlists");
    }
    return std::string(users->get_array().front().at("user").as_string());
  }

  void show_playlists(Terminal& terminal, const fs::path& source, const fs::path& output) {
    const std::string dataset = (output / "dataset").string();
    const std::string model = (output / "model").string();
    ingest_playlists(terminal, source, dataset);
    // Half a million plays need more passes and a wider window than the defaults, which suit large logs.
    const std::vector<std::string> training = {"--epochs", "20", "--window", "10", "--subsample", "1e-4"};
    step(terminal, joined({"train", dataset, "-o", model}, training));
    step(terminal, {"info", model, "--verify"});
    const std::string report = (output / "evaluation.json").string();
    step(terminal, joined({"evaluate", dataset, "--baselines", "popularity,co-count,vstan,sgns,blend", "--report",
                           report, "--html", (output / "evaluation.html").string()},
                          training));
    step(terminal, {"similar", model, "Luke Combs Hurricane"});
    step(terminal, {"similar", model, "Miles Davis"});
    step(terminal, {"recommend", model, "Dolly Parton Jolene", "Bob Marley Jamming", "--explain"});
    const std::string page = (output / "map.html").string();
    step(terminal, {"map", model, "--png", (output / "map.png").string(), "--html", page});
    if (terminal.json()) {
      terminal.print(json::object{
          {"dataset", dataset}, {"model", model}, {"evaluation", report}, {"map", page}, {"steps", std::move(steps_)}});
    } else {
      terminal.report(fmt::format("The dataset is in {}, the model in {}. Open {} in a browser, and try:\n  {}\n",
                                  dataset, model, page, as_typed({"similar", model, "a song you like"})));
    }
    // The last step does not end by itself, so --json, which prints one document at the end, skips it.
    if (options_.serve && !terminal.json()) {
      terminal.report("\n");
      step(terminal,
           {"serve", model, "--open-loopback", "--evaluation", report, "--port", std::to_string(options_.port)});
    }
  }

  void step(Terminal& terminal, const std::vector<std::string>& words) {
    if (!terminal.json()) return show_step(terminal, words);
    steps_.push_back(json::object{{"command", as_typed(words)}, {"result", result_of_step(terminal, words)}});
  }

  DemoOptions options_;
  json::array steps_;
};

}  // namespace

std::unique_ptr<Command> make_demo_command() {
  return std::make_unique<DemoCommand>();
}

}  // namespace cli
}  // namespace segue
