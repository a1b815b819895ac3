// segue place MODEL [--songs FILE...] [--dataset DATASET] [-o MODEL]
#include <vector>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/pipeline/gather_new_songs.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"

namespace segue::cli {

namespace {

constexpr std::size_t kSongsListed = 20;

std::string from_text(const pipeline::PlacedSong& song) {
  std::vector<std::string> parts;
  if (song.near > 0) parts.push_back(fmt::format("{} {}", with_commas(song.plays), song.plays == 1 ? "play" : "plays"));
  const pipeline::NamesKnown& names = song.names;
  if (names.album > 0) parts.push_back(fmt::format("{} of its album", with_commas(names.album)));
  if (names.artist > 0) parts.push_back(fmt::format("{} of its artist", with_commas(names.artist)));
  if (names.tags > 0) parts.push_back(fmt::format("{} of its tags", with_commas(names.tags)));
  return parts.empty() ? "nothing: it has no vector" : fmt::format("{}", fmt::join(parts, ", "));
}

class PlaceCommand final : public Command {
 public:
  std::string_view name() const override { return "place"; }
  std::string_view summary() const override { return "Add new songs to a model without training it again"; }
  std::string_view example() const override {
    return "  segue place model --songs releases.csv\n"
           "  segue place model --dataset today -o model-with-today\n"
           "  segue place model --songs releases.csv --dataset today";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.options(options_);
  }

  void run(Terminal& terminal) override {
    const pipeline::PlaceReport report =
        pipeline::place_songs_of(model_, options_, terminal.progress(), terminal.stop());
    const std::string written = options_.output.empty() ? model_ : options_.output;
    if (terminal.json()) {
      json::object all{{"model", written}};
      for (const auto& member : to_json(report)) all[member.key()] = member.value();
      terminal.print(all);
      return;
    }
    terminal.report(text(report, written));
  }

 private:
  static std::string text(const pipeline::PlaceReport& report, const std::string& written) {
    Table table({"song", "placed from"});
    for (std::size_t i = 0; i < std::min(report.placed.size(), kSongsListed); ++i) {
      table.add({for_terminal(report.placed[i].id), from_text(report.placed[i])});
    }
    std::string text = table.text();
    if (report.placed.size() > kSongsListed) {
      text += fmt::format("and {} more\n", with_commas(report.placed.size() - kSongsListed));
    }
    text += fmt::format("\n{}: songs placed: {}", written, with_commas(report.placed.size()));
    if (report.known > 0) text += fmt::format("; known to the model already: {}", with_commas(report.known));
    text += '\n';
    if (report.without_vector() > 0) {
      text += fmt::format("without a vector: {}; no trained song shares their plays, album, artist or tags\n",
                          with_commas(report.without_vector()));
    }
    return text;
  }

  std::string model_;
  pipeline::PlaceOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_place_command() {
  return std::make_unique<PlaceCommand>();
}

}  // namespace segue::cli
