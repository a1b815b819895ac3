#include "segue/data/dataset/dataset.h"

namespace segue::data {

Dataset open_dataset(const std::filesystem::path& folder) {
  return open_whole(folder, [](const OpenFolder& open) {
    Dataset dataset;
    dataset.manifest = open_manifest(open, kDatasetFormat);
    dataset.songs = Catalogue(open.map(kSongsName));
    dataset.queues = Queues(open.map(kQueuesName), dataset.songs.size());
    return dataset;
  });
}

}  // namespace segue::data
