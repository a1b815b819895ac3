#include "app/cli/audience.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::cli {

namespace {

constexpr std::string_view kAllUsers = "all";

std::string counted(std::uint64_t count, std::string_view whose) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? whose.substr(0, whose.size() - 1) : whose);
}

void note_unknown_users(const pipeline::DatasetHistories& users, const std::string& file, Terminal& terminal) {
  if (users.unknown_users() == 0) return;
  terminal.note(fmt::format("{}: {} not in the dataset, such as {}", file, counted(users.unknown_users(), "users"),
                            users.first_unknown()));
}

}  // namespace

bool asks_for_many(const AudienceOptions& options) {
  return !options.users.empty() || !options.histories.empty();
}

Audience::Audience(const AudienceOptions& options, const std::string& dataset, const data::Catalogue& songs,
                   std::size_t threads, Terminal& terminal) {
  if (!options.histories.empty()) {
    if (!options.users.empty() || !dataset.empty()) {
      fail(ErrorCode::wrong_use, "expected --histories alone or --users with --dataset, found both");
    }
    source_ = std::make_unique<pipeline::FileHistories>(std::vector{options.histories}, songs);
    return;
  }
  if (dataset.empty()) fail(ErrorCode::wrong_use, "expected --users and --dataset together, found only --users");
  dataset_ = data::open_dataset(dataset);
  if (options.users == kAllUsers) {
    source_ = std::make_unique<pipeline::DatasetHistories>(*dataset_, songs, threads);
    return;
  }
  auto users = std::make_unique<pipeline::DatasetHistories>(*dataset_, songs, pipeline::read_ids(options.users, "user"),
                                                            threads);
  note_unknown_users(*users, options.users, terminal);
  source_ = std::move(users);
}

std::unique_ptr<pipeline::ListOutput> open_lists(const std::string& output, const pipeline::ListLayout& layout,
                                                 const pipeline::ListTableOptions& options,
                                                 const data::Catalogue& songs, pipeline::ListPlan plan,
                                                 const pipeline::HistorySource& source, Terminal& terminal) {
  if (pipeline::is_list_folder(output)) plan["input"] = source.digest();
  auto opened = std::make_unique<pipeline::ListOutput>(output, layout, options, songs, plan);
  if (opened->complete()) {
    terminal.note(fmt::format("{}: complete already, nothing to do", output));
  } else if (opened->resumed_lists() > 0) {
    terminal.note(fmt::format("{}: resuming after {} lists", output, with_commas(opened->resumed_lists())));
  }
  return opened;
}

void report_lists(const std::string& output, const pipeline::ListCounts& counts, std::string_view whose,
                  Terminal& terminal) {
  if (terminal.json()) {
    terminal.print(json::object{{"output", output},
                                {"lists", counts.lists},
                                {"empty", counts.empty},
                                {"unknown", counts.unknown},
                                {"rows", counts.rows},
                                {"unknown_plays", counts.unknown_plays}});
    return;
  }
  std::string text =
      fmt::format("{}: {} of {}\n", output, counted(counts.rows, "rows"), counted(counts.lists - counts.empty, whose));
  if (counts.empty > 0) {
    text += fmt::format("without a list: {}", counted(counts.empty, whose));
    if (counts.unknown > 0) {
      text += fmt::format(", of whom {} played no song that the model has", with_commas(counts.unknown));
    }
    text += "\n";
  }
  if (counts.unknown_plays > 0) {
    text += fmt::format("not in the model: the songs of {}\n", counted(counts.unknown_plays, "plays"));
  }
  terminal.report(text);
}

}  // namespace segue::cli
