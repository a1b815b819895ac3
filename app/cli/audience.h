// Commands for many listeners at once: --users with --dataset, or --histories.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "segue/base/options.h"
#include "segue/data/dataset/dataset.h"
#include "segue/model/model.h"
#include "segue/pipeline/histories.h"
#include "segue/pipeline/list_output.h"

#include "app/cli/terminal.h"

namespace segue {

namespace cli {

struct AudienceOptions {
  std::string users;
  std::string histories;
};

}  // namespace cli

template <>
struct OptionsOf<cli::AudienceOptions> {
  static constexpr std::string_view section = "audience";
  static constexpr std::array rows = {
      option<&cli::AudienceOptions::users>(
          "users", "Many users of --dataset: all, or a file of ids (a line each, or a column user)"),
      option<&cli::AudienceOptions::histories>(
          "histories", "Instead of a dataset, a table with a row a user: columns user, and songs, a list of ids"),
  };
};
SEGUE_CHECK_OPTIONS(cli::AudienceOptions);

namespace cli {

bool asks_for_many(const AudienceOptions& options);

// The listeners that were asked for. The model's catalogue has to outlive it.
class Audience {
 public:
  // Throws wrong_use unless it is either --users with --dataset or --histories; what datasets and files throw. Notes
  // users that the dataset does not have.
  Audience(const AudienceOptions& options, const std::string& dataset, const data::Catalogue& songs,
           std::size_t threads, Terminal& terminal);

  pipeline::HistorySource& source() { return *source_; }

 private:
  std::optional<data::Dataset> dataset_;
  std::unique_ptr<pipeline::HistorySource> source_;
};

// Opens the output and reports what is there already. `plan`: without the input, which is read for a folder only.
std::unique_ptr<pipeline::ListOutput> open_lists(const std::string& output, const pipeline::ListLayout& layout,
                                                 const pipeline::ListTableOptions& options,
                                                 const data::Catalogue& songs, pipeline::ListPlan plan,
                                                 const pipeline::HistorySource& source, Terminal& terminal);

// What was written. `whose`: "users" or "songs".
void report_lists(const std::string& output, const pipeline::ListCounts& counts, std::string_view whose,
                  Terminal& terminal);

}  // namespace cli
}  // namespace segue
