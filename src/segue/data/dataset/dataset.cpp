#include "segue/data/dataset/dataset.h"

namespace segue::data {

namespace {

const json::object* counts_of(const Dataset& dataset) {
  const json::value* const counts = dataset.manifest.fields.if_contains("counts");
  return counts != nullptr && counts->is_object() ? &counts->get_object() : nullptr;
}

std::size_t base_queues(const Dataset& dataset) {
  const json::object* const counts = counts_of(dataset);
  if (counts == nullptr || !counts->contains("base_queues")) return 0;
  const std::uint64_t base = count_at(*counts, "base_queues", kManifestName);
  if (base >= dataset.queues.size()) {
    fail(ErrorCode::corrupt, "{}: base_queues: expected fewer than the {} queues, found {}", kManifestName,
         dataset.queues.size(), base);
  }
  return base;
}

}  // namespace

Dataset open_dataset(const std::filesystem::path& folder) {
  return open_whole(folder, [](const OpenFolder& open) {
    Dataset dataset;
    dataset.manifest = open_manifest(open, kDatasetFormat);
    dataset.songs = Catalogue(open.map(kSongsName));
    const bool first_version = dataset.manifest.version == 1;
    std::vector<MappedFile> shards;
    for (const std::string& name : queue_files(shards_in(dataset.manifest))) shards.push_back(open.map(name));
    dataset.queues = Queues(shards, dataset.songs.size(), !first_version);
    dataset.queues.set_own(dataset.queues.size() - base_queues(dataset));
    if (open.contains(kSkipsName)) dataset.skips = Skips(open.map(kSkipsName), dataset.songs.size());
    return dataset;
  });
}

std::size_t shards_in(const Manifest& manifest) {
  if (!manifest.fields.contains("shards")) return 1;
  const std::uint64_t shards = count_at(manifest.fields, "shards", kManifestName);
  if (shards == 0 || shards > kMostShards) {
    fail(ErrorCode::corrupt, "{}: shards: expected 1 to {}, found {}", kManifestName, kMostShards, shards);
  }
  return shards;
}

bool has_sessions(const Dataset& dataset) {
  const json::object* const counts = counts_of(dataset);
  if (counts != nullptr && counts->contains("playlists") && count_at(*counts, "playlists", kManifestName) > 0) {
    return false;
  }
  for (std::size_t queue = 0; queue < dataset.queues.own(); ++queue) {
    if (!dataset.queues.start(queue)) return false;
  }
  return true;
}

}  // namespace segue::data
