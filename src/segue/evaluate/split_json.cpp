#include <string>

#include "segue/base/file.h"
#include "segue/base/json_text.h"
#include "segue/evaluate/split_files.h"

namespace segue::evaluate {

namespace {

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

void append_user_and_start(std::string& line, std::optional<std::uint32_t> user, std::optional<std::int64_t> start) {
  if (user) append_number(line, "user", *user);
  if (!start) return;
  line += ", \"start\": ";
  append_json(line, *start);
}

class SplitJson final : public SplitFiles {
 public:
  explicit SplitJson(const std::filesystem::path& folder)
      : songs_(folder / "songs.jsonl"),
        training_(folder / "training.jsonl"),
        positions_(folder / "positions.jsonl"),
        targets_(folder / "targets.jsonl") {}

  void add(const ExportedSong& song) override {
    std::string line;
    append_number(line, "song", song.song);
    append_text(line, "id", song.id);
    append_text(line, "artist", song.artist);
    append_text(line, "title", song.title);
    append_number(line, "plays", song.plays);
    write(songs_, line);
  }

  void add(const ExportedQueue& queue) override {
    std::string line;
    append_number(line, "queue", queue.queue);
    append_user_and_start(line, queue.user, queue.start);
    append_songs(line, "songs", queue.songs);
    write(training_, line);
  }

  void add(const ExportedPosition& position) override {
    std::string line;
    append_number(line, "position", position.position);
    append_text(line, "task", position.task);
    append_number(line, "queue", position.queue);
    append_user_and_start(line, position.user, position.start);
    append_songs(line, "heard", position.heard);
    append_songs(line, "masked", position.masked);
    write(positions_, line);
    line.clear();
    append_number(line, "position", position.position);
    if (position.target) append_number(line, "song", *position.target);
    write(targets_, line);
  }

  void close() override {
    for (FileWriter* file : {&songs_, &training_, &positions_, &targets_}) file->close();
  }

 private:
  static void write(FileWriter& file, std::string& line) {
    line += "}\n";
    file.write(line);
  }

  FileWriter songs_;
  FileWriter training_;
  FileWriter positions_;
  FileWriter targets_;
};

}  // namespace

std::unique_ptr<SplitFiles> make_split_json(const std::filesystem::path& folder) {
  return std::make_unique<SplitJson>(folder);
}

}  // namespace segue::evaluate
