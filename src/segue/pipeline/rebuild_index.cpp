#include "segue/pipeline/rebuild_index.h"

#include <array>

#include "segue/base/manifest.h"
#include "segue/model/extend.h"
#include "segue/model/model.h"
#include "segue/model/npy.h"

namespace segue::pipeline {

json::object rebuild_index(const std::filesystem::path& folder, const model::IndexBuild& build, Progress& progress,
                           const std::stop_token& stop) {
  json::object index;
  model::IndexBuild trained = build;
  const Manifest manifest = open_manifest(folder, model::kModelFormat);
  const std::size_t songs = model::NpyMatrix(folder / model::kVectorsName).view().rows;
  trained.songs = model::trained_songs_of(manifest, static_cast<std::uint32_t>(songs), folder);
  model::extend_model(folder, std::array{model::kIndexName}, [&](const std::filesystem::path& version) {
    index = model::write_index(version, trained, progress, stop);
    return json::object{{"index", index}};
  });
  return index;
}

}  // namespace segue::pipeline
