// The store in an SQLite file: for one process at a time, which is enough for a single server.
//
// Write-ahead log with full syncs: a commit is on the disk when it returns. Concurrent additions share one (see
// group_commit.h). Readers have their own connections and never wait for writers.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "segue/store/group_commit.h"
#include "segue/store/sqlite.h"
#include "segue/store/store.h"

namespace segue::store {

class SqliteStore final : public ListenStore {
 public:
  // Creates the file if it is missing. Every call throws unavailable while the path leads to another file than the one
  // that was opened. Throws not_found if its folder does not exist, corrupt if the file is not a store, unsupported for
  // a store written by a newer Segue; neither file is written to.
  explicit SqliteStore(const std::filesystem::path& file);
  ~SqliteStore() override;

  AddedListens add(std::span<const StoredListen> listens) override;
  std::vector<StoredListen> listens_of(std::string_view user, const ListenRange& range) override;
  std::uint64_t listen_count(std::string_view user) override;
  void for_each_song(std::string_view user, const std::function<bool(const StoredListen&)>& each) override;
  std::vector<SongTime> newest_of(std::string_view user, std::span<const StoredListen> songs,
                                  std::size_t count) override;
  void for_each_count(std::string_view user, std::int64_t from, std::int64_t to,
                      const std::function<bool(const SongCount&)>& each) override;
  AddedListens add_skips(std::span<const StoredListen> skips) override;
  std::vector<StoredListen> skips_of(std::string_view user, std::size_t count) override;
  void for_each_skip(const std::function<bool(const StoredListen&)>& each) override;
  AddedListens add_events(std::span<const StoredEvent> events) override;
  void for_each_event(std::int64_t from, const std::function<bool(const StoredEvent&)>& each) override;
  std::uint64_t drop_events(std::int64_t made_before) override;
  bool remove(std::string_view user, std::int64_t listened_at, std::string_view msid) override;
  std::uint64_t remove_older(std::int64_t before, std::size_t most) override;
  std::vector<std::string> users(std::string_view prefix, std::size_t most) override;
  std::int64_t latest_import(std::string_view user, std::string_view service) override;
  void set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) override;
  void set_feedback(const Feedback& feedback) override;
  std::vector<Feedback> feedback_of(std::string_view user, std::optional<int> score, std::size_t count,
                                    std::size_t offset) override;
  StoredPlaylist keep_playlist(const StoredPlaylist& playlist, std::int64_t oldest) override;
  std::vector<StoredPlaylist> playlists_of(std::string_view user) override;
  std::optional<StoredPlaylist> playlist(std::string_view id) override;
  StoredSongChange set_catalogue_change(std::string_view song_id, std::string_view content,
                                        std::int64_t changed) override;
  std::vector<StoredSongChange> catalogue_changes(std::int64_t after) override;
  StoredSongChange set_new_song(std::string_view song_id, std::string_view content, std::int64_t changed) override;
  std::vector<StoredSongChange> new_songs(std::int64_t after) override;
  void add_token(const StoredToken& token) override;
  std::optional<StoredToken> token_by_hash(std::string_view hash) override;
  std::vector<StoredToken> tokens() override;
  bool remove_token(std::string_view id) override;
  Forgotten forget(std::string_view user) override;
  void for_each_listen(const std::function<bool(const StoredListen&)>& each) override;
  void for_each_inserted(std::int64_t from, std::int64_t to,
                         const std::function<bool(const StoredListen&)>& each) override;
  StoreFacts facts() override;
  std::uint64_t queued() override { return additions_.waiting(); }
  void check() override;

 private:
  StoredSongChange set_change(std::string_view table, std::string_view song_id, std::string_view content,
                              std::int64_t changed);
  std::vector<StoredSongChange> changes(std::string_view table, std::int64_t after);
  class Reader;

  void commit_together(std::span<Addition* const> additions);
  template <class Work>
  auto write(const Work& work);
  template <class Work>
  auto write_and_erase(const Work& work);  // what it deletes leaves the disk
  void rewrite();
  void erase_log();  // REQUIRES: writing_ is held

  const std::filesystem::path file_;

  std::mutex writing_;  // guards writer_ (one transaction at a time) and the members below
  SqliteConnection writer_;
  bool log_holds_deleted_ = false;  // rows that were deleted are still in the write-ahead log
  bool erasing_again_ = false;      // a reader prevented the first attempt
  std::unique_ptr<SqliteStatement> insert_;
  std::unique_ptr<SqliteStatement> insert_event_;

  std::atomic<bool> is_full_{false};  // the last write found no space

  GroupCommit additions_;

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;  // not in use now
};

}  // namespace segue::store
