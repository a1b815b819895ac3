// segue listens export | users | forget
#include <limits>
#include <optional>
#include <ranges>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"
#include "segue/model/model.h"
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
};

template <>
struct OptionsOf<ListensOptions> {
  static constexpr std::string_view section = "listens";
  static constexpr std::array rows = {
      option<&ListensOptions::store>("store", "Where the service stores listens and tokens"),
      option<&ListensOptions::output>("output", "export: the JSON Lines file to write, which segue ingest reads"),
      option<&ListensOptions::model>("model", "export: use this model's ids for the songs it knows"),
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

class ListensCommand final : public Command {
 public:
  std::string_view name() const override { return "listens"; }
  std::string_view summary() const override { return "Export a service's listens, list its users or forget one"; }
  std::string_view example() const override {
    return "  segue listens export --store segue.sqlite --model model -o listens.jsonl\n"
           "  segue ingest old-listens.tsv.gz listens.jsonl -o dataset\n"
           "  segue listens users --store segue.sqlite\n"
           "  segue listens forget ann --store segue.sqlite";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("ACTION", "export, users or forget", action_);
    arguments.optional_positional("USER", "export: only this user's listens; forget: the user to forget", users_);
    arguments.options(options_, {"store"});
  }

  void run(Terminal& terminal) override {
    static constexpr std::array<std::string_view, 3> kActions = {"export", "users", "forget"};
    if (action_ == "export") {
      if (users_.size() > 1) fail(ErrorCode::wrong_use, "export: expected at most one user, found {}", users_.size());
      if (options_.output.empty()) fail(ErrorCode::wrong_use, "export: --output is required (the file to write)");
      export_listens(terminal);
    } else if (action_ == "users") {
      if (!users_.empty()) fail(ErrorCode::wrong_use, "users: expected no user, found {}", users_.size());
      list_users(terminal);
    } else if (action_ == "forget") {
      if (users_.size() != 1) fail(ErrorCode::wrong_use, "forget: expected one user, found {}", users_.size());
      forget(terminal);
    } else {
      fail(ErrorCode::wrong_use, "expected export, users or forget, found \"{}\"{}", action_,
           did_you_mean(action_, kActions));
    }
  }

 private:
  struct Counts {
    std::uint64_t listens = 0;
    std::uint64_t of_the_model = 0;
  };

  void export_listens(Terminal& terminal) const {
    std::optional<model::Model> model;
    std::optional<search::SongMatcher> matcher;
    if (!options_.model.empty()) matcher.emplace(model.emplace(options_.model).songs());
    const std::unique_ptr<store::ListenStore> store = store::open_store(options_.store, store::IfMissing::refuse);

    AtomicFile file(options_.output);
    FileWriter writer(file.path());
    Counts counts;
    const auto write = [&](const store::StoredListen& listen) {
      if (terminal.stop().stop_requested()) {
        fail(ErrorCode::interrupted, "{}: stopped; nothing was written", options_.output);
      }
      std::string_view song_id = listen.song_id.empty() ? listen.recording_mbid : listen.song_id;
      if (matcher) {
        if (const auto row = matcher->find(listen)) {
          song_id = model->songs().id(*row);
          ++counts.of_the_model;
        }
      }
      writer.write(json::serialize(line_of(listen, song_id)) + '\n');
      if (++counts.listens % kListensBetweenUpdates == 0) terminal.progress().update(counts.listens, "");
      return true;
    };
    if (users_.empty()) {
      terminal.progress().begin("listens", store->facts().listens, "listens");
      store->for_each_listen(write);
    } else {
      store::ListenRange all;
      all.count = std::numeric_limits<std::size_t>::max();
      const std::vector<store::StoredListen> newest_first = store->listens_of(users_.front(), all);
      terminal.progress().begin("listens", newest_first.size(), "listens");
      for (const store::StoredListen& listen : newest_first | std::views::reverse) write(listen);
    }
    writer.close();
    file.commit();
    terminal.progress().end();
    report(terminal, counts);
  }

  void report(Terminal& terminal, const Counts& counts) const {
    if (terminal.json()) {
      json::object document = {{"output", options_.output}, {"listens", counts.listens}};
      if (!options_.model.empty()) document["of_the_model"] = counts.of_the_model;
      terminal.print(document);
    } else {
      terminal.print(fmt::format("{} listens", with_commas(counts.listens)));
      if (!options_.model.empty()) {
        terminal.print(fmt::format(", {} of songs in {}", with_commas(counts.of_the_model), options_.model));
      }
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
    const std::string& user = users_.front();
    const store::Forgotten gone = store::open_store(options_.store, store::IfMissing::refuse)->forget(user);
    if (gone.listens + gone.feedback + gone.tokens == 0) {
      fail(ErrorCode::not_found, "{}: no listens, feedback or tokens of this user in {}", for_terminal(user),
           options_.store);
    }
    if (terminal.json()) {
      terminal.print(json::object{
          {"user", user}, {"listens", gone.listens}, {"feedback", gone.feedback}, {"tokens", gone.tokens}});
    } else {
      terminal.print(fmt::format("forgotten: {} listens, {} feedback entries, {} tokens\n", with_commas(gone.listens),
                                 with_commas(gone.feedback), with_commas(gone.tokens)));
    }
  }

  std::string action_;
  std::vector<std::string> users_;
  ListensOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_listens_command() {
  return std::make_unique<ListensCommand>();
}

}  // namespace cli
}  // namespace segue
