// segue similar MODEL SONG
#include <fmt/format.h>

#include "segue/base/words.h"
#include "segue/model/model.h"
#include "segue/recommend/recommender.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/songs.h"

namespace segue::cli {

namespace {

class SimilarCommand final : public Command {
 public:
  std::string_view name() const override { return "similar"; }
  std::string_view summary() const override { return "The songs most like a song"; }
  std::string_view example() const override {
    return "  segue similar model \"Kendrick Lamar HUMBLE\" -k 20\n"
           "  segue similar model spotify:track:7KXjTSCq5nL1LoYtL7XAwS --json";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.positional("SONG", "A song's id, or words of its artist and title", song_);
    arguments.options(options_);
  }

  void run(Terminal& terminal) override {
    const Model model(model_);
    const std::uint32_t song = resolve_song(model.songs(), song_, terminal);
    const std::vector<Recommendation> found = Recommender(model).similar(song, options_);
    if (terminal.json()) {
      terminal.print(document(model, song, found));
    } else {
      terminal.print(table(model, found));
    }
  }

 private:
  static json::object document(const Model& model, std::uint32_t song, const std::vector<Recommendation>& found) {
    json::object document;
    document["song"] = song_json(model.songs(), song);
    json::array& items = document["items"].emplace_array();
    for (const Recommendation& one : found) {
      json::object item = song_json(model.songs(), one.song);
      item["similarity"] = one.score;
      items.push_back(std::move(item));
    }
    return document;
  }

  static std::string table(const Model& model, const std::vector<Recommendation>& found) {
    Table table({">rank", ">similarity", "song", ">plays"});
    for (std::size_t i = 0; i < found.size(); ++i) {
      table.add({std::to_string(i + 1), fmt::format("{:.3f}", found[i].score), song_text(model.songs(), found[i].song),
                 with_commas(model.songs().plays(found[i].song))});
    }
    return table.text();
  }

  std::string model_;
  std::string song_;
  SimilarOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_similar_command() {
  return std::make_unique<SimilarCommand>();
}

}  // namespace segue::cli
