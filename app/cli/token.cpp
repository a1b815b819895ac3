// segue token create | list | remove
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/store/tokens.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"

namespace segue {

struct TokenOptions {
  std::string store;
  std::string user;
  std::string name;
  bool read = false;
  bool submit = false;
  bool admin = false;
  bool metrics = false;
  bool uuid = false;
};

template <>
struct OptionsOf<TokenOptions> {
  static constexpr std::string_view section = "token";
  static constexpr std::array rows = {
      option<&TokenOptions::store>("store", "Where the service stores listens and tokens"),
      option<&TokenOptions::user>("user",
                                  "The user of the token; without it the token is a service's and acts for every user"),
      option<&TokenOptions::name>("name", "Name of the token in the list"),
      option<&TokenOptions::read>("read", "Allow reading: songs, recommendations, listens"),
      option<&TokenOptions::submit>("submit", "Allow submitting listens"),
      option<&TokenOptions::admin>("admin", "Allow everything, including reloading models"),
      option<&TokenOptions::metrics>("metrics", "Allow reading /metrics and nothing else, as a scraper needs"),
      option<&TokenOptions::uuid>("uuid", "Make the secret a UUID, as some ListenBrainz clients require"),
  };
};
SEGUE_CHECK_OPTIONS(TokenOptions);

namespace cli {
namespace {

json::object json_of(const store::StoredToken& token) {
  return {{"id", token.id},
          {"user", token.user},
          {"name", token.name},
          {"read", token.read},
          {"submit", token.submit},
          {"admin", token.admin},
          {"metrics", token.for_metrics()},
          {"created", token.created}};
}

class TokenCommand final : public Command {
 public:
  std::string_view name() const override { return "token"; }
  std::string_view summary() const override { return "Create, list and remove a service's tokens"; }
  std::string_view example() const override {
    return "  segue token create --store listens.sqlite --user ann --read --submit --name phone\n"
           "  segue token create --store listens.sqlite --metrics --name prometheus\n"
           "  segue token list --store listens.sqlite\n"
           "  segue token remove 3kf8Ws0xQa --store listens.sqlite";
  }

  void declare(Arguments& arguments) override {
    arguments.action("create, list or remove", action_, kActions);
    arguments.optional_positional("ID", "Id of the token to remove, as listed", ids_);
    arguments.options(options_, {"store"});
  }

  void run(Terminal& terminal) override {
    if ((action_ == "remove") != (ids_.size() == 1)) {
      fail(ErrorCode::wrong_use, "{}: expected {}, found {}", action_,
           action_ == "remove" ? "the id of one token" : "no id", ids_.size());
    }
    if (action_ == "create") {
      create(terminal);
    } else if (action_ == "list") {
      list(*store::open_store(options_.store, store::IfMissing::refuse), terminal);
    } else if (action_ == "remove") {
      remove(*store::open_store(options_.store, store::IfMissing::refuse), terminal);
    } else {
      fail(ErrorCode::wrong_use, "expected create, list or remove, found \"{}\"{}", action_,
           did_you_mean(action_, kActions));
    }
  }

 private:
  static constexpr std::array<std::string_view, 3> kActions = {"create", "list", "remove"};
  void create(Terminal& terminal) const {
    store::StoredToken wanted;
    wanted.user = options_.user;
    wanted.name = options_.name;
    wanted.read = options_.read;
    wanted.submit = options_.submit;
    wanted.admin = options_.admin;
    if (wanted.for_metrics() && !options_.metrics) {
      fail(ErrorCode::wrong_use, "expected one of --read, --submit, --admin and --metrics, found none");
    }
    if (options_.metrics && (!wanted.for_metrics() || !wanted.user.empty())) {
      fail(ErrorCode::wrong_use, "--metrics: expected a token for nothing else and of no user, found {}",
           wanted.user.empty() ? "other permissions" : "--user");
    }
    const store::NewToken made =
        store::make_token(wanted, options_.uuid ? store::SecretForm::uuid : store::SecretForm::segue);
    store::open_store(options_.store)->add_token(made.token);
    json::object document = json_of(made.token);
    document["secret"] = made.secret;
    if (terminal.json()) {
      terminal.print(document);
    } else {
      terminal.note("the secret is shown only now and never stored");
      terminal.print(made.secret + "\n");
    }
  }

  static void list(store::ListenStore& store, Terminal& terminal) {
    json::object document;
    json::array& items = document["items"].emplace_array();
    Table table({"id", "user", "name", "permissions", "created"});
    for (const store::StoredToken& token : store.tokens()) {
      items.push_back(json_of(token));
      std::string may;
      if (token.read) may += "read ";
      if (token.submit) may += "submit ";
      if (token.admin) may += "admin ";
      if (token.for_metrics()) may += "metrics ";
      may.pop_back();
      table.add({token.id, token.user.empty() ? "(a service)" : for_terminal(token.user), for_terminal(token.name), may,
                 fmt::format("{:%Y-%m-%d}", fmt::gmtime(static_cast<std::time_t>(token.created)))});
    }
    if (terminal.json()) {
      terminal.print(document);
    } else {
      terminal.print(table.text());
    }
  }

  void remove(store::ListenStore& store, Terminal& terminal) const {
    if (!store.remove_token(ids_.front())) fail(ErrorCode::not_found, "token {}: no such token", ids_.front());
    if (terminal.json()) {
      terminal.print(json::object{{"removed", ids_.front()}});
    } else {
      terminal.print("removed; a running server rejects it within 30 seconds\n");
    }
  }

  std::string action_;
  std::vector<std::string> ids_;
  TokenOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_token_command() {
  return std::make_unique<TokenCommand>();
}

}  // namespace cli
}  // namespace segue
