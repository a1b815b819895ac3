#include "segue/serve/guarded_store.h"

namespace segue::serve {

store::AddedListens GuardedStore::add(std::span<const store::StoredListen> listens) {
  return on_own_files([&] { return store_.add(listens); });
}

std::vector<store::StoredListen> GuardedStore::listens_of(std::string_view user, const store::ListenRange& range) {
  return on_own_files([&] { return store_.listens_of(user, range); });
}

std::uint64_t GuardedStore::listen_count(std::string_view user) {
  return on_own_files([&] { return store_.listen_count(user); });
}

void GuardedStore::for_each_song(std::string_view user, const std::function<bool(const store::StoredListen&)>& each) {
  on_own_files([&] { store_.for_each_song(user, each); });
}

std::vector<store::SongTime> GuardedStore::newest_of(std::string_view user, std::span<const store::StoredListen> songs,
                                                     std::size_t count) {
  return on_own_files([&] { return store_.newest_of(user, songs, count); });
}

void GuardedStore::for_each_count(std::string_view user, std::int64_t from, std::int64_t to,
                                  const std::function<bool(const store::SongCount&)>& each) {
  on_own_files([&] { store_.for_each_count(user, from, to, each); });
}

store::AddedListens GuardedStore::add_skips(std::span<const store::StoredListen> skips) {
  return on_own_files([&] { return store_.add_skips(skips); });
}

std::vector<store::StoredListen> GuardedStore::skips_of(std::string_view user, std::size_t count) {
  return on_own_files([&] { return store_.skips_of(user, count); });
}

void GuardedStore::for_each_skip(const std::function<bool(const store::StoredListen&)>& each) {
  on_own_files([&] { store_.for_each_skip(each); });
}

store::AddedListens GuardedStore::add_events(std::span<const store::StoredEvent> events) {
  return on_own_files([&] { return store_.add_events(events); });
}

void GuardedStore::for_each_event(std::int64_t from, const std::function<bool(const store::StoredEvent&)>& each) {
  on_own_files([&] { store_.for_each_event(from, each); });
}

std::uint64_t GuardedStore::drop_events(std::int64_t made_before) {
  return on_own_files([&] { return store_.drop_events(made_before); });
}

bool GuardedStore::remove(std::string_view user, std::int64_t listened_at, std::string_view msid) {
  return on_own_files([&] { return store_.remove(user, listened_at, msid); });
}

std::uint64_t GuardedStore::remove_older(std::int64_t before, std::size_t most) {
  return on_own_files([&] { return store_.remove_older(before, most); });
}

std::vector<std::string> GuardedStore::users(std::string_view prefix, std::size_t most) {
  return on_own_files([&] { return store_.users(prefix, most); });
}

std::int64_t GuardedStore::latest_import(std::string_view user, std::string_view service) {
  return on_own_files([&] { return store_.latest_import(user, service); });
}

void GuardedStore::set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) {
  on_own_files([&] { store_.set_latest_import(user, service, listened_at); });
}

void GuardedStore::set_feedback(const store::Feedback& feedback) {
  on_own_files([&] { store_.set_feedback(feedback); });
}

std::vector<store::Feedback> GuardedStore::feedback_of(std::string_view user, std::optional<int> score,
                                                       std::size_t count, std::size_t offset) {
  return on_own_files([&] { return store_.feedback_of(user, score, count, offset); });
}

store::StoredPlaylist GuardedStore::keep_playlist(const store::StoredPlaylist& playlist, std::int64_t oldest) {
  return on_own_files([&] { return store_.keep_playlist(playlist, oldest); });
}

std::vector<store::StoredPlaylist> GuardedStore::playlists_of(std::string_view user) {
  return on_own_files([&] { return store_.playlists_of(user); });
}

std::optional<store::StoredPlaylist> GuardedStore::playlist(std::string_view id) {
  return on_own_files([&] { return store_.playlist(id); });
}

store::StoredSongChange GuardedStore::set_catalogue_change(std::string_view song_id, std::string_view content,
                                                           std::int64_t changed) {
  return on_own_files([&] { return store_.set_catalogue_change(song_id, content, changed); });
}

std::vector<store::StoredSongChange> GuardedStore::catalogue_changes(std::int64_t after) {
  return on_own_files([&] { return store_.catalogue_changes(after); });
}

store::StoredSongChange GuardedStore::set_new_song(std::string_view song_id, std::string_view content,
                                                   std::int64_t changed) {
  return on_own_files([&] { return store_.set_new_song(song_id, content, changed); });
}

std::vector<store::StoredSongChange> GuardedStore::new_songs(std::int64_t after) {
  return on_own_files([&] { return store_.new_songs(after); });
}

void GuardedStore::add_token(const store::StoredToken& token) {
  on_own_files([&] { store_.add_token(token); });
}

std::optional<store::StoredToken> GuardedStore::token_by_hash(std::string_view hash) {
  return on_own_files([&] { return store_.token_by_hash(hash); });
}

std::vector<store::StoredToken> GuardedStore::tokens() {
  return on_own_files([&] { return store_.tokens(); });
}

bool GuardedStore::remove_token(std::string_view id) {
  return on_own_files([&] { return store_.remove_token(id); });
}

store::Forgotten GuardedStore::forget(std::string_view user) {
  return on_own_files([&] { return store_.forget(user); });
}

void GuardedStore::for_each_listen(const std::function<bool(const store::StoredListen&)>& each) {
  on_own_files([&] { store_.for_each_listen(each); });
}

void GuardedStore::for_each_inserted(std::int64_t from, std::int64_t to,
                                     const std::function<bool(const store::StoredListen&)>& each) {
  on_own_files([&] { store_.for_each_inserted(from, to, each); });
}

store::StoreFacts GuardedStore::facts() {
  return on_own_files([&] { return store_.facts(); });
}

std::uint64_t GuardedStore::queued() {
  return on_own_files([&] { return store_.queued(); });
}

void GuardedStore::check() {
  on_own_files([&] { store_.check(); });
}

}  // namespace segue::serve
