// segue journey MODEL FROM TO
#include "segue/recommend/journey.h"

#include <fmt/format.h>

#include "segue/base/field_documents.h"
#include "segue/base/words.h"
#include "segue/model/model.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/playlist_output.h"
#include "app/cli/replies.h"
#include "app/cli/songs.h"

namespace segue::cli {

namespace {

class JourneyCommand final : public Command {
 public:
  std::string_view name() const override { return "journey"; }
  std::string_view summary() const override { return "A playlist that leads from one song to another"; }
  std::string_view example() const override {
    return "  segue journey model \"Miles Davis So What\" \"Metallica One\"\n"
           "  segue journey model \"Kane Brown Heaven\" \"Bill Evans Waltz\" --steps 12 -o way.xspf";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.positional(
        "FROM", "The first song: an id, or words of its artist and title; of an artist, the most played song", from_);
    arguments.positional("TO", "The last song", to_);
    arguments.options(options_);
    arguments.options(playlist_);
    arguments.options(playable_);
  }

  void run(Terminal& terminal) override {
    const PlaylistView view = view_of(playlist_);
    const model::Model model(model_);
    const std::uint32_t from = resolve_song(model, from_, terminal);
    const std::uint32_t to = resolve_song(model, to_, terminal);
    PlayableSongs playable(playable_, model);
    const std::vector<recommend::JourneySong> songs =
        recommend::find_journey(model, from, to, options_, playable.among(std::nullopt));
    if (view != PlaylistView::table) {
      std::vector<std::uint32_t> list;
      for (const recommend::JourneySong& song : songs) list.push_back(song.song);
      write_playlist(model.songs(), list, title_of(model, songs), playlist_, playable, terminal);
    } else if (terminal.json()) {
      terminal.print(document(model, songs));
    } else {
      terminal.print(table(model, songs));
    }
  }

 private:
  json::object document(const model::Model& model, std::span<const recommend::JourneySong> songs) const {
    JourneyDocument document;
    document.items = recommend::journey_song_replies(model.songs(), songs);
    document.title = title_of(model, songs);
    document.model = model_;
    document.steps = songs.size() - 1;
    return document_of(document);
  }

  std::string title_of(const model::Model& model, std::span<const recommend::JourneySong> songs) const {
    return playlist_.title.empty() ? recommend::journey_title(model.songs(), songs.front().song, songs.back().song)
                                   : playlist_.title;
  }

  static std::string table(const model::Model& model, const std::vector<recommend::JourneySong>& songs) {
    Table table({">step", ">progress", ">similarity", "song", ">plays"});
    for (std::size_t i = 0; i < songs.size(); ++i) {
      table.add({std::to_string(i), fmt::format("{:.2f}", songs[i].progress),
                 i == 0 ? "" : fmt::format("{:.3f}", songs[i].similarity), song_text(model.songs(), songs[i].song),
                 with_commas(model.songs().plays(songs[i].song))});
    }
    return table.text();
  }

  std::string model_;
  std::string from_;
  std::string to_;
  recommend::JourneyOptions options_;
  PlaylistOptions playlist_;
  PlayableOptions playable_;
};

}  // namespace

std::unique_ptr<Command> make_journey_command() {
  return std::make_unique<JourneyCommand>();
}

}  // namespace segue::cli
