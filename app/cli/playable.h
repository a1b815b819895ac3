// Lists kept to what a library has and a catalogue offers: --library, --catalogue.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "segue/base/options.h"
#include "segue/index/row_set.h"
#include "segue/library/library.h"
#include "segue/model/model.h"
#include "segue/recommend/available_songs.h"
#include "segue/recommend/playlist.h"

#include "app/cli/terminal.h"

namespace segue {

struct PlayableOptions {
  std::string library;
  std::string catalogue;
  std::string market;
  bool with_explicit = true;
};

template <>
struct OptionsOf<PlayableOptions> {
  static constexpr std::string_view section = "playable";
  static constexpr std::array rows = {
      option<&PlayableOptions::library>("library",
                                        "Only songs of this library (segue library); playlists name its files"),
      option<&PlayableOptions::catalogue>(
          "catalogue", "Only songs that this table offers now (docs/catalogue.md); songs without a row are offered"),
      option<&PlayableOptions::market>(
          "market",
          "With --catalogue: only songs offered in this country, a code of ISO 3166-1 such "
          "as DE"),
      option<&PlayableOptions::with_explicit>("explicit", "With --catalogue: also songs that it marks as explicit"),
  };
};
SEGUE_CHECK_OPTIONS(PlayableOptions);

namespace cli {

// The songs of a model that may be played: all of them without --library and --catalogue. The model has to outlive it.
class PlayableSongs {
 public:
  // Throws as library::Library and data::read_availability(), not_found if the library or the catalogue leaves no song
  // of the model, and wrong_use for a market without a catalogue.
  PlayableSongs(const PlayableOptions& options, const model::Model& model);

  // Those also in `filter`, if there is one. nullptr for all songs; valid as long as this.
  const index::RowSet* among(const std::optional<index::RowSet>& filter);

  // For playlist_text(). Empty without a library.
  recommend::FindSongFile find_file() const;

  // Says so if not all of a list of `wanted` songs has a file, as with a library of a server's ids alone.
  void note_missing_files(std::span<const data::SongRow> list, Terminal& terminal) const;

 private:
  std::string name_;
  std::optional<library::Library> library_;
  recommend::AvailableSongs::Shared offered_;  // nullptr: all
  std::optional<index::RowSet> all_;           // of several sets
};

}  // namespace cli
}  // namespace segue
