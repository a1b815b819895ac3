// segue listens import | export | users | forget | expire
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <ranges>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/unix_time.h"
#include "segue/base/words.h"
#include "segue/data/dataset/ingest_options.h"
#include "segue/model/model.h"
#include "segue/pipeline/import_listens.h"
#include "segue/search/song_matcher.h"
#include "segue/store/store.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"

namespace segue {

struct ListensOptions {
  std::string store;
  std::string output;
  std::string model;
  std::chrono::milliseconds keep_listens{0};
};

template <>
struct OptionsOf<ListensOptions> {
  static constexpr std::string_view section = "listens";
  static constexpr std::array rows = {
      option<&ListensOptions::store>("store", "Where the service stores listens and tokens"),
      option<&ListensOptions::output>("output", "export: the JSON Lines file to write, which segue ingest reads"),
      option<&ListensOptions::model>(
          "model", "export: use this model's ids for the songs it knows; import: count the listens it knows"),
      option<&ListensOptions::keep_listens>("keep_listens",
                                            "expire: delete the listens and skips that are older, such as 400d"),
  };
};
SEGUE_CHECK_OPTIONS(ListensOptions);

namespace cli {
namespace {

constexpr std::uint64_t kListensBetweenUpdates = 4096;

// One line of an export; ingest recognises its keys.
json::object line_of(const store::StoredListen& listen, std::string_view song_id) {
  json::object line = {{"user", listen.user}, {"listened_at", listen.listened_at}};
  line["song_id"] = song_id;
  line["artist"] = listen.artist;
  line["title"] = listen.title;
  line["album"] = listen.release;
  return line;
}

struct Counts {
  std::uint64_t listens = 0;
  std::uint64_t of_the_model = 0;  // of the listens
  std::uint64_t skips = 0;
};

// The lines of an export, with a model's ids for the songs that it knows.
class ExportWriter {
 public:
  // `before_each` is called with the number of listens written so far. `model` may be nullptr.
  ExportWriter(const std::filesystem::path& path, const model::Model* model,
               std::function<void(std::uint64_t)> before_each)
      : writer_(path), model_(model), before_each_(std::move(before_each)) {
    if (model != nullptr) matcher_.emplace(model->songs());
  }

  bool add_listen(const store::StoredListen& listen) {
    before_each_(counts_.listens);
    const std::optional<data::SongRow> row = row_of(listen);
    write(line_of(listen, id_of(listen, row)));
    ++counts_.listens;
    if (row) ++counts_.of_the_model;
    return true;
  }
  bool add_skip(const store::StoredListen& skip) {
    before_each_(counts_.listens);
    json::object line = line_of(skip, id_of(skip, row_of(skip)));
    line["skipped"] = true;
    write(line);
    ++counts_.skips;
    return true;
  }
  void close() { writer_.close(); }
  const Counts& counts() const { return counts_; }

 private:
  std::optional<data::SongRow> row_of(const store::StoredListen& listen) const {
    return matcher_ ? matcher_->find(listen) : std::nullopt;
  }
  std::string_view id_of(const store::StoredListen& listen, std::optional<data::SongRow> row) const {
    if (row) return model_->songs().id(*row);
    return listen.song_id.empty() ? listen.recording_mbid : listen.song_id;
  }
  void write(const json::object& line) { writer_.write(json::serialize(line) + '\n'); }

  FileWriter writer_;
  const model::Model* model_;
  std::optional<search::SongMatcher> matcher_;
  std::function<void(std::uint64_t)> before_each_;
  Counts counts_;
};

class ListensCommand final : public Command {
 public:
  std::string_view name() const override { return "listens"; }
  std::string_view summary() const override {
    return "Import, export or expire a service's listens, list or forget users";
  }
  std::string_view example() const override {
    return "  segue listens import my_spotify_data.zip --store segue.sqlite --user ann\n"
           "  segue listens export --store segue.sqlite --model model -o listens.jsonl\n"
           "  segue ingest old-listens.tsv.gz listens.jsonl -o dataset\n"
           "  segue listens users --store segue.sqlite\n"
           "  segue listens forget ann --store segue.sqlite\n"
           "  segue listens expire --keep-listens 400d --store segue.sqlite";
  }

  void declare(Arguments& arguments) override {
    arguments.action("import, export, users, forget or expire", action_, kActions);
    arguments.optional_positional(
        "NAME", "import: logs in any form that segue ingest reads; export: only this user's listens; forget: the user",
        names_);
    arguments.options(options_, {"store"});
    // Of a log, not of the dataset that ingest would make.
    arguments.options(ingest_, {},
                      {"output", "kind", "songs", "base", "songs_column", "songs_columns", "identity", "merge_versions",
                       "anonymise", "session_gap", "max_session", "keep_repeats", "min_session", "rejects", "memory"});
  }

