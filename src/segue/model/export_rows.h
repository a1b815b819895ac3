// The rows of an export, shared by all formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/model/export.h"

namespace segue::model {

// Yields the vectors of a model as the options ask for them, reports progress and stops on request. Not thread safe.
class ExportRows {
 public:
  ExportRows(const Model& model, const ExportOptions& options, Progress& progress, std::stop_token stop);

  const Model& model() const { return model_; }
  const ExportOptions& options() const { return options_; }
  std::uint32_t size() const { return options_.placed ? model_.songs().size() : model_.trained_songs(); }
  std::size_t dim() const { return vectors_.columns; }

  // The vector of a row, valid until the next call. Throws interrupted.
  std::span<const float> vector(std::uint32_t row);

 private:
  const Model& model_;
  const ExportOptions& options_;
  Progress& progress_;
  std::stop_token stop_;
  math::MatrixView<const float> vectors_;
  std::vector<float> unit_;
};

// One for each format. `path` is an existing folder, or a file that does not exist yet.
void export_word2vec(ExportRows& rows, const std::filesystem::path& path);  // text and binary
void export_projector(ExportRows& rows, const std::filesystem::path& folder);
void export_npy(ExportRows& rows, const std::filesystem::path& folder);
void export_parquet(ExportRows& rows, const std::filesystem::path& path);

}  // namespace segue::model
