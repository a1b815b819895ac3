#include "segue/pipeline/start_from.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/base/parallel.h"
#include "segue/math/rotation.h"

namespace segue::pipeline {

namespace {

constexpr std::size_t kTurnedAtOnce = 4096;

void turn(math::MatrixView<float> rows, const math::Rotation& rotation, std::size_t threads) {
  parallel_for(rows.rows, kTurnedAtOnce, threads, [&](std::size_t begin, std::size_t end) {
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

json::object to_json(const StartReport& report) {
  return {{"songs_kept", report.songs_kept},
          {"songs_new", report.songs_new},
          {"cosine_before_turning", to_json(report.before)},
          {"cosine", to_json(report.after)}};
}

StartModel::StartModel(const std::string& folder, const data::Catalogue& dataset_songs,
                       const train::TrainOptions& options)
    : folder_(folder), model_(folder), old_rows_(old_rows_of(dataset_songs, model_.songs())) {
  if (model_.vectors().columns != options.dim) {
    fail(ErrorCode::wrong_use, "from {}: expected a model of dim {}, found {}", folder, options.dim,
         model_.vectors().columns);
  }
  if (std::ranges::all_of(old_rows_, [](std::uint32_t row) { return row == kNotBefore; })) {
    fail(ErrorCode::bad_input, "from {}: expected a model with songs of the dataset, found none of {} ids in it",
         folder, dataset_songs.size());
  }
}

const std::string& StartModel::digest() const {
  return model_.manifest().digest;
}

train::Start StartModel::start(const data::Queues& queues, std::uint32_t songs, std::uint32_t fresh_passes) const {
  const std::optional<std::int64_t> until = model_.trend_until();
  std::vector<bool> fresh(queues.size());
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    const std::optional<std::int64_t> begun = queues.start(queue);
    fresh[queue] =
        (until && begun && *begun > *until) || std::ranges::any_of(queues.songs(queue), [&](data::SongRow song) {
          return song < songs && old_rows_[song] >= model_.trained_songs();
        });
  }
  const auto rows = [this](std::uint32_t song, std::span<float> vector, std::span<float> context) {
    const std::uint32_t old = old_rows_[song];
    if (old >= model_.trained_songs()) return false;
    std::ranges::copy(model_.vectors()[old], vector.begin());
    std::ranges::copy(model_.context()[old], context.begin());
    return true;
  };
  return {.rows = rows, .fresh = std::move(fresh), .fresh_passes = fresh_passes};
}

StartReport StartModel::align(train::TrainedVectors& trained, std::size_t threads) const {
  trained.vectors.widen_all();
  trained.context.widen_all();
  const math::MatrixView<float> now = trained.vectors.view();
  // Songs that are placed in the old model say nothing of how it turned.
  const math::MatrixView<const float> then = model::trained_rows(model_, model_.vectors());

  StartReport report;
  for (std::size_t row = 0; row < now.rows; ++row) report.songs_kept += old_rows_[row] < then.rows ? 1 : 0;
  report.songs_new = now.rows - report.songs_kept;
  report.before = drift_of(cosines_with(now, then, old_rows_));
  const math::Rotation rotation = rotation_onto(now, then, old_rows_);
  turn(now, rotation, threads);
  turn(trained.context.view(), rotation, threads);
  report.after = drift_of(cosines_with(now, then, old_rows_));
  return report;
}

}  // namespace segue::pipeline
