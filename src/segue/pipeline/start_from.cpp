#include "segue/pipeline/start_from.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/base/parallel.h"
#include "segue/math/kernels/kernels.h"
#include "segue/math/rotation.h"
#include "segue/transitions/song_placer.h"

namespace segue::pipeline {

namespace {

constexpr std::uint32_t kNew = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kRowsAtOnce = 4096;

float inverse_length(std::span<const float> vector) {
  const float square = math::best_kernels().squared_norm(vector.data(), vector.size());
  return square > 0 ? 1 / std::sqrt(square) : 0;
}

double quantile(const std::vector<float>& ascending, double share) {
  if (ascending.empty()) return 0;
  const double at = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  const double part = at - static_cast<double>(below);
  return (1 - part) * static_cast<double>(ascending[below]) + part * static_cast<double>(ascending[above]);
}

// Pairs of unit vectors, a new one and its old self, for songs in [begin, end) that have both.
struct Pairs {
  std::vector<float> now;
  std::vector<float> then;
};

Pairs pairs_of(math::MatrixView<const float> now, math::MatrixView<const float> then,
               std::span<const std::uint32_t> old_rows, std::size_t begin, std::size_t end) {
  Pairs pairs;
  for (std::size_t row = begin; row < end; ++row) {
    if (old_rows[row] >= then.rows) continue;
    const std::span<const float> old = then[old_rows[row]];
    const float scale = inverse_length(now[row]);
    const float old_scale = inverse_length(old);
    if (scale == 0 || old_scale == 0) continue;
    for (const float number : now[row]) pairs.now.push_back(number * scale);
    for (const float number : old) pairs.then.push_back(number * old_scale);
  }
  return pairs;
}

std::vector<float> cosines_of(math::MatrixView<const float> now, math::MatrixView<const float> then,
                              std::span<const std::uint32_t> old_rows) {
  std::vector<float> cosines;
  for (std::size_t row = 0; row < now.rows; ++row) {
    if (old_rows[row] >= then.rows) continue;
    const float scale = inverse_length(now[row]) * inverse_length(then[old_rows[row]]);
    if (scale > 0)
      cosines.push_back(scale * math::best_kernels().dot(now.row(row), then.row(old_rows[row]), now.columns));
  }
  return cosines;
}

void turn(math::MatrixView<float> rows, const math::Rotation& rotation, std::size_t threads) {
  parallel_for(rows.rows, kRowsAtOnce, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<float> block;
    block.reserve((end - begin) * rows.columns);
    for (std::size_t row = begin; row < end; ++row) block.insert(block.end(), rows[row].begin(), rows[row].end());
    rotation.apply(block);
    for (std::size_t row = begin; row < end; ++row) {
      std::copy_n(block.begin() + static_cast<std::ptrdiff_t>((row - begin) * rows.columns), rows.columns,
                  rows.row(row));
    }
  });
}

}  // namespace

Drift drift_of(std::vector<float> cosines) {
  if (cosines.empty()) return {};
  std::ranges::sort(cosines);
  return {.songs = cosines.size(),
          .mean = std::accumulate(cosines.begin(), cosines.end(), 0.0) / static_cast<double>(cosines.size()),
          .lowest_percent = quantile(cosines, 0.01),
          .lowest_tenth = quantile(cosines, 0.1),
          .median = quantile(cosines, 0.5)};
}

json::object to_json(const Drift& drift) {
  return {{"songs", drift.songs},
          {"mean", drift.mean},
          {"p01", drift.lowest_percent},
          {"p10", drift.lowest_tenth},
          {"median", drift.median}};
}

json::object to_json(const StartReport& report) {
  return {{"songs_kept", report.songs_kept},
          {"songs_placed", report.songs_placed},
          {"cosine_before_turning", to_json(report.before)},
          {"cosine", to_json(report.after)}};
}

StartModel::StartModel(const std::string& folder, const data::Catalogue& dataset_songs,
                       const train::TrainOptions& options)
    : folder_(folder), model_(folder), songs_(dataset_songs), old_rows_(dataset_songs.size(), kNew) {
  if (model_.vectors().columns != options.dim) {
    fail(ErrorCode::wrong_use, "--from {}: expected a model of --dim {}, found {}", folder, options.dim,
         model_.vectors().columns);
  }
  bool shares = false;
  for (std::uint32_t song = 0; song < songs_.size(); ++song) {
    if (const auto row = model_.songs().find(songs_.id(song))) {
      old_rows_[song] = *row;
      shares = true;
    }
  }
  if (!shares) {
    fail(ErrorCode::bad_input, "--from {}: expected a model with songs of the dataset, found none of {} ids in it",
         folder, songs_.size());
  }
}

const std::string& StartModel::digest() const {
  return model_.manifest().digest;
}

train::StartRows StartModel::rows(const transitions::Transitions& transitions, std::uint32_t songs) const {
  const auto placer_of = [&](math::MatrixView<const float> matrix) {
    return std::make_shared<const transitions::SongPlacer>(
        transitions::PlacerSources{.trained = songs,
                                   .songs = songs,
                                   .dim = matrix.columns,
                                   .vector = [this, matrix](data::SongRow song, float*) -> const float* {
                                     return old_rows_[song] == kNew ? nullptr : matrix.row(old_rows_[song]);
                                   },
                                   .transitions = [&transitions](data::SongRow song) { return transitions.of(song); },
                                   .keys = [this](data::SongRow song) { return songs_.keys(song); },
                                   .plays = [this](data::SongRow song) { return songs_.plays(song); }});
  };
  return [this, vectors = placer_of(model_.vectors()), context = placer_of(model_.context())](
             std::uint32_t song, std::span<float> vector, std::span<float> other) {
    if (const std::uint32_t old = old_rows_[song]; old != kNew) {
      std::ranges::copy(model_.vectors()[old], vector.begin());
      std::ranges::copy(model_.context()[old], other.begin());
      return true;
    }
    return vectors->place(song, vector) && context->place(song, other);
  };
}

StartReport StartModel::align(train::TrainedVectors& trained, bool placed, std::size_t threads) const {
  trained.vectors.widen_all();
  trained.context.widen_all();
  const math::MatrixView<float> now = trained.vectors.view();
  // Songs that are placed in the old model say nothing of how it turned.
  const math::MatrixView<const float> all = model_.vectors();
  const math::MatrixView<const float> then{all.data, model_.trained_songs(), all.columns, all.stride};

  StartReport report;
  for (std::size_t row = 0; row < now.rows; ++row) report.songs_kept += old_rows_[row] == kNew ? 0 : 1;
  report.songs_placed = placed ? now.rows - report.songs_kept : 0;
  report.before = drift_of(cosines_of(now, then, old_rows_));
  math::RotationFit fit(now.columns);
  for (std::size_t begin = 0; begin < now.rows; begin += kRowsAtOnce) {
    const Pairs pairs = pairs_of(now, then, old_rows_, begin, std::min(begin + kRowsAtOnce, now.rows));
    if (!pairs.now.empty()) fit.add(pairs.now, pairs.then);
  }
  const math::Rotation rotation = fit.rotation();
  turn(now, rotation, threads);
  turn(trained.context.view(), rotation, threads);
  report.after = drift_of(cosines_of(now, then, old_rows_));
  return report;
}

}  // namespace segue::pipeline
