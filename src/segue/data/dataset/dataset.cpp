#include "segue/data/dataset/dataset.h"

namespace segue::data {

Dataset open_dataset(const std::filesystem::path& folder) {
  Dataset dataset;
  dataset.manifest = open_manifest(folder, kDatasetFormat);
  dataset.songs = Catalogue(folder / kSongsName);
  dataset.queues = Queues(folder / kQueuesName, dataset.songs.size());
  return dataset;
}

}  // namespace segue::data
