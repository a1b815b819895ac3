// segue place: the songs that a model lacks, from files that describe songs and from a dataset that plays them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/base/options.h"
#include "segue/base/progress.h"
#include "segue/pipeline/new_songs.h"

namespace segue::pipeline {

struct PlaceOptions {
  std::vector<std::string> songs;
  std::string songs_columns;
  std::string dataset;
  std::string output;
  std::uint32_t threads = 0;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::PlaceOptions> {
  static constexpr std::string_view section = "place";
  static constexpr std::array rows = {
      option<&pipeline::PlaceOptions::songs>(
          "songs", "A file with ids, titles, artists, albums, tags of new songs; may be repeated"),
      option<&pipeline::PlaceOptions::songs_columns>(
          "songs_columns", "Names of its columns, for CSV and TSV without a header line: a,b,c"),
      option<&pipeline::PlaceOptions::dataset>(
          "dataset", "A dataset folder with the plays of new songs; all its songs that the model lacks are placed"),
      option<&pipeline::PlaceOptions::output>("output",
                                              "The model folder to write; without it MODEL becomes the new one"),
      option<&pipeline::PlaceOptions::threads>("threads", "Threads to use, 0 for all cores; the result is the same",
                                               between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::PlaceOptions);

}  // namespace segue

namespace segue::pipeline {

struct PlaceReport {
  std::vector<PlacedSong> placed;  // in the order of their rows
  std::uint64_t known = 0;         // songs of the files that the model has already

  std::uint64_t without_vector() const;
};

json::object to_json(const PlaceReport& report);

// Places all songs of `options.songs` and `options.dataset` that the model in `folder` lacks, the most played first,
// and writes the model. Throws wrong_use for neither songs nor a dataset and for too many new songs, and as
// data::read_songs(), data::open_dataset() and place_new_songs().
PlaceReport place_songs_of(const std::filesystem::path& folder, const PlaceOptions& options, Progress& progress,
                           const std::stop_token& stop);

}  // namespace segue::pipeline
