// segue index MODEL
#include <chrono>

#include <fmt/format.h>

#include "segue/base/words.h"
#include "segue/pipeline/rebuild_index.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue {
namespace cli {

struct IndexRun {
  std::uint64_t seed = 1;
  std::uint32_t threads = 0;
};

}  // namespace cli

template <>
struct OptionsOf<cli::IndexRun> {
  static constexpr std::string_view section = "index";
  static constexpr std::array rows = {
      option<&cli::IndexRun::seed>("seed", "Seed of the graph's levels", at_least(0)),
      option<&cli::IndexRun::threads>(
          "threads", "Threads to use, 0 for all cores; one thread and one seed give the same graph", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(cli::IndexRun);

namespace cli {

namespace {

class IndexCommand final : public Command {
 public:
  std::string_view name() const override { return "index"; }
  std::string_view summary() const override { return "Rebuild a model's search graph"; }
  std::string_view example() const override {
    return "  segue index model\n"
           "  segue index model --index graph --index-links 32 --index-width 200";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.options(options_);
    arguments.options(run_);
  }

  void run(Terminal& terminal) override {
    const json::object index =
        pipeline::rebuild_index(model_, {options_, run_.seed, run_.threads}, terminal.progress(), terminal.stop());
    if (terminal.json()) {
      terminal.print(json::value{{"model", model_}, {"index", index}});
    } else {
      terminal.report(text(index));
    }
  }

 private:
  std::string text(const json::object& index) const {
    if (index.at("kind") == "exact") return fmt::format("{}: every song is compared, without a graph\n", model_);
    Table table({"", ">", ""});
    table.add({"songs", with_commas(index.at("songs").to_number<std::uint64_t>()), "in the graph"});
    table.add({"time", duration_for_people(std::chrono::duration<double>(index.at("seconds").as_double())), ""});
    table.add({"recall", fmt::format("{:.3f}", index.at("recall_at_10").as_double()),
               fmt::format("of the 10 nearest to each of {} songs",
                           with_commas(index.at("recall_songs").to_number<std::uint64_t>()))});
    return table.text();
  }

  std::string model_;
  model::IndexOptions options_;
  IndexRun run_;
};

}  // namespace

std::unique_ptr<Command> make_index_command() {
  return std::make_unique<IndexCommand>();
}

}  // namespace cli
}  // namespace segue
