// The store in a PostgreSQL database, which any number of processes share.
//
// Its tables are in a schema of their own, "segue", created if it does not exist, whatever the search_path. Texts are
// compared byte by byte (COLLATE "C"), so that lists have the same order as in the other stores. Concurrent additions
// share one commit (see group_commit.h). Each call takes a connection and keeps it for the next; ended ones are
// dropped, so that the first call after the server comes back works.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "segue/store/group_commit.h"
#include "segue/store/postgres.h"
#include "segue/store/store.h"

namespace segue::store {

class PostgresStore final : public ListenStore {
 public:
  // Throws wrong_use for a URL that cannot be parsed or a user without access, not_found for a database that does not
  // exist, unavailable for a server that cannot be reached, corrupt if the schema "segue" belongs to something else,
  // unsupported for a store written by a newer Segue.
  explicit PostgresStore(const std::string& url);
  ~PostgresStore() override;

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
  class Session;

  void commit_together(std::span<Addition* const> additions);
  AddedListens add_together(const std::function<AddedListens()>& add);
  PostgresRows run(const std::string& sql, const PostgresValues& values = {});

  const PostgresPlace place_;

  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;  // not in use now

  std::atomic<bool> is_full_{false};  // the last addition found no space

  GroupCommit additions_;
};

}  // namespace segue::store