  void run(Terminal& terminal) override {
    if (action_ == "import") {
      if (names_.empty()) fail(ErrorCode::wrong_use, "import: expected a log, found none");
      import_listens(terminal);
    } else if (action_ == "export") {
      if (names_.size() > 1) fail(ErrorCode::wrong_use, "export: expected at most one user, found {}", names_.size());
      if (options_.output.empty()) fail(ErrorCode::wrong_use, "export: --output is required (the file to write)");
      export_listens(terminal);
    } else if (action_ == "users") {
      if (!names_.empty()) fail(ErrorCode::wrong_use, "users: expected no user, found {}", names_.size());
      list_users(terminal);
    } else if (action_ == "forget") {
      if (names_.size() != 1) fail(ErrorCode::wrong_use, "forget: expected one user, found {}", names_.size());
      forget(terminal);
    } else if (action_ == "expire") {
      if (!names_.empty()) fail(ErrorCode::wrong_use, "expire: expected no user, found {}", names_.size());
      if (options_.keep_listens.count() == 0) {
        fail(ErrorCode::wrong_use, "expire: --keep-listens is required (how old listens may be, such as 400d)");
      }
      expire(terminal);
    } else {
      fail(ErrorCode::wrong_use, "expected import, export, users, forget or expire, found \"{}\"{}", action_,
           did_you_mean(action_, kActions));
    }
  }

 private:
  static constexpr std::array<std::string_view, 5> kActions = {"import", "export", "users", "forget", "expire"};
  void import_listens(Terminal& terminal) const {
    const std::unique_ptr<store::ListenStore> store = store::open_store(options_.store, store::IfMissing::create);
    const pipeline::ImportReport report =
        pipeline::import_listens(names_, ingest_, *store, terminal.progress(), terminal.stop());
    std::optional<Counts> counts;
    if (!options_.model.empty()) counts = known_to_model(*store, report.users);
    terminal.json() ? terminal.print(document(report, counts)) : terminal.print(text(report, counts));
  }

  // Of all listens of these users.
  Counts known_to_model(store::ListenStore& store, const std::set<std::string>& users) const {
    const model::Model model(options_.model);
    const search::SongMatcher matcher(model.songs());
    Counts counts;
    for (const std::string& user : users) {
      counts.listens += store.listen_count(user);
      store::ListenRange all;
      all.count = std::numeric_limits<std::size_t>::max();
      for (const store::StoredListen& listen : store.listens_of(user, all)) {
        if (matcher.find(listen)) ++counts.of_the_model;
      }
    }
    return counts;
  }

  json::object document(const pipeline::ImportReport& report, const std::optional<Counts>& counts) const {
    json::array users;
    for (const std::string& user : report.users) users.push_back(json::string(user));
    json::object document = {{"store", options_.store},   {"added", report.added},
                             {"known", report.known},     {"skipped", report.skipped},
                             {"users", std::move(users)}, {"rows", report.read.rows},
                             {"logs", report.read.logs},  {"dropped", report.read.dropped.to_json()}};
    if (counts) {
      document["listens"] = counts->listens;
      document["of_the_model"] = counts->of_the_model;
    }
    return document;
  }

  std::string text(const pipeline::ImportReport& report, const std::optional<Counts>& counts) const {
    std::string text;
    for (const std::string& source : report.read.sources) text += fmt::format("recognised: {}\n", source);
    text += fmt::format(
        "{} listens of {} imported", with_commas(report.added),
        report.users.size() == 1 ? for_terminal(*report.users.begin()) : with_commas(report.users.size()) + " users");
    if (report.known > 0) text += fmt::format(", {} were there before", with_commas(report.known));
    if (report.skipped > 0) text += fmt::format("; {} skips left out", with_commas(report.skipped));
    if (report.playlists > 0) text += fmt::format("; {} playlists left out", with_commas(report.playlists));
    if (report.read.dropped.total() > 0)
      text += fmt::format("; {} rows dropped", with_commas(report.read.dropped.total()));
    text += '\n';
    if (counts) {
      text += fmt::format("of {} listens in the store, {} are of songs in {}\n", with_commas(counts->listens),
                          with_commas(counts->of_the_model), options_.model);
    }
    return text;
  }

