// segue export MODEL --format F -o OUT
#include "segue/model/export.h"

#include <fmt/format.h>

#include "segue/base/options_json.h"
#include "segue/base/words.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue::cli {

namespace {

class ExportCommand final : public Command {
 public:
  std::string_view name() const override { return "export"; }
  std::string_view summary() const override { return "Export a model's vectors in the formats of other tools"; }
  std::string_view example() const override {
    return "  segue export model --format word2vec-binary --replace-spaces _ -o vectors.bin\n"
           "  segue export model --format parquet -o vectors.parquet";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.options(options_, {"format", "output"});
  }

  void run(Terminal& terminal) override {
    const model::Model model(model_);
    model::export_model(model, options_, terminal.progress(), terminal.stop());
    if (terminal.json()) {
      terminal.print(json::object{
          {"options", options_to_json(options_)}, {"songs", model.songs().size()}, {"dim", model.vectors().columns}});
    } else {
      terminal.note(fmt::format("{}: {} vectors of {} numbers", options_.output, with_commas(model.songs().size()),
                                model.vectors().columns));
    }
  }

 private:
  std::string model_;
  model::ExportOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_export_command() {
  return std::make_unique<ExportCommand>();
}

}  // namespace segue::cli
