// segue similar MODEL --artist NAME | --album NAME | --tag NAME
#pragma once

#include <string>

#include "segue/base/options.h"
#include "segue/recommend/similar.h"

#include "app/cli/terminal.h"

namespace segue {

namespace cli {

struct GroupOptions {
  std::string artist;
  std::string album;
  std::string tag;
  std::string songs;
  std::uint32_t min_songs = 1;
};

}  // namespace cli

template <>
struct OptionsOf<cli::GroupOptions> {
  static constexpr std::string_view section = "similar";
  static constexpr std::array rows = {
      option<&cli::GroupOptions::artist>("artist", "The artists most like this one, instead of songs"),
      option<&cli::GroupOptions::album>("album", "The albums most like this one"),
      option<&cli::GroupOptions::tag>("tag", "The tags most like this one"),
      option<&cli::GroupOptions::songs>(
          "songs",
          "Typical songs to name for each artist, album or tag; or, with --output, the songs to find the most similar "
          "of: all, or a file of ids (a line each, or a column song)"),
      option<&cli::GroupOptions::min_songs>("min_songs", "Only artists, albums or tags with at least this many songs",
                                            between(1, 1'000'000)),
  };
};
SEGUE_CHECK_OPTIONS(cli::GroupOptions);

namespace cli {

// Whether a group is requested. Throws wrong_use for more than one.
bool asks_for_group(const GroupOptions& options);

// Whether --songs is for the neighbours of many songs.
bool asks_for_all_songs(const GroupOptions& options);

// REQUIRES: asks_for_group(options). `model_name` is for --json; `keeps` may be nullptr.
void print_similar_groups(const model::Model& model, std::string_view model_name, const GroupOptions& options,
                          std::uint32_t k, const index::RowSet* keeps, Terminal& terminal);

}  // namespace cli
}  // namespace segue
