// Makes a dataset of listens and playlists: add everything, cut it into queues, write the folder.
//
// The result depends on what was added, not on the order of logs or rows (but for listens of one user at the same time,
// and for playlists, which keep their order), nor on threads or memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/base/progress.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/dataset/interner.h"
#include "segue/data/dataset/listen_store.h"
#include "segue/data/dataset/log_sink.h"
#include "segue/data/dataset/song_numbers.h"
#include "segue/data/dataset/song_register.h"
#include "segue/data/log/listen.h"
#include "segue/data/log/rejects.h"
#include "segue/data/text/text_arena.h"

namespace segue::data {

struct DatasetRules {
  SessionRules sessions;
  SongRules songs;
  std::int64_t min_played_ms = 0;
  std::uint64_t most_bytes = 0;  // of memory
  std::size_t shards = 1;        // of the queues
};

struct UserPlays {
  std::string user;
  std::uint64_t plays = 0;
};

struct DatasetCounts {
  std::uint64_t users = 0;  // with sessions
  std::uint64_t sessions = 0;
  std::uint64_t playlists = 0;
  std::uint64_t plays = 0;
  std::uint64_t songs = 0;
  std::uint64_t titled_songs = 0;   // with a title
  std::uint64_t skips = 0;          // of songs that are in queues
  std::uint64_t songs_by_id = 0;    // told apart by an id
  std::uint64_t songs_by_name = 0;  // told apart by artist and title
  std::uint64_t songs_met = 0;      // mentioned in two ways that met
  std::uint64_t versions_merged = 0;
  // Of all datasets that the queues were put beside; in none of the counts of users, sessions and playlists.
  std::uint64_t base_queues = 0;
  std::uint64_t base_plays = 0;
  std::uint64_t plays_in_base = 0;           // plays of one's own whose song the base has too
  std::optional<std::int64_t> first_listen;  // microseconds
  std::optional<std::int64_t> last_listen;
  std::vector<UserPlays> largest_users;  // those with most plays in sessions, at most 10
};

// {"users": 2, ..., "skips": 1}: what is kept, for manifests and reports.
json::object to_json(const DatasetCounts& counts);
// [{"user": "ann", "plays": 3}, ...]
json::array to_json(const std::vector<UserPlays>& users);

// Keeps those with most plays, in the order of DatasetCounts::largest_users.
void keep_largest(std::vector<UserPlays>& users);

class DatasetBuilder final : public LogSink {
 public:
  // Temporary files are made in `scratch`, which exists.
  DatasetBuilder(const DatasetRules& rules, const std::filesystem::path& scratch);

  void begin_log() override { listens_.begin_log(); }
  void end_log() override { listens_.end_log(); }
  std::vector<std::size_t> add(std::span<const Listen> listens) override;
  std::optional<Reason> add(const ListedPlaylist& playlist) override;
  void describe(const SongDescription& song) override;
  // Queues of others, to be written after one's own as they are. Ann is called `name`:Ann there.
  void add_base(const Dataset& base, std::string_view name);

  // Cuts queues and settles which songs are the same. Adds what it drops to `dropped`. Call once.
  void cut(RejectLog& dropped, std::size_t threads);
  bool empty() const;  // after cut(): no queue of one's own is left

  // For a part of a dataset, in place of cut() and write(): the songs have the numbers of the whole, in queues, skips
  // and plays.
  void cut_part(const SongNumbers& numbers, RejectLog& dropped, std::size_t threads);
  DatasetCounts write_part(const std::filesystem::path& folder, Progress& progress, const std::stop_token& stop);
  std::uint64_t mentions() const { return songs_.mentions(); }
  // After cut(): of the users in the order of their names, the first or the last; "" if there is none.
  std::string_view first_user() const;
  std::string_view last_user() const;

  // Writes songs, queues and skips to the folder. Throws no_space, io_failed, interrupted.
  DatasetCounts write(const std::filesystem::path& folder, std::size_t threads, Progress& progress,
                      const std::stop_token& stop);

  const std::vector<MergedSong>& merged_songs() const { return resolved_.merged; }

 private:
  struct NamedList {
    std::uint32_t user = 0;
    std::string_view name;
    std::optional<std::int64_t> time;
    std::vector<std::uint32_t> songs;
  };

  StoredListen stored(const Listen& listen, std::uint32_t user, std::uint32_t song) const;
  std::uint64_t memory_for_listens() const;
  void cut_resolved(RejectLog& dropped, std::size_t threads);
  void sort_users();
  void cut_playlists(RejectLog& dropped);
  void resolve_base();
  template <class Visit>
  void for_each_session(Visit visit) const;
  void count(std::vector<std::uint64_t>& plays);
  void count_base(std::vector<std::uint64_t>& plays);
  void write_queues(const std::filesystem::path& folder, const std::vector<std::uint32_t>& rows, Progress& progress,
                    const std::stop_token& stop);
  void write_skips(const std::filesystem::path& path, const std::vector<std::uint32_t>& rows);

  DatasetRules rules_;
  Interner users_;
  std::vector<std::uint32_t> users_in_order_;  // by name
  SongRegister songs_;
  ListenStore listens_;
  std::vector<std::uint32_t> songs_of_;  // the listens being added
  std::vector<NamedList> playlists_;
  std::vector<NamedList> base_;
  std::vector<std::uint32_t> songs_of_base_;  // as added
  TextArena names_;
  ResolvedSongs resolved_;
  std::vector<std::uint32_t> numbers_;  // of a part: the number of each song in the whole
  CutCounts cut_;
  DatasetCounts counts_;
};

}  // namespace segue::data
