// segue radio MODEL SONG...
#include "segue/recommend/radio.h"

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

class RadioCommand final : public Command {
 public:
  std::string_view name() const override { return "radio"; }
  std::string_view summary() const override {
    return "A playlist that continues from seed songs, without end or repeats";
  }
  std::string_view example() const override {
    return "  segue radio model \"Nina Simone Feeling Good\" --length 100 -o evening.m3u8\n"
           "  segue radio model artist:Burial:2 tag:ambient\n"
           "  segue radio model \"Burial Archangel\" --drift 0.6 --seed 7";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder", model_);
    arguments.positional("SONG",
                         "Seed songs, the newest last: ids, or words of artist and title; or artists, artist:NAME, "
                         "album:NAME, tag:NAME, "
                         "artist:NAME:WEIGHT",
                         songs_);
    arguments.options(options_);
    arguments.options(list_);
    arguments.options(playlist_);
    arguments.options(playable_);
  }

  void run(Terminal& terminal) override {
    const PlaylistView view = view_of(playlist_);
    const model::Model model(model_);
    const std::vector<recommend::TypedSeed> seeds = resolve_seeds(model, songs_, terminal);
    PlayableSongs playable(playable_, model);
    const index::RowSet* const keeps = playable.among(std::nullopt);
    const recommend::FindNear find_near = [&](std::span<const float> query, std::size_t k) {
      return model.index().search(query, k, {{}, keeps});
    };
    recommend::Radio radio = recommend::are_history(seeds)
                                 ? recommend::Radio(model, find_near, recommend::songs_of(seeds), options_, list_)
                                 : recommend::Radio(model, find_near, recommend::seeds_of(seeds), options_, list_);
    if (keeps != nullptr) radio.keep_only(*keeps);
    std::vector<recommend::RadioSong> songs;
    while (songs.size() < options_.length) {
      const std::optional<recommend::RadioSong> next = radio.next();
      if (!next) break;
      songs.push_back(*next);
    }
    if (songs.size() < options_.length) {
      terminal.note(fmt::format("after {} songs the model has no more that may be played", with_commas(songs.size())));
    }
    if (view != PlaylistView::table) {
      std::vector<std::uint32_t> list;
      for (const recommend::RadioSong& song : songs) list.push_back(song.song);
      write_playlist(model.songs(), list, title_of(model, seeds), playlist_, playable, terminal);
    } else if (terminal.json()) {
      terminal.print(document(model, seeds, songs));
    } else {
      terminal.print(table(model, songs));
    }
  }

 private:
  json::object document(const model::Model& model, std::span<const recommend::TypedSeed> seeds,
                        std::span<const recommend::RadioSong> songs) const {
    RadioDocument document;
    document.items = recommend::radio_song_replies(model.songs(), songs);
    document.title = title_of(model, seeds);
    document.model = model_;
    document.seeds = ids_of(model.songs(), recommend::songs_of(seeds));
    if (!recommend::are_history(seeds)) document.taken_as = recommend::taken_seed_replies(model.songs(), seeds);
    return document_of(document);
  }

  std::string title_of(const model::Model& model, std::span<const recommend::TypedSeed> seeds) const {
    return playlist_.title.empty() ? recommend::radio_title(model.songs(), seeds.front()) : playlist_.title;
  }

  static std::string table(const model::Model& model, const std::vector<recommend::RadioSong>& songs) {
    Table table({">", ">similarity", ">to seeds", "song", ">plays"});
    for (std::size_t i = 0; i < songs.size(); ++i) {
      table.add({std::to_string(i + 1), fmt::format("{:.3f}", songs[i].similarity),
                 fmt::format("{:.3f}", songs[i].seed_similarity), song_text(model.songs(), songs[i].song),
                 with_commas(model.songs().plays(songs[i].song))});
    }
    return table.text();
  }

  std::string model_;
  std::vector<std::string> songs_;
  recommend::RadioOptions options_;
  recommend::RerankOptions list_ = recommend::radio_list_options();
  PlaylistOptions playlist_;
  PlayableOptions playable_;
};

}  // namespace

std::unique_ptr<Command> make_radio_command() {
  return std::make_unique<RadioCommand>();
}

}  // namespace segue::cli