  void export_listens(Terminal& terminal) const {
    std::optional<model::Model> model;
    if (!options_.model.empty()) model.emplace(options_.model);
    const std::unique_ptr<store::ListenStore> store = store::open_store(options_.store, store::IfMissing::refuse);

    AtomicFile file(options_.output);
    ExportWriter writer(file.path(), model ? &*model : nullptr, [&](std::uint64_t listens) {
      if (terminal.stop().stop_requested()) {
        fail(ErrorCode::interrupted, "{}: stopped; nothing was written", options_.output);
      }
      if (listens % kListensBetweenUpdates == 0) terminal.progress().update(listens, "");
    });
    // Skips first: ingest takes the columns of a log from its first rows.
    if (names_.empty()) {
      terminal.progress().begin("listens", store->facts().listens, "listens");
      store->for_each_skip([&](const store::StoredListen& skip) { return writer.add_skip(skip); });
      store->for_each_listen([&](const store::StoredListen& listen) { return writer.add_listen(listen); });
    } else {
      store::ListenRange all;
      all.count = std::numeric_limits<std::size_t>::max();
      const std::vector<store::StoredListen> newest_first = store->listens_of(names_.front(), all);
      terminal.progress().begin("listens", newest_first.size(), "listens");
      for (const auto& skip : store->skips_of(names_.front(), all.count) | std::views::reverse) writer.add_skip(skip);
      for (const store::StoredListen& listen : newest_first | std::views::reverse) writer.add_listen(listen);
    }
    writer.close();
    file.commit();
    terminal.progress().end();
    report(terminal, writer.counts());
  }

  void report(Terminal& terminal, const Counts& counts) const {
    if (terminal.json()) {
      json::object document = {{"output", options_.output}, {"listens", counts.listens}, {"skips", counts.skips}};
      if (!options_.model.empty()) document["of_the_model"] = counts.of_the_model;
      terminal.print(document);
    } else {
      terminal.print(fmt::format("{} listens", with_commas(counts.listens)));
      if (!options_.model.empty()) {
        terminal.print(fmt::format(", {} of songs in {}", with_commas(counts.of_the_model), options_.model));
      }
      if (counts.skips > 0) terminal.print(fmt::format("; {} skips", with_commas(counts.skips)));
      terminal.print("\n");
    }
  }

  void list_users(Terminal& terminal) const {
    const std::unique_ptr<store::ListenStore> store = store::open_store(options_.store, store::IfMissing::refuse);
    json::object document;
    json::array& items = document["items"].emplace_array();
    Table table({"user", ">listens"});
    for (const std::string& user : store->users("", std::numeric_limits<std::size_t>::max())) {
      const std::uint64_t listens = store->listen_count(user);
      items.push_back(json::object{{"user", user}, {"listens", listens}});
      table.add({for_terminal(user), with_commas(listens)});
    }
    if (terminal.json()) {
      terminal.print(document);
    } else {
      terminal.print(table.text());
    }
  }

  void forget(Terminal& terminal) const {
    const std::string& user = names_.front();
    const store::Forgotten gone = store::open_store(options_.store, store::IfMissing::refuse)->forget(user);
    if (gone.listens + gone.feedback + gone.tokens + gone.events == 0) {
      fail(ErrorCode::not_found, "{}: no listens, feedback, tokens or events of this user in {}", for_terminal(user),
           options_.store);
    }
    if (terminal.json()) {
      terminal.print(json::object{{"user", user},
                                  {"listens", gone.listens},
                                  {"feedback", gone.feedback},
                                  {"tokens", gone.tokens},
                                  {"events", gone.events}});
    } else {
      terminal.print(fmt::format("forgotten: {} listens, {} feedback entries, {} tokens, {} events\n",
                                 with_commas(gone.listens), with_commas(gone.feedback), with_commas(gone.tokens),
                                 with_commas(gone.events)));
    }
  }

  // In batches, so that a running service can add listens meanwhile.
  void expire(Terminal& terminal) const {
    static constexpr std::size_t kAtOnce = 1000;
    const std::unique_ptr<store::ListenStore> store = store::open_store(options_.store, store::IfMissing::refuse);
    const std::int64_t before =
        unix_now() - std::chrono::duration_cast<std::chrono::seconds>(options_.keep_listens).count();
    std::uint64_t removed = 0;
    for (std::uint64_t batch = 1; batch > 0; removed += batch) {
      if (terminal.stop().stop_requested()) {
        fail(ErrorCode::interrupted, "{}: stopped; {} listens were removed", options_.store, removed);
      }
      batch = store->remove_older(before, kAtOnce);
    }
    if (terminal.json()) {
      terminal.print(json::object{{"removed", removed}, {"before", before}});
    } else {
      terminal.print(fmt::format("{} listens and skips of before {:%Y-%m-%d} removed\n", with_commas(removed),
                                 fmt::gmtime(static_cast<std::time_t>(before))));
    }
  }

  std::string action_;
  std::vector<std::string> names_;
  ListensOptions options_;
  data::IngestOptions ingest_;
};

}  // namespace

std::unique_ptr<Command> make_listens_command() {
  return std::make_unique<ListensCommand>();
}

}  // namespace cli
}  // namespace segue
