#include "segue/pipeline/gather_new_songs.h"

#include <algorithm>
#include <optional>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/dataset/ingest.h"

namespace segue::pipeline {

namespace {

data::SongRecord song_record_of(const data::Catalogue& songs, data::SongRow row) {
  const data::Song song = songs.song(row);
  const std::vector<std::string_view> tags = songs.tags(row);
  return {.id = std::string(song.id),
          .title = std::string(song.title),
          .artist = std::string(song.artist),
          .album = std::string(song.album),
          .tags = {tags.begin(), tags.end()},
          .plays = song.plays};
}

// Adds the songs of a dataset that the model lacks, then their plays. Rows of a dataset are sorted by plays.
void add_dataset(NewSongs& songs, const data::Dataset& dataset, data::SongRow first_new) {
  std::vector<data::SongRow> rows;
  for (data::SongRow row = 0; row < dataset.songs.size(); ++row) {
    const auto known = songs.find(dataset.songs.id(row));
    rows.push_back(known ? *known : songs.add(song_record_of(dataset.songs, row)));
  }
  std::vector<data::SongRow> queue;
  for (std::size_t i = 0; i < dataset.queues.size(); ++i) {
    const std::span<const data::SongRow> played = dataset.queues.songs(i);
    queue.clear();
    for (const data::SongRow row : played) queue.push_back(rows[row]);
    if (std::ranges::any_of(queue, [&](data::SongRow row) { return row >= first_new; })) songs.add_queue(queue);
  }
}

}  // namespace

std::uint64_t PlaceReport::without_vector() const {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(placed, [](const PlacedSong& song) { return !song.has_vector(); }));
}

json::object to_json(const PlaceReport& report) {
  json::array songs;
  for (const PlacedSong& song : report.placed) {
    songs.push_back(json::object{{"id", song.id},
                                 {"plays", song.plays},
                                 {"near", song.near},
                                 {"album_songs", song.names.album},
                                 {"artist_songs", song.names.artist},
                                 {"tag_songs", song.names.tags}});
  }
  return {{"placed", report.placed.size()},
          {"known", report.known},
          {"without_vector", report.without_vector()},
          {"songs", std::move(songs)}};
}

PlaceReport place_songs_of(const std::filesystem::path& folder, const PlaceOptions& options, Progress& progress,
                           const std::stop_token& stop) {
  if (options.songs.empty() && options.dataset.empty()) {
    fail(ErrorCode::wrong_use, "expected --songs FILE or --dataset DATASET with songs to place, found neither");
  }
  const model::Model model(folder);
  const data::SongRow first_new = model.songs().size() - model.new_songs();
  PlaceReport report;
  NewSongs songs(model);
  data::IngestOptions reading;
  reading.songs = options.songs;
  reading.songs_columns = options.songs_columns;
  reading.threads = options.threads;
  for (const data::SongRecord& song : data::read_songs(reading, progress, stop)) {
    if (songs.add(song) < first_new) ++report.known;
  }
  if (!options.dataset.empty()) add_dataset(songs, data::open_dataset(options.dataset), first_new);
  report.placed = place_new_songs(folder, model, songs, options.threads, progress, stop, options.output);
  return report;
}

}  // namespace segue::pipeline
