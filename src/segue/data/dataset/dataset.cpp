#include "segue/data/dataset/dataset.h"

namespace segue::data {

Dataset open_dataset(const std::filesystem::path& folder) {
  return open_whole(folder, [](const OpenFolder& open) {
    Dataset dataset;
    dataset.manifest = open_manifest(open, kDatasetFormat);
    dataset.songs = Catalogue(open.map(kSongsName));
    const bool first_version = dataset.manifest.version == 1;
    dataset.queues = Queues(open.map(kQueuesName), dataset.songs.size(), !first_version);
    if (open.contains(kSkipsName)) dataset.skips = Skips(open.map(kSkipsName), dataset.songs.size());
    return dataset;
  });
}

}  // namespace segue::data
