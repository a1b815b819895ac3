// segue features MODEL [--dataset DATASET | --histories FILE] -o DIR
#include "segue/pipeline/features.h"

#include <optional>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/model/model.h"

#include "app/cli/audience.h"
#include "app/cli/command.h"
#include "app/cli/commands.h"

namespace segue {
namespace cli {

struct FeaturesPlaces {
  std::string dataset;
  std::string output;
};

}  // namespace cli

template <>
struct OptionsOf<cli::FeaturesPlaces> {
  static constexpr std::string_view section = "features";
  static constexpr std::array rows = {
      option<&cli::FeaturesPlaces::dataset>("dataset", "The dataset folder with the users' queues"),
      option<&cli::FeaturesPlaces::output>("output", "The folder to write"),
  };
};
SEGUE_CHECK_OPTIONS(cli::FeaturesPlaces);

namespace cli {

namespace {

class FeaturesCommand final : public Command {
 public:
  std::string_view name() const override { return "features"; }
  std::string_view summary() const override { return "Song and user vectors as tables for a feature store"; }
  std::string_view example() const override {
    return "  segue features model -o features\n"
           "  segue features model --dataset dataset --timestamp 2026-11-22T04:00:00Z -o features\n"
           "  segue features model --histories histories.parquet --half-life 20 -o features";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.options(places_, {"output"});
    arguments.options(audience_);
    arguments.options(options_);
  }

  void run(Terminal& terminal) override {
    const model::Model model(model_);
    std::optional<Audience> audience;
    if (!places_.dataset.empty() && !asks_for_many(audience_)) audience_.users = "all";
    if (asks_for_many(audience_)) {
      audience.emplace(audience_, places_.dataset, model.songs(), options_.threads, terminal);
    }
    const pipeline::FeatureCounts counts =
        pipeline::write_features(model, audience ? &audience->source() : nullptr, options_, places_.output,
                                 terminal.progress(), terminal.stop());
    report(counts, model.vectors().columns, terminal);
  }

 private:
  void report(const pipeline::FeatureCounts& counts, std::size_t dim, Terminal& terminal) const {
    if (terminal.json()) {
      terminal.print(json::object{{"output", places_.output},
                                  {"dim", dim},
                                  {"songs", counts.songs},
                                  {"users", counts.users},
                                  {"without_vector", counts.without_vector}});
      return;
    }
    std::string text = fmt::format("{}: vectors of {} numbers for {} songs and {} users\n", places_.output, dim,
                                   with_commas(counts.songs), with_commas(counts.users));
    if (counts.without_vector > 0) {
      text += fmt::format("without a vector: {} users who played no song that has one\n",
                          with_commas(counts.without_vector));
    }
    terminal.report(text);
  }

  std::string model_;
  FeaturesPlaces places_;
  AudienceOptions audience_;
  pipeline::FeatureOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_features_command() {
  return std::make_unique<FeaturesCommand>();
}

}  // namespace cli
}  // namespace segue
