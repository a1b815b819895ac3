#include "segue/model/model.h"

#include <cmath>
#include <optional>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/folder.h"
#include "segue/base/parallel.h"
#include "segue/data/dataset.h"
#include "segue/math/kernels.h"
#include "segue/model/map_file.h"
#include "segue/model/npy.h"
#include "segue/model/transitions_file.h"
#include "segue/train/loss_sample.h"

namespace segue {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRowsPerPiece = 4096;

// A file that the manifest does not vouch for is none.
bool lists(const Manifest& manifest, std::string_view name) {
  return object_at(manifest.fields, "files", kManifestName).contains(name);
}

// Every file a model cannot do without has to be in the manifest, or nothing would vouch for it.
void check_listed(const Manifest& manifest, const fs::path& folder) {
  const std::string subject = (folder / kManifestName).string();
  const json::object& files = object_at(manifest.fields, "files", subject);
  for (const std::string_view name : {kSongsName, kVectorsName, kContextName, kTransitionsName}) {
    if (!files.contains(name)) fail(ErrorCode::corrupt, "{}: expected {} among its files, found none", subject, name);
  }
}

void check_shape(const fs::path& file, MatrixView<const float> matrix, std::size_t rows, std::size_t columns) {
  if (matrix.rows != rows || matrix.columns != columns || columns == 0) {
    fail(ErrorCode::corrupt, "{}: expected the shape ({}, {}), found ({}, {})", file.string(), rows, columns,
         matrix.rows, matrix.columns);
  }
}

// A vector with an infinite or undefined number, or so long that its square overflows, has no direction.
std::vector<float> inverse_norms_of(const fs::path& file, MatrixView<const float> vectors) {
  std::vector<float> inverse(vectors.rows);
  const Kernels& kernels = best_kernels();
  parallel_for(vectors.rows, kRowsPerPiece, thread_count(0), [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const float square = kernels.squared_norm(vectors.row(row), vectors.columns);
      if (!std::isfinite(square)) {
        fail(ErrorCode::corrupt, "{}: row {}: expected finite numbers, found others", file.string(), row);
      }
      inverse[row] = square > 0 ? 1 / std::sqrt(square) : 0;
    }
  });
  return inverse;
}

void check_finite(const fs::path& file, MatrixView<const float> matrix) {
  (void)inverse_norms_of(file, matrix);
}

json::array history_of(const std::vector<EpochReport>& epochs) {
  json::array history;
  for (const EpochReport& epoch : epochs) {
    history.push_back({{"epoch", epoch.epoch},
                       {"sample_loss", epoch.sample_loss},
                       {"mean_loss", epoch.mean_loss},
                       {"pairs", epoch.pairs},
                       {"plays", epoch.plays},
                       {"seconds", epoch.seconds}});
  }
  return history;
}

void write_matrix(const fs::path& file, const TrainedMatrix& matrix) {
  NpyWriter writer(file, matrix.rows(), matrix.columns());
  std::vector<float> scratch(matrix.columns());
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    writer.add({matrix.row(row, scratch.data()), matrix.columns()});
  }
  writer.close();
}

// Writes the first rows of `songs`; returns the sum of their plays.
std::uint64_t write_songs(const fs::path& file, const Catalogue& songs, std::size_t rows) {
  CatalogueWriter writer(file);
  std::uint64_t plays = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const Song song = songs.song(row);
    plays += song.plays;
    writer.add(song);
  }
  writer.close();
  return plays;
}

}  // namespace

struct Model::State {
  Manifest manifest;
  Catalogue songs;
  NpyMatrix vectors;
  NpyMatrix context;
  TransitionsFile transitions;
  std::vector<float> inverse_norms;
  std::optional<SongMap> map;

  State(const fs::path& folder, Manifest opened)
      : manifest(std::move(opened)),
        songs(folder / kSongsName),
        vectors(folder / kVectorsName),
        context(folder / kContextName),
        transitions(folder / kTransitionsName, songs.size()) {
    check_shape(folder / kVectorsName, vectors.view(), songs.size(), vectors.view().columns);
    check_shape(folder / kContextName, context.view(), songs.size(), vectors.view().columns);
    inverse_norms = inverse_norms_of(folder / kVectorsName, vectors.view());
    check_finite(folder / kContextName, context.view());
    if (lists(manifest, kMapName)) map = read_map(folder, songs.size());
  }
};

Model::Model(const fs::path& folder) {
  Manifest manifest = open_manifest(folder, kModelFormat);
  check_listed(manifest, folder);
  state_ = std::make_unique<State>(folder, std::move(manifest));
}

Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

const Manifest& Model::manifest() const {
  return state_->manifest;
}
const Catalogue& Model::songs() const {
  return state_->songs;
}
MatrixView<const float> Model::vectors() const {
  return state_->vectors.view();
}
MatrixView<const float> Model::context() const {
  return state_->context.view();
}
std::span<const float> Model::inverse_norms() const {
  return state_->inverse_norms;
}
TransitionsOf Model::transitions(std::uint32_t song) const {
  return state_->transitions.of(song);
}
const SongMap* Model::map() const {
  return state_->map ? &*state_->map : nullptr;
}

void write_model(const fs::path& folder, const Catalogue& songs, std::string_view dataset_digest,
                 const TrainOptions& options, const TrainedVectors& trained, const Transitions& transitions) {
  const std::size_t rows = trained.vectors.rows();
  SEGUE_ASSERT(rows <= songs.size() && trained.context.rows() == rows && transitions.offsets.size() == rows + 1);
  check_replaceable(folder, kModelFormat);
  FolderWriter writer(folder, kManifestName);
  const std::uint64_t plays = write_songs(writer.path() / kSongsName, songs, rows);
  write_matrix(writer.path() / kVectorsName, trained.vectors);
  write_matrix(writer.path() / kContextName, trained.context);
  write_transitions(writer.path() / kTransitionsName, transitions);

  json::object fields;
  fields["dataset"] = dataset_digest;
  fields["options"] = options_to_json(options);
  fields["counts"] = {{"songs", rows},
                      {"dim", trained.vectors.columns()},
                      {"plays", plays},
                      {"transitions", transitions.neighbours.size()}};
  fields["loss_sample"] = {
      {"pairs", LossSample::kPairs}, {"noise", SampledPair::kNoise}, {"untrained", trained.untrained_loss}};
  fields["history"] = history_of(trained.epochs);
  write_manifest(writer.path(), kModelFormat, fields);
  writer.commit();
}

}  // namespace segue
