#include "segue/evaluate/split_export.h"

#include <array>
#include <optional>
#include <span>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/json_text.h"
#include "segue/base/manifest.h"
#include "segue/evaluate/knowledge.h"
#include "segue/evaluate/positions.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kQueriesAtOnce = 256;

template <typename Number>
void hash(Sha256& digest, std::span<const Number> numbers) {
  digest.update(std::as_bytes(numbers));
}

void append_songs(std::string& line, std::string_view key, std::span<const std::uint32_t> songs) {
  line += ", \"";
  line += key;
  line += "\": [";
  for (std::size_t i = 0; i < songs.size(); ++i) {
    if (i > 0) line += ", ";
    append_json(line, std::uint64_t{songs[i]});
  }
  line += ']';
}

void append_number(std::string& line, std::string_view key, std::uint64_t number) {
  line += line.empty() ? "{\"" : ", \"";
  line += key;
  line += "\": ";
  append_json(line, number);
}

void append_text(std::string& line, std::string_view key, std::string_view text) {
  line += ", \"";
  line += key;
  line += "\": ";
  append_json(line, text);
}

void append_user_and_start(std::string& line, std::uint32_t user, std::optional<std::int64_t> start) {
  if (user != kNobody) append_number(line, "user", user);
  if (!start) return;
  line += ", \"start\": ";
  append_json(line, *start);
}

class SplitWriter {
 public:
  SplitWriter(const data::Dataset& dataset, const Split& split, std::uint32_t heard, Progress& progress,
              const std::stop_token& stop)
      : dataset_(dataset), split_(split), heard_(heard), progress_(progress), stop_(stop) {}

  void write_songs(const std::filesystem::path& path) {
    FileWriter file(path);
    for (std::uint32_t song = 0; song < split_.rows.size(); ++song) {
      const data::Song names = dataset_.songs.song(split_.rows[song]);
      std::string line;
      append_number(line, "song", song);
      append_text(line, "id", names.id);
      append_text(line, "artist", names.artist);
      append_text(line, "title", names.title);
      append_number(line, "plays", split_.training.plays[song]);
      write(file, line);
    }
    file.close();
  }

  void write_training(const std::filesystem::path& path) {
    const TrainingSet& training = split_.training;
    FileWriter file(path);
    progress_.begin("training queues", training.queues.size(), "queues");
    for (std::size_t queue = 0; queue < training.queues.size(); ++queue) {
      if (queue % kQueriesAtOnce == 0) progress(queue);
      std::string line;
      append_number(line, "queue", queue);
      append_user_and_start(line, training.users[queue], training.starts[queue]);
      append_songs(line, "songs", training.queues.songs(queue));
      write(file, line);
    }
    progress_.end();
    file.close();
  }

  // The number of positions.
  std::size_t write_positions(const std::filesystem::path& path) {
    const Knowledge knowledge(dataset_, split_);
    const std::vector<Position> positions = list_positions(dataset_, split_, heard_);
    QueryBatch batch(dataset_, split_, knowledge, heard_);
    FileWriter file(path);
    progress_.begin("positions", positions.size(), "positions");
    for (std::size_t first = 0; first < positions.size(); first += kQueriesAtOnce) {
      progress(first);
      for (const Query& query : batch.make(positions, first, std::min(kQueriesAtOnce, positions.size() - first))) {
        std::string line;
        append_number(line, "position", query.number);
        append_text(line, "task", kTaskNames[static_cast<std::size_t>(query.task)]);
        append_number(line, "queue", positions[query.number].held_out);
        append_user_and_start(line, query.user, query.start);
        append_songs(line, "heard", query.heard);
        append_songs(line, "masked", query.masked);
        write(file, line);
      }
    }
    progress_.end();
    file.close();
    return positions.size();
  }

 private:
  void progress(std::size_t done) {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped while exporting the split");
    progress_.update(done, "");
  }
  static void write(FileWriter& file, std::string& line) {
    line += "}\n";
    file.write(line);
  }

  const data::Dataset& dataset_;
  const Split& split_;
  const std::uint32_t heard_;
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

void export_split(const data::Dataset& dataset, const Split& split, std::uint32_t heard,
                  const std::filesystem::path& folder, Progress& progress, const std::stop_token& stop) {
  FolderWriter writer(folder, replaces(kSplitFormat));
  SplitWriter files(dataset, split, heard, progress, stop);
  files.write_songs(writer.path() / "songs.jsonl");
  files.write_training(writer.path() / "training.jsonl");
  const std::size_t positions = files.write_positions(writer.path() / "positions.jsonl");
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
