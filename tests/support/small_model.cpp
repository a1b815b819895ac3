#include "tests/support/small_model.h"

#include <array>

#include <fmt/format.h>

#include "segue/base/folder.h"
#include "segue/base/random.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/dataset/queues.h"
#include "segue/model/write_model.h"

#include "tests/support/scratch.h"

namespace segue::testing {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kGenres = 4;
constexpr std::array<std::string_view, kGenres> kArtists = {"Kendrick Lamar", "أم كلثوم", "Björk", "Bill Evans"};
constexpr std::array<std::string_view, kGenres> kTitles = {"HUMBLE", "إنت عمري", "Jóga", "Waltz for Debby"};
constexpr std::array<std::string_view, kGenres> kTags = {"rap", "طرب", "electronic", "jazz"};

data::SongRecord song_number(std::uint32_t i, std::uint32_t songs) {
  const std::uint32_t genre = i % kGenres;
  data::SongRecord song;
  // Every third id has a space, like ids made of artist and title.
  song.id = i % 3 == 0 ? fmt::format("song {}", i) : fmt::format("song-{}", i);
  if (i != songs - 1) {  // the last song has only an id
    song.title = i < kGenres ? std::string(kTitles[genre]) : fmt::format("{} {}", kTitles[genre], i / kGenres + 1);
    song.artist = kArtists[genre];
    song.album = fmt::format("Album {}", genre);
    song.tags = {std::string(kTags[genre]), "test"};
  }
  song.plays = 10 * (songs - i);
  return song;
}

void fill(math::MatrixView<float> matrix, std::uint64_t seed) {
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    Random random(seed, row);
    for (std::size_t column = 0; column < matrix.columns; ++column) {
      const float direction = column % kGenres == row % kGenres ? 1.0F : 0.0F;
      matrix.row(row)[column] = direction + 0.5F * (random.uniform_float() - 0.5F);
    }
  }
}

}  // namespace

SmallModel small_model(std::uint32_t songs, std::uint32_t dim) {
  SmallModel model;
  model.options.dim = dim;
  model.trained.vectors = math::Matrix(songs, dim);
  model.trained.context = math::Matrix(songs, dim);
  fill(model.trained.vectors.view(), 1);
  fill(model.trained.context.view(), 2);
  for (std::uint32_t epoch = 1; epoch <= model.options.epochs; ++epoch) {
    model.trained.epochs.push_back({epoch, 2.5 / epoch, 2.0 / epoch, 1000, 500, 0.25});
  }
  model.transitions.offsets.push_back(0);
  for (std::uint32_t i = 0; i < songs; ++i) {
    model.songs.push_back(song_number(i, songs));
    // The next song of the genre is played after this one, and the previous one before it.
    if (i + kGenres < songs) {
      model.transitions.neighbours.push_back(i + kGenres);
      model.transitions.forward.push_back(3);
      model.transitions.backward.push_back(0.5F);
      model.transitions.counts.push_back(4);
    }
    if (i >= kGenres) {
      model.transitions.neighbours.push_back(i - kGenres);
      model.transitions.forward.push_back(0.5F);
      model.transitions.backward.push_back(3);
      model.transitions.counts.push_back(4);
    }
    model.transitions.offsets.push_back(model.transitions.neighbours.size());
  }
  return model;
}

void write_songs(const fs::path& songs_arrow, const std::vector<data::SongRecord>& songs) {
  data::CatalogueWriter writer(songs_arrow);
  for (const data::SongRecord& song : songs) {
    const std::vector<std::string_view> tags(song.tags.begin(), song.tags.end());
    writer.add({song.id, song.title, song.artist, song.album, song.plays}, tags);
  }
  writer.close();
}

void write_small_model(const fs::path& folder, const SmallModel& model) {
  const Scratch temporary;
  write_songs(temporary / data::kSongsName, model.songs);
  const data::Catalogue songs(temporary / data::kSongsName);
  NoProgress progress;
  model::NewModel made{songs, "0123456789abcdef", model.options, model.trained, model.transitions};
  if (model.habits) made.habits = &*model.habits;
  model::write_model(folder, made, progress, {});
}

void write_small_dataset(const fs::path& folder, const std::vector<data::SongRecord>& songs,
                         const std::vector<std::vector<std::uint32_t>>& queues, const std::vector<std::string>& users) {
  FolderWriter writer(folder, replaces(data::kDatasetFormat));
  write_songs(writer.path() / data::kSongsName, songs);
  data::QueuesWriter queue_writer(writer.path() / data::kQueuesName);
  constexpr std::int64_t kHour = 3'600'000'000;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    queue_writer.add(users.at(i), static_cast<std::int64_t>(i) * kHour, queues[i]);
  }
  queue_writer.close();
  write_manifest(writer.path(), data::kWholeDatasetFormat, {});
  writer.commit();
}

}  // namespace segue::testing
