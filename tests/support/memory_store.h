// A store of listens in memory: the plain twin of the stores on disk, for tests of code that uses a store.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>

#include "segue/base/error.h"
#include "segue/store/store.h"

namespace segue::testing {

// Thread safe.
class MemoryStore : public store::ListenStore {
 public:
  // From now on every call throws this error and changes nothing; without a code, calls work again.
  void fail_with(std::optional<ErrorCode> code) { fault_ = code ? static_cast<int>(*code) : kNone; }
  // The time that `inserted_at` and `created` are set to.
  void set_time(std::int64_t unix_now) { now_ = unix_now; }

  store::AddedListens add(std::span<const store::StoredListen> listens) override;
  std::vector<store::StoredListen> listens_of(std::string_view user, const store::ListenRange& range) override;
  std::uint64_t listen_count(std::string_view user) override;
  void for_each_song(std::string_view user, const std::function<bool(const store::StoredListen&)>& each) override;
  std::vector<store::SongTime> newest_of(std::string_view user, std::span<const store::StoredListen> songs,
                                         std::size_t count) override;
  void for_each_count(std::string_view user, std::int64_t from, std::int64_t to,
                      const std::function<bool(const store::SongCount&)>& each) override;
  store::AddedListens add_skips(std::span<const store::StoredListen> skips) override;
  std::vector<store::StoredListen> skips_of(std::string_view user, std::size_t count) override;
  void for_each_skip(const std::function<bool(const store::StoredListen&)>& each) override;
  store::AddedListens add_events(std::span<const store::StoredEvent> events) override;
  void for_each_event(std::int64_t from, const std::function<bool(const store::StoredEvent&)>& each) override;
  std::uint64_t drop_events(std::int64_t made_before) override;
  bool remove(std::string_view user, std::int64_t listened_at, std::string_view msid) override;
  std::uint64_t remove_older(std::int64_t before, std::size_t most) override;
  std::vector<std::string> users(std::string_view prefix, std::size_t most) override;
  std::int64_t latest_import(std::string_view user, std::string_view service) override;
  void set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) override;
  void set_feedback(const store::Feedback& feedback) override;
  std::vector<store::Feedback> feedback_of(std::string_view user, std::optional<int> score, std::size_t count,
                                           std::size_t offset) override;
  store::StoredPlaylist keep_playlist(const store::StoredPlaylist& playlist, std::int64_t oldest) override;
  std::vector<store::StoredPlaylist> playlists_of(std::string_view user) override;
  std::optional<store::StoredPlaylist> playlist(std::string_view id) override;
  store::StoredSongChange set_catalogue_change(std::string_view song_id, std::string_view content,
                                               std::int64_t changed) override;
  std::vector<store::StoredSongChange> catalogue_changes(std::int64_t after) override;
  store::StoredSongChange set_new_song(std::string_view song_id, std::string_view content,
                                       std::int64_t changed) override;
  std::vector<store::StoredSongChange> new_songs(std::int64_t after) override;
  void add_token(const store::StoredToken& token) override;
  std::optional<store::StoredToken> token_by_hash(std::string_view hash) override;
  std::vector<store::StoredToken> tokens() override;
  bool remove_token(std::string_view id) override;
  store::Forgotten forget(std::string_view user) override;
  void for_each_listen(const std::function<bool(const store::StoredListen&)>& each) override;
  void for_each_inserted(std::int64_t from, std::int64_t to,
                         const std::function<bool(const store::StoredListen&)>& each) override;
  store::StoreFacts facts() override;
  std::uint64_t queued() override { return 0; }
  void check() override;

 private:
  using Key = std::tuple<std::string, std::int64_t, std::string>;  // user, listened_at, msid

  static constexpr int kNone = -1;

  std::atomic<int> fault_ = kNone;  // an ErrorCode
  std::atomic<std::int64_t> now_ = 0;
  std::mutex mutex_;
  std::map<Key, store::StoredListen> listens_;
  std::map<Key, store::StoredListen> skips_;
  // list, position, event, song
  std::map<std::tuple<std::string, std::uint32_t, std::string, std::string>, store::StoredEvent> events_;
  std::map<std::pair<std::string, std::string>, std::int64_t> imports_;
  std::vector<store::Feedback> feedback_;  // oldest first
  std::vector<store::StoredPlaylist> playlists_;
  using SongChanges = std::map<std::string, store::StoredSongChange>;  // by song
  store::StoredSongChange set(SongChanges& changes, std::string_view song_id, std::string_view content,
                              std::int64_t changed);
  std::vector<store::StoredSongChange> newer(const SongChanges& changes, std::int64_t after);

  SongChanges changes_;
  SongChanges new_songs_;
  std::map<std::string, store::StoredToken> tokens_;
};

}  // namespace segue::testing
