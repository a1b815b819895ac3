// The queues of a dataset: sessions and playlists, each an ordered list of songs.
//
// queues.arrow, mapped:
//   user    utf8                    the user, or the playlist's id
//   start   timestamp[us, UTC]      null if the input has no times
//   songs   list<uint32>            rows of songs.arrow
//   name    utf8                    of a playlist, "" for a session; datasets of version 1 have no names
//
// In a dataset of several shards each has a file of that kind, queues-0000.arrow and so on, with the queues after those
// of the shard before it; a file may be empty.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/file.h"
#include "segue/data/dataset/song_row.h"

namespace segue::data {

// Thread safe. Either mapped from a file or held in memory; the spans belong to it.
class Queues {
 public:
  Queues();
  // Maps and checks the file: types, offsets, every song < song_count; `names`: it has that column. Throws not_found,
  // corrupt.
  Queues(const std::filesystem::path& queues_arrow, std::uint32_t song_count, bool names = true);
  Queues(const MappedFile& queues_arrow, std::uint32_t song_count, bool names = true);
  // All shards of a dataset. REQUIRES: at least one.
  Queues(const std::vector<MappedFile>& shards, std::uint32_t song_count, bool names = true);
  // In memory, without users and times: for tests, benchmarks and generated data.
  explicit Queues(const std::vector<std::vector<SongRow>>& queues);
  Queues(Queues&&) noexcept;
  Queues& operator=(Queues&&) noexcept;
  ~Queues();

  std::size_t size() const { return size_; }
  // The first of them are one's own; those after are of the datasets put beside them (ingest --base).
  std::size_t own() const { return size_ - others_; }
  // REQUIRES: count <= size()
  void set_own(std::size_t count) { others_ = size_ - count; }
  // The first queue of each shard; empty if the dataset has but one.
  std::span<const std::size_t> shard_starts() const { return shard_starts_; }
  std::uint64_t plays() const { return plays_; }
  // REQUIRES: queue < size().
  std::span<const SongRow> songs(std::size_t queue) const;
  std::string_view user(std::size_t queue) const;              // "" in memory
  std::string_view name(std::size_t queue) const;              // of a playlist, "" if it has none
  std::optional<std::int64_t> start(std::size_t queue) const;  // microseconds since 1970-01-01 UTC

 private:
  struct State;

  void add_shard(const MappedFile& queues_arrow, std::uint32_t song_count, bool names);

  std::unique_ptr<State> state_;
  std::size_t size_ = 0;
  std::size_t others_ = 0;
  std::vector<std::size_t> shard_starts_;
  std::uint64_t plays_ = 0;
};

inline constexpr std::size_t kMostShards = 10'000;

// The shard of the next queue, of a dataset with so many plays, behind queues with `written` of them.
std::size_t shard_of(std::uint64_t written, std::uint64_t plays, std::size_t shards);

// The files of a dataset of `shards`, at least 1: "queues.arrow", or "queues-0000.arrow" and so on.
std::vector<std::string> queue_files(std::size_t shards);

// Writes queues.arrow queue by queue.
class QueuesWriter {
 public:
  explicit QueuesWriter(const std::filesystem::path& queues_arrow);
  ~QueuesWriter();
  void add(std::string_view user, std::optional<std::int64_t> start, std::span<const SongRow> songs,
           std::string_view name = "");
  void close();  // throws no_space, io_failed

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Writes the queues of a dataset into its shards, each with about as many plays.
class QueueShardsWriter {
 public:
  // `plays` of all queues that will be added.
  QueueShardsWriter(const std::filesystem::path& folder, std::size_t shards, std::uint64_t plays);
  // As QueuesWriter's.
  void add(std::string_view user, std::optional<std::int64_t> start, std::span<const SongRow> songs,
           std::string_view name = "");
  void close();

 private:
  void open_next();

  std::filesystem::path folder_;
  std::vector<std::string> files_;
  std::uint64_t plays_;
  std::uint64_t written_ = 0;  // plays
  std::size_t opened_ = 0;     // files
  std::optional<QueuesWriter> writer_;
};

}  // namespace segue::data
