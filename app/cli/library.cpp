// segue library scan | from | match
#include "segue/library/library.h"

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"
#include "segue/library/beets.h"
#include "segue/library/m3u.h"
#include "segue/library/music_servers.h"
#include "segue/library/scan.h"
#include "segue/model/model.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"

namespace segue {

struct LibraryCommandOptions {
  std::string output;
  std::string model;
  std::string user;
  std::string password_file;
  std::string token_file;
  std::string folder;
  std::string server_folder;
  std::string ca_file;
  bool fresh = false;
  std::uint32_t missing = 10;
  std::uint32_t threads = 0;
};

template <>
struct OptionsOf<LibraryCommandOptions> {
  static constexpr std::string_view section = "library";
  static constexpr std::array rows = {
      option<&LibraryCommandOptions::output>("output", "scan, from: the library to write"),
      option<&LibraryCommandOptions::model>("model", "Say which songs of this model the library has"),
      option<&LibraryCommandOptions::user>("user", "from subsonic: the user of the server"),
      option<&LibraryCommandOptions::password_file>(
          "password_file", "from subsonic: a file with the user's password, - for standard input"),
      option<&LibraryCommandOptions::token_file>("token_file",
                                                 "from jellyfin: a file with an API key, - for standard input"),
      option<&LibraryCommandOptions::folder>("folder",
                                             "from subsonic, jellyfin, beets: where the music lies on this machine"),
      option<&LibraryCommandOptions::server_folder>(
          "server_folder", "from subsonic, jellyfin: what the server calls that folder, if another name"),
      option<&LibraryCommandOptions::ca_file>("ca_file",
                                              "from subsonic, jellyfin: certificates to trust instead of the system's"),
      option<&LibraryCommandOptions::fresh>("fresh", "scan: read the tags of files again that did not change"),
      option<&LibraryCommandOptions::missing>(
          "missing", "With --model: show this many songs of the library that the model does not have"),
      option<&LibraryCommandOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(LibraryCommandOptions);

namespace cli {
namespace {

constexpr std::size_t kMostSecretBytes = 4096;
constexpr std::array<std::string_view, 4> kLibrarySources = {"subsonic", "jellyfin", "m3u", "beets"};

// The first line of a file: a password or a token.
std::string secret_in(const std::string& file, std::string_view option) {
  if (file.empty()) fail(ErrorCode::wrong_use, "expected --{} FILE, - for standard input", option);
  std::string text = read_text(file == "-" ? "/dev/stdin" : file, kMostSecretBytes);
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  if (text.empty())
    fail(ErrorCode::bad_input, "--{}: expected a secret in the first line of {}, found none", option, file);
  return text;
}

class LibraryCommand final : public Command {
 public:
  std::string_view name() const override { return "library"; }
  std::string_view summary() const override { return "Which songs are there to play: files, or a music server's"; }
  std::string_view example() const override {
    return "  segue library scan ~/Music -o library.arrow --model model\n"
           "  segue library from subsonic https://music.example.org --user ann --password-file secret -o "
           "library.arrow\n"
           "  segue library from jellyfin http://nas:8096 --token-file key -o library.arrow\n"
           "  segue library from beets ~/.config/beets/library.db -o library.arrow\n"
           "  segue library match library.arrow --model model --missing 50\n"
           "  segue radio model \"Burial Archangel\" --library library.arrow -o evening.m3u8";
  }

  void declare(Arguments& arguments) override {
    arguments.action("scan, from or match", action_, kActions);
    arguments.optional_positional("WHAT",
                                  "scan: folders of music; from: subsonic ADDRESS, jellyfin ADDRESS, m3u FILE... or "
                                  "beets FILE; match: a library",
                                  names_);
    arguments.options(options_);
  }

  void run(Terminal& terminal) override {
    if (action_ == "scan") {
      if (names_.empty()) fail(ErrorCode::wrong_use, "scan: expected folders of music, found none");
      require_output();
      scan(terminal);
    } else if (action_ == "from") {
      if (names_.size() < 2) {
        fail(ErrorCode::wrong_use, "from: expected subsonic, jellyfin, m3u or beets, and an address or a file");
      }
      require_output();
      from(terminal);
    } else if (action_ == "match") {
      if (names_.size() != 1 || options_.model.empty()) {
        fail(ErrorCode::wrong_use, "match: expected one library and --model MODEL");
      }
      json::object document = {{"library", names_.front()}};
      finish(names_.front(), "", std::move(document), terminal);
    } else {
      fail(ErrorCode::wrong_use, "expected scan, from or match, found \"{}\"{}", action_,
           did_you_mean(action_, kActions));
    }
  }

 private:
  static constexpr std::array<std::string_view, 3> kActions = {"scan", "from", "match"};
  void require_output() const {
    if (options_.output.empty()) fail(ErrorCode::wrong_use, "{}: --output is required (the library to write)", action_);
  }

  void scan(Terminal& terminal) const {
    std::optional<library::LibraryFile> before;
    if (!options_.fresh && std::filesystem::exists(options_.output)) before.emplace(options_.output);
    library::ScanReport report;
    const std::vector<library::LibraryItem> items = library::scan(names_, before ? &*before : nullptr, options_.threads,
                                                                  terminal.progress(), terminal.stop(), report);
    library::write_library(options_.output, items);
    std::string text = fmt::format("{} files", with_commas(report.files));
    if (report.unchanged > 0) text += fmt::format(", {} as they were", with_commas(report.unchanged));
    if (report.named_by_path > 0) {
      text += fmt::format(", {} without a title or an artist, named by their paths", with_commas(report.named_by_path));
    }
    if (report.unreadable > 0) text += fmt::format(", {} unreadable", with_commas(report.unreadable));
    text += '\n';
    json::array unreadable;
    for (const std::string& file : report.unreadable_files) {
      text += fmt::format("unreadable: {}\n", for_terminal(file));
      unreadable.push_back(json::string(file));
    }
    json::object document = {{"library", options_.output},      {"files", report.files},
                             {"unchanged", report.unchanged},   {"named_by_path", report.named_by_path},
                             {"unreadable", report.unreadable}, {"unreadable_files", std::move(unreadable)}};
    finish(options_.output, text, std::move(document), terminal);
  }

  void from(Terminal& terminal) const {
    const std::string& source = names_.front();
    const std::span<const std::string> rest = std::span(names_).subspan(1);
    std::vector<library::LibraryItem> items;
    std::string text;
    json::object document = {{"library", options_.output}, {"source", source}};
    const auto only_one = [&] {
      if (rest.size() > 1) fail(ErrorCode::wrong_use, "from {}: expected one, found {}", source, rest.size());
    };
    if (source == "m3u") {
      library::M3uReport report;
      items = library::read_m3u(rest, report);
      if (report.missing > 0) text = fmt::format("{} files do not exist here\n", with_commas(report.missing));
      document["missing_files"] = report.missing;
    } else if (source == "beets") {
      only_one();
      items = library::read_beets(rest.front(), options_.folder);
    } else if (source == "subsonic" || source == "jellyfin") {
      only_one();
      library::HttpClient server(rest.front(), {.ca_file = options_.ca_file});
      const library::ServerPaths paths{options_.folder, options_.server_folder};
      library::ServerReport report;
      if (source == "jellyfin") {
        items = library::read_jellyfin(server, secret_in(options_.token_file, "token-file"), paths, terminal.progress(),
                                       terminal.stop(), report);
      } else {
        if (options_.user.empty()) fail(ErrorCode::wrong_use, "from subsonic: expected --user");
        items = library::read_subsonic(server, options_.user, secret_in(options_.password_file, "password-file"), paths,
                                       terminal.progress(), terminal.stop(), report);
      }
      if (report.without_file > 0) {
        text = fmt::format("{} paths lead to no file on this machine (--folder and --server-folder say where)\n",
                           with_commas(report.without_file));
      }
      document["paths_without_file"] = report.without_file;
    } else {
      fail(ErrorCode::wrong_use, "from: expected subsonic, jellyfin, m3u or beets, found \"{}\"{}", source,
           did_you_mean(source, kLibrarySources));
    }
    library::write_library(options_.output, items);
    document["items"] = items.size();
    finish(options_.output, fmt::format("{} songs\n", with_commas(items.size())) + text, std::move(document), terminal);
  }

  // Prints what was read, and with --model what the model knows of it.
  void finish(const std::string& file, std::string text, json::object document, Terminal& terminal) const {
    if (!options_.model.empty()) {
      const model::Model model(options_.model);
      const search::SongMatcher matcher(model.songs(), options_.threads);
      const library::Library library(file, model.songs(), matcher, options_.threads);
      const library::MatchReport report = library::match_report(library, model.songs());
      document["match"] = document_of(report, library, model.songs().size());
      text += text_of(report, library, model.songs().size());
      if (report.matched() == 0) {
        terminal.note(fmt::format("{} has no song of {}: lists with --library would be empty", file, options_.model));
      }
    }
    terminal.json() ? terminal.print(document) : terminal.print(text);
  }

  std::vector<std::string> missing_of(const library::MatchReport& report, const library::Library& library) const {
    std::vector<std::string> names;
    for (const std::size_t i :
         std::span(report.missing).first(std::min<std::size_t>(options_.missing, report.missing.size()))) {
      const library::LibraryItemView item = library.file().item(i);
      names.push_back(item.title.empty() ? data::printable(item.path.empty() ? item.id : item.path, 200)
                                         : fmt::format("{} – {}", item.artist, item.title));
    }
    return names;
  }

  json::object document_of(const library::MatchReport& report, const library::Library& library,
                           std::size_t songs) const {
    json::array missing;
    for (const std::string& name : missing_of(report, library)) missing.push_back(json::string(name));
    return {{"model", options_.model},
            {"items", report.items},
            {"matched", report.matched()},
            {"by_id", report.by_id},
            {"by_name", report.by_name},
            {"by_version", report.by_version},
            {"unknown_song", report.unknown_song},
            {"unknown_artist", report.unknown_artist},
            {"unnamed", report.unnamed},
            {"songs_in_library", report.songs},
            {"songs", songs},
            {"missing", std::move(missing)}};
  }

  std::string text_of(const library::MatchReport& report, const library::Library& library, std::size_t songs) const {
    const auto share = [](std::size_t part, std::size_t whole) {
      return whole == 0 ? 0.0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
    };
    std::string text = fmt::format(
        "{} of {} items ({:.0f} %) are songs of {}: {} by id, {} by name, {} by the name of another version\n",
        with_commas(report.matched()), with_commas(report.items), share(report.matched(), report.items), options_.model,
        with_commas(report.by_id), with_commas(report.by_name), with_commas(report.by_version));
    if (!report.missing.empty()) {
      text += fmt::format("not in the model: {} by artists that it knows, {} by others, {} without a name\n",
                          with_commas(report.unknown_song), with_commas(report.unknown_artist),
                          with_commas(report.unnamed));
    }
    text += fmt::format("{} of the model's {} songs ({:.0f} %) can be played\n", with_commas(report.songs),
                        with_commas(songs), share(report.songs, songs));
    for (const std::string& name : missing_of(report, library))
      text += fmt::format("missing: {}\n", for_terminal(name));
    return text;
  }

  std::string action_;
  std::vector<std::string> names_;
  LibraryCommandOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_library_command() {
  return std::make_unique<LibraryCommand>();
}

}  // namespace cli
}  // namespace segue
