#include "segue/evaluate/split_export.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/evaluate/knowledge.h"
#include "segue/evaluate/positions.h"
#include "segue/evaluate/split_files.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kQueriesAtOnce = 256;

template <typename Number>
void hash(Sha256& digest, std::span<const Number> numbers) {
  digest.update(std::as_bytes(numbers));
}

// The user's number, if one is known.
std::optional<std::uint32_t> known(std::uint32_t user) {
  return user == kNobody ? std::nullopt : std::optional(user);
}

class SplitWriter {
 public:
  SplitWriter(const data::Dataset& dataset, const Split& split, std::uint32_t heard, SplitFiles& files,
              Progress& progress, const std::stop_token& stop)
      : dataset_(dataset), split_(split), heard_(heard), files_(files), progress_(progress), stop_(stop) {}

  void write_songs() {
    for (std::uint32_t song = 0; song < split_.rows.size(); ++song) {
      const data::Song names = dataset_.songs.song(split_.rows[song]);
      files_.add(ExportedSong{song, names.id, names.artist, names.title, split_.training.plays[song]});
    }
  }

  void write_training() {
    const TrainingSet& training = split_.training;
    progress_.begin("training queues", training.queues.size(), "queues");
    for (std::size_t queue = 0; queue < training.queues.size(); ++queue) {
      if (queue % kQueriesAtOnce == 0) progress(queue);
      files_.add(
          ExportedQueue{queue, known(training.users[queue]), training.starts[queue], training.queues.songs(queue)});
    }
    progress_.end();
  }

  // The number of positions.
  std::size_t write_positions() {
    const Knowledge knowledge(dataset_, split_);
    const std::vector<Position> positions = list_positions(dataset_, split_, heard_);
    QueryBatch batch(dataset_, split_, knowledge, heard_);
    progress_.begin("positions", positions.size(), "positions");
    for (std::size_t first = 0; first < positions.size(); first += kQueriesAtOnce) {
      progress(first);
      for (const Query& query : batch.make(positions, first, std::min(kQueriesAtOnce, positions.size() - first))) {
        const Position& position = positions[query.number];
        files_.add(ExportedPosition{query.number, kTaskNames[static_cast<std::size_t>(query.task)], position.held_out,
                                    known(query.user), query.start, query.heard, query.masked,
                                    position.target == kUnknownSong ? std::nullopt : std::optional(position.target)});
      }
    }
    progress_.end();
    return positions.size();
  }

 private:
  void progress(std::size_t done) {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped while exporting the split");
    progress_.update(done, "");
  }

  const data::Dataset& dataset_;
  const Split& split_;
  const std::uint32_t heard_;
  SplitFiles& files_;
  Progress& progress_;
  const std::stop_token& stop_;
};

}  // namespace

std::string split_digest(const Split& split, std::uint32_t heard) {
  Sha256 digest;
  const std::array<std::uint64_t, 4> sizes = {static_cast<std::uint64_t>(split.kind), heard, split.rows.size(),
                                              split.training_plays};
  hash(digest, std::span<const std::uint64_t>(sizes));
  hash(digest, std::span<const std::uint32_t>(split.rows));
  for (const HeldOutQueue& queue : split.held_out) {
    const std::array<std::uint64_t, 3> place = {queue.queue, queue.first, queue.end};
    hash(digest, std::span<const std::uint64_t>(place));
  }
  return digest.hex();
}

void export_split(const data::Dataset& dataset, const Split& split, std::uint32_t heard, SplitFormat format,
                  const std::filesystem::path& folder, Progress& progress, const std::stop_token& stop) {
  FolderWriter writer(folder, replaces(kSplitFormat));
  const std::unique_ptr<SplitFiles> files =
      format == SplitFormat::parquet ? make_split_parquet(writer.path()) : make_split_json(writer.path());
  SplitWriter rows(dataset, split, heard, *files, progress, stop);
  rows.write_songs();
  rows.write_training();
  const std::size_t positions = rows.write_positions();
  files->close();
  write_manifest(writer.path(), kSplitFormat,
                 {{"split", split_digest(split, heard)},
                  {"dataset", dataset.manifest.digest},
                  {"kind", choice_name(split.kind)},
                  {"heard", heard},
                  {"songs", split.training.song_count()},
                  {"training_queues", split.training.queues.size()},
                  {"positions", positions}});
  writer.commit();
}

}  // namespace segue::evaluate
