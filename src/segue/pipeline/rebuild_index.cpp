#include "segue/pipeline/rebuild_index.h"

#include <array>

#include "segue/model/extend.h"
#include "segue/model/model.h"

namespace segue::pipeline {

json::object rebuild_index(const std::filesystem::path& folder, const model::IndexBuild& build, Progress& progress,
                           const std::stop_token& stop) {
  json::object index;
  model::IndexBuild trained = build;
  trained.songs = model::Model(folder).trained_songs();
  model::extend_model(folder, std::array{model::kIndexName}, [&](const std::filesystem::path& version) {
    index = model::write_index(version, trained, progress, stop);
    return json::object{{"index", index}};
  });
  return index;
}

}  // namespace segue::pipeline
