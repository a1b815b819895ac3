// A store as routes see it: whatever goes wrong with it is the server's fault, never the client's.
//
// A database that cannot open its file, for want of a file descriptor or because somebody deleted it, says "not found".
// As the status of a request that would be 404: scrobblers drop a listen that got one, and the message names a path.
#pragma once

#include <utility>

#include "segue/base/error.h"
#include "segue/store/store.h"

namespace segue::serve {

// Calls something that uses the server's own files. Throws unavailable instead of errors that would be reported as the
// client's.
template <class Call>
decltype(auto) on_own_files(Call&& call) {
  constexpr int kFirstServerError = 500;
  try {
    return std::forward<Call>(call)();
  } catch (const Error& error) {
    const bool is_of_text = error.code() == ErrorCode::bad_input;  // a text of the request that the database refuses
    if (is_of_text || meaning_of(error.code()).http_status >= kFirstServerError) throw;
    throw Error(ErrorCode::unavailable, error.what());
  }
}

// Thread safe as the store is, which outlives it.
class GuardedStore final : public store::ListenStore {
 public:
  explicit GuardedStore(store::ListenStore& store) : store_(store) {}

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
  std::uint64_t queued() override;
  void check() override;

 private:
  store::ListenStore& store_;
};

}  // namespace segue::serve
