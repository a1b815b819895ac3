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

bool has_sessions(const Dataset& dataset) {
  const json::value* const counts = dataset.manifest.fields.if_contains("counts");
  if (counts != nullptr && counts->is_object() && counts->get_object().contains("playlists") &&
      count_at(counts->get_object(), "playlists", kManifestName) > 0) {
    return false;
  }
  for (std::size_t queue = 0; queue < dataset.queues.size(); ++queue) {
    if (!dataset.queues.start(queue)) return false;
  }
  return true;
}

}  // namespace segue::data
