#include "segue/model/write_model.h"

#include <algorithm>
#include <span>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/folder.h"
#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/base/parallel.h"
#include "segue/data/dataset/dataset.h"
#include "segue/model/model.h"
#include "segue/model/npy.h"
#include "segue/model/title_terms_file.h"
#include "segue/train/loss_sample.h"
#include "segue/transitions/song_placer.h"
#include "segue/transitions/transitions_file.h"

namespace segue::model {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kPlacedAtOnce = 4096;

// Trained or placed.
std::uint32_t songs_of(const NewModel& model) {
  return model.transitions.songs();
}

json::array history_of(const std::vector<train::EpochReport>& epochs) {
  json::array history;
  for (const train::EpochReport& epoch : epochs) {
    history.push_back({{"epoch", epoch.epoch},
                       {"sample_loss", epoch.sample_loss},
                       {"mean_loss", epoch.mean_loss},
                       {"pairs", epoch.pairs},
                       {"plays", epoch.plays},
                       {"seconds", epoch.seconds}});
  }
  return history;
}

// The rows of trained songs, then those of songs placed among them.
void write_matrix(const fs::path& file, const train::TrainedMatrix& matrix, const NewModel& model,
                  const std::stop_token& stop) {
  const std::size_t dim = matrix.columns();
  const auto trained = static_cast<std::uint32_t>(matrix.rows());
  const std::uint32_t songs = songs_of(model);
  NpyWriter writer(file, songs, dim);
  std::vector<float> scratch(dim);
  for (std::uint32_t row = 0; row < trained; ++row) writer.add({matrix.row(row, scratch.data()), dim});
  if (trained < songs) {
    const transitions::SongPlacer placer({.trained = trained,
                                          .songs = songs,
                                          .dim = dim,
                                          .vector = [&](data::SongRow song, float* to) { return matrix.row(song, to); },
                                          .transitions = [&](data::SongRow song) { return model.transitions.of(song); },
                                          .keys = [&](data::SongRow song) { return model.songs.keys(song); },
                                          .plays = [&](data::SongRow song) { return model.songs.plays(song); }});
    math::Matrix placed(kPlacedAtOnce, dim);
    for (std::uint32_t first = trained; first < songs; first += kPlacedAtOnce) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped while placing rare songs");
      const std::uint32_t count = std::min(kPlacedAtOnce, songs - first);
      parallel_for(count, 64, thread_count(model.options.threads), [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          placer.place(first + static_cast<std::uint32_t>(i), {placed.view().row(i), dim});
        }
      });
      for (std::uint32_t i = 0; i < count; ++i) writer.add({placed.view().row(i), dim});
    }
  }
  writer.close();
}

// Writes the first rows of `songs`; returns the sum of their plays.
std::uint64_t write_songs(const fs::path& file, const data::Catalogue& songs, std::size_t rows) {
  data::CatalogueWriter writer(file);
  std::uint64_t plays = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const data::Song song = songs.song(row);
    plays += song.plays;
    writer.add(song, songs.tags(row));
  }
  writer.close();
  return plays;
}

json::object returns_document(const plays::ReturnRates& returns) {
  json::array rows;
  for (const auto& row : returns.rates) rows.push_back(json::array(row.begin(), row.end()));
  return {{"repeats", returns.repeats}, {"rates", std::move(rows)}};
}

void write_trend(const fs::path& file, std::span<const plays::TrendPlays> trend) {
  NpyWriter writer(file, trend.size(), plays::kTrendHalfLives.size());
  for (const plays::TrendPlays& song : trend) writer.add(song);
  writer.close();
}

}  // namespace

void write_model(const fs::path& folder, const NewModel& model, Progress& progress, const std::stop_token& stop) {
  const train::TrainedVectors& trained = model.trained;
  const transitions::Transitions& transitions = model.transitions;
  const std::uint32_t rows = songs_of(model);
  SEGUE_ASSERT(rows <= model.songs.size() && trained.vectors.rows() <= rows &&
               trained.context.rows() == trained.vectors.rows());
  FolderWriter writer(folder, replaces(kModelFormat));
  const std::uint64_t plays = write_songs(writer.path() / data::kSongsName, model.songs, rows);
  write_matrix(writer.path() / kVectorsName, trained.vectors, model, stop);
  write_matrix(writer.path() / kContextName, trained.context, model, stop);
  transitions::write_transitions(writer.path() / kTransitionsName, transitions);

  if (model.titles != nullptr && !model.titles->empty()) {
    SEGUE_ASSERT(model.titles->of_song.size() == rows);
    write_title_terms(writer.path() / kTitlesName, *model.titles);
  }

  json::object fields;
  fields["dataset"] = model.dataset_digest;
  fields["options"] = options_to_json(model.options);
  fields["transition_window"] = transitions.window();
  fields["blend"] = options_to_json(model.blend.discover);
  fields["blend_next"] = options_to_json(model.blend.next);
  if (model.habits != nullptr) fields["returns"] = returns_document(model.habits->returns);
  if (model.habits != nullptr && model.habits->until) {
    write_trend(writer.path() / kTrendName, model.habits->trend);
    fields["trend"] = {{"until", *model.habits->until},
                       {"half_lives", json::array(plays::kTrendHalfLives.begin(), plays::kTrendHalfLives.end())}};
  }
  fields["counts"] = {{"songs", rows},
                      {"trained", trained.vectors.rows()},
                      {"dim", trained.vectors.columns()},
                      {"plays", plays},
                      {"transitions", transitions.entries()}};
  fields["loss_sample"] = {{"pairs", train::LossSample::kPairs},
                           {"noise", train::SampledPair::kNoise},
                           {"untrained", trained.untrained_loss}};
  fields["history"] = history_of(trained.epochs);
  if (!model.start.empty()) fields["start"] = model.start;
  IndexBuild index = model.index;
  index.songs = trained.vectors.rows();
  if (model.release) model.release();
  fields["index"] = write_index(writer.path(), index, progress, stop);
  write_manifest(writer.path(), kModelFormat, fields);
  writer.commit();
}

}  // namespace segue::model
