#include "segue/data/dataset/dataset.h"

namespace segue::data {

Dataset open_dataset(const std::filesystem::path& folder) {
  Dataset dataset;
  dataset.manifest = open_manifest(folder, kDatasetFormat);
  dataset.songs = Catalogue(folder / kSongsName);
  const bool first_version = dataset.manifest.version == 1;
  dataset.queues = Queues(folder / kQueuesName, dataset.songs.size(), !first_version);
  if (!first_version) dataset.skips = Skips(folder / kSkipsName, dataset.songs.size());
  return dataset;
}

}  // namespace segue::data
