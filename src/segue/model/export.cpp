#include "segue/model/export.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/folder.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/math/kernels/kernels.h"
#include "segue/model/export_rows.h"
#include "segue/model/npy.h"

namespace segue::model {

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kRowsPerUpdate = 1024;

// A cell of a .tsv file, a format without quoting.
std::string cell(std::string_view text) {
  std::string plain(text);
  for (char& letter : plain) {
    if (letter == '\t' || letter == '\n' || letter == '\r') letter = ' ';
  }
  return plain;
}

using ExportTo = void (*)(ExportRows&, const fs::path&);

void into_file(ExportRows& rows, const fs::path& output, ExportTo write) {
  AtomicFile file(output);
  write(rows, file.path());
  file.commit();
}

// `names` are the files that it writes, by which an existing folder is recognised as an older export.
void into_folder(ExportRows& rows, const fs::path& output, std::vector<std::string> names, ExportTo write) {
  std::error_code ignored;
  if (fs::exists(output / kManifestName, ignored)) {
    fail(ErrorCode::wrong_use, "{}: expected a folder for the export, found a dataset or model", output.string());
  }
  FolderWriter folder(output, exactly_files(std::move(names)));
  write(rows, folder.path());
  folder.commit();
}

}  // namespace

ExportRows::ExportRows(const Model& model, const ExportOptions& options, Progress& progress, std::stop_token stop)
    : model_(model),
      options_(options),
      progress_(progress),
      stop_(std::move(stop)),
      vectors_(options.vectors == VectorKind::song ? model.vectors() : model.context()),
      unit_(vectors_.columns) {}

std::span<const float> ExportRows::vector(std::uint32_t row) {
  if (row % kRowsPerUpdate == 0) {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "export: stopped after {} songs, nothing written", row);
    progress_.update(row, "");
  }
  const std::span<const float> vector = vectors_[row];
  if (!options_.normalise) return vector;
  const float square = math::best_kernels().squared_norm(vector.data(), vector.size());
  std::ranges::copy(vector, unit_.begin());
  if (square > 0) math::best_kernels().scale(1 / std::sqrt(square), unit_.data(), unit_.size());
  return unit_;
}

void export_projector(ExportRows& rows, const fs::path& folder) {
  FileWriter vectors(folder / "vectors.tsv");
  FileWriter metadata(folder / "metadata.tsv");
  metadata.write("id\ttitle\tartist\talbum\tplays\n");
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const data::Song song = rows.model().songs().song(row);
    metadata.write(fmt::format("{}\t{}\t{}\t{}\t{}\n", cell(song.id), cell(song.title), cell(song.artist),
                               cell(song.album), song.plays));
    vectors.write(fmt::format("{}\n", fmt::join(rows.vector(row), "\t")));
  }
  vectors.close();
  metadata.close();
}

void export_npy(ExportRows& rows, const fs::path& folder) {
  NpyWriter vectors(folder / kVectorsName, rows.size(), rows.dim());
  FileWriter songs(folder / "songs.jsonl");
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const data::Song song = rows.model().songs().song(row);
    const std::vector<std::string_view> tags = rows.model().songs().tags(row);
    const json::object line = {{"id", song.id},
                               {"title", song.title},
                               {"artist", song.artist},
                               {"album", song.album},
                               {"tags", json::array(tags.begin(), tags.end())},
                               {"plays", song.plays}};
    songs.write(json::serialize(line) + "\n");
    vectors.add(rows.vector(row));
  }
  vectors.close();
  songs.close();
}

void export_model(const Model& model, const ExportOptions& options, Progress& progress, std::stop_token stop) {
  const fs::path output = options.output;
  ExportRows rows(model, options, progress, std::move(stop));
  progress.begin("export", rows.size(), "songs");
  switch (options.format) {
    case ExportFormat::word2vec:
    case ExportFormat::word2vec_binary:
      into_file(rows, output, export_word2vec);
      break;
    case ExportFormat::projector:
      into_folder(rows, output, {"metadata.tsv", "vectors.tsv"}, export_projector);
      break;
    case ExportFormat::npy:
      into_folder(rows, output, {"songs.jsonl", std::string(kVectorsName)}, export_npy);
      break;
    case ExportFormat::parquet:
      into_file(rows, output, export_parquet);
      break;
  }
  progress.end();
}

}  // namespace segue::model
