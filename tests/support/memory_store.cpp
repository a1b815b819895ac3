#include "tests/support/memory_store.h"

#include <algorithm>
#include <limits>

namespace segue::testing {

namespace {

constexpr store::ListenRange kEveryListen{.min_ts = {}, .max_ts = {}, .count = std::numeric_limits<std::size_t>::max()};

bool same_song(const store::Feedback& a, const store::Feedback& b) {
  return a.user == b.user && a.msid == b.msid && a.recording_mbid == b.recording_mbid && a.song_id == b.song_id;
}

}  // namespace

void MemoryStore::check() {
  if (const int code = fault_; code != kNone) fail(static_cast<ErrorCode>(code), "store: told to fail");
}

store::AddedListens MemoryStore::add(std::span<const store::StoredListen> listens) {
  check();
  const std::scoped_lock lock(mutex_);
  store::AddedListens counts;
  for (store::StoredListen listen : listens) {
    listen.inserted_at = now_;
    const bool added = listens_.try_emplace({listen.user, listen.listened_at, listen.msid}, listen).second;
    ++(added ? counts.added : counts.known);
  }
  return counts;
}

std::vector<store::StoredListen> MemoryStore::listens_of(std::string_view user, const store::ListenRange& range) {
  check();
  const std::scoped_lock lock(mutex_);
  std::vector<store::StoredListen> found;  // oldest first
  for (const auto& [key, listen] : listens_) {
    const std::int64_t time = listen.listened_at;
    if (listen.user != user || (range.min_ts && time <= *range.min_ts) || (range.max_ts && time >= *range.max_ts)) {
      continue;
    }
    found.push_back(listen);
  }
  const std::size_t count = std::min(range.count, found.size());
  const bool oldest = range.min_ts && !range.max_ts;
  if (oldest) {
    found.resize(count);
  } else {
    found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(count));
  }
  std::ranges::reverse(found);
  return found;
}

std::uint64_t MemoryStore::listen_count(std::string_view user) {
  return listens_of(user, kEveryListen).size();
}

void MemoryStore::for_each_song(std::string_view user, const std::function<bool(const store::StoredListen&)>& each) {
  std::map<std::tuple<std::string, std::string, std::string>, store::StoredListen> newest;
  for (store::StoredListen& one : listens_of(user, kEveryListen)) {
    one.release = one.track_metadata = "";
    one.inserted_at = 0;
    newest.try_emplace({one.msid, one.song_id, one.recording_mbid}, one);
  }
  for (const auto& [key, listen] : newest) {
    if (!each(listen)) return;
  }
}

std::vector<store::SongTime> MemoryStore::newest_of(std::string_view user, std::span<const store::StoredListen> songs,
                                                    std::size_t count) {
  std::vector<store::SongTime> times;
  for (const store::StoredListen& one : listens_of(user, kEveryListen)) {
    const auto song = std::ranges::find_if(songs, [&](const store::StoredListen& other) {
      return other.msid == one.msid && other.song_id == one.song_id && other.recording_mbid == one.recording_mbid;
    });
    if (song == songs.end() || times.size() == count) continue;
    times.push_back({static_cast<std::size_t>(song - songs.begin()), one.listened_at});
  }
  return times;
}

void MemoryStore::for_each_count(std::string_view user, std::int64_t from, std::int64_t to,
                                 const std::function<bool(const store::SongCount&)>& each) {
  std::map<std::tuple<std::string, std::string, std::string>, store::SongCount> counts;
  for (store::StoredListen& one : listens_of(user, kEveryListen)) {
    if (one.listened_at < from || one.listened_at >= to) continue;
    one.release = one.track_metadata = "";
    one.inserted_at = 0;
    ++counts.try_emplace({one.msid, one.song_id, one.recording_mbid}, store::SongCount{one}).first->second.listens;
  }
  for (const auto& [key, count] : counts) {
    if (!each(count)) return;
  }
}

store::AddedListens MemoryStore::add_skips(std::span<const store::StoredListen> skips) {
  check();
  const std::scoped_lock lock(mutex_);
  store::AddedListens counts;
  for (store::StoredListen skip : skips) {
    skip.track_metadata = "";
    const bool added = skips_.try_emplace({skip.user, skip.listened_at, skip.msid}, skip).second;
    ++(added ? counts.added : counts.known);
  }
  return counts;
}

std::vector<store::StoredListen> MemoryStore::skips_of(std::string_view user, std::size_t count) {
  std::vector<store::StoredListen> found;
  for_each_skip([&](const store::StoredListen& skip) {
    if (skip.user == user) found.push_back(skip);
    return true;
  });
  std::ranges::reverse(found);
  found.resize(std::min(count, found.size()));
  return found;
}

void MemoryStore::for_each_skip(const std::function<bool(const store::StoredListen&)>& each) {
  check();
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, skip] : skips_) {
    if (!each(skip)) return;
  }
}

store::AddedListens MemoryStore::add_events(std::span<const store::StoredEvent> events) {
  check();
  const std::scoped_lock lock(mutex_);
  store::AddedListens counts;
  for (const store::StoredEvent& event : events) {
    const bool added = events_.try_emplace(decltype(events_)::key_type(store::event_key(event)), event).second;
    ++(added ? counts.added : counts.known);
  }
  return counts;
}

void MemoryStore::for_each_event(std::int64_t from, const std::function<bool(const store::StoredEvent&)>& each) {
  check();
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, event] : events_) {
    if (event.made_at >= from && !each(event)) return;
  }
}

std::uint64_t MemoryStore::drop_events(std::int64_t made_before) {
  check();
  const std::scoped_lock lock(mutex_);
  return std::erase_if(events_, [&](const auto& entry) { return entry.second.made_at < made_before; });
}

bool MemoryStore::remove(std::string_view user, std::int64_t listened_at, std::string_view msid) {
  check();
  const std::scoped_lock lock(mutex_);
  return listens_.erase({std::string(user), listened_at, std::string(msid)}) > 0;
}

std::uint64_t MemoryStore::remove_older(std::int64_t before, std::size_t most) {
  check();
  const std::scoped_lock lock(mutex_);
  const auto remove = [&](std::map<Key, store::StoredListen>& all) {
    std::size_t removed = 0;
    for (auto one = all.begin(); one != all.end() && removed < most;) {
      const bool is_old = std::get<1>(one->first) < before;
      one = is_old ? all.erase(one) : std::next(one);
      if (is_old) ++removed;
    }
    return removed;
  };
  return remove(listens_) + remove(skips_);
}

std::vector<std::string> MemoryStore::users(std::string_view prefix, std::size_t most) {
  check();
  const std::scoped_lock lock(mutex_);
  std::set<std::string> found;
  for (const auto& [key, listen] : listens_) {
    if (listen.user.starts_with(prefix) && found.size() < most) found.insert(listen.user);
  }
  return {found.begin(), found.end()};
}

std::int64_t MemoryStore::latest_import(std::string_view user, std::string_view service) {
  check();
  const std::scoped_lock lock(mutex_);
  const auto found = imports_.find({std::string(user), std::string(service)});
  return found == imports_.end() ? 0 : found->second;
}

void MemoryStore::set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) {
  check();
  const std::scoped_lock lock(mutex_);
  imports_[{std::string(user), std::string(service)}] = listened_at;
}

void MemoryStore::set_feedback(const store::Feedback& feedback) {
  check();
  const std::scoped_lock lock(mutex_);
  std::erase_if(feedback_, [&](const store::Feedback& one) { return same_song(one, feedback); });
  if (feedback.score != 0) feedback_.push_back(feedback);
}

std::vector<store::Feedback> MemoryStore::feedback_of(std::string_view user, std::optional<int> score,
                                                      std::size_t count, std::size_t offset) {
  check();
  const std::scoped_lock lock(mutex_);
  std::vector<store::Feedback> found;
  for (auto one = feedback_.rbegin(); one != feedback_.rend(); ++one) {
    if (one->user != user || (score && one->score != *score)) continue;
    if (offset > 0) {
      --offset;
    } else if (found.size() < count) {
      found.push_back(*one);
    }
  }
  return found;
}

store::StoredPlaylist MemoryStore::keep_playlist(const store::StoredPlaylist& playlist, std::int64_t oldest) {
  check();
  const std::scoped_lock lock(mutex_);
  const auto is_alike = [&](const store::StoredPlaylist& one) {
    return one.user == playlist.user && one.kind == playlist.kind;
  };
  std::erase_if(playlists_, [&](const auto& one) { return is_alike(one) && one.begin < oldest; });
  const auto kept =
      std::ranges::find_if(playlists_, [&](const auto& one) { return is_alike(one) && one.begin == playlist.begin; });
  if (kept != playlists_.end()) return *kept;
  return playlists_.emplace_back(playlist);
}

std::vector<store::StoredPlaylist> MemoryStore::playlists_of(std::string_view user) {
  check();
  const std::scoped_lock lock(mutex_);
  std::vector<store::StoredPlaylist> found;
  for (const store::StoredPlaylist& one : playlists_) {
    if (one.user == user) found.push_back(one);
  }
  std::ranges::sort(found, {}, [](const auto& one) { return std::pair(-one.begin, one.kind); });
  return found;
}

std::optional<store::StoredPlaylist> MemoryStore::playlist(std::string_view id) {
  check();
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(playlists_, id, &store::StoredPlaylist::id);
  return found == playlists_.end() ? std::nullopt : std::optional(*found);
}

store::StoredSongChange MemoryStore::set(SongChanges& changes, std::string_view song_id, std::string_view content,
                                         std::int64_t changed) {
  const std::scoped_lock lock(mutex_);
  check();
  const auto known = changes.find(std::string(song_id));
  if (content.empty() && known == changes.end()) return {.song_id = std::string(song_id)};
  std::int64_t newest = 0;
  for (const auto& [song, change] : changes) newest = std::max(newest, change.version);
  return changes[std::string(song_id)] = {std::string(song_id), std::string(content), newest + 1, changed};
}

std::vector<store::StoredSongChange> MemoryStore::newer(const SongChanges& changes, std::int64_t after) {
  const std::scoped_lock lock(mutex_);
  check();
  std::vector<store::StoredSongChange> found;
  for (const auto& [song, change] : changes) {
    if (change.version > after) found.push_back(change);
  }
  std::ranges::sort(found, {}, &store::StoredSongChange::version);
  return found;
}

store::StoredSongChange MemoryStore::set_catalogue_change(std::string_view song_id, std::string_view content,
                                                          std::int64_t changed) {
  return set(changes_, song_id, content, changed);
}

std::vector<store::StoredSongChange> MemoryStore::catalogue_changes(std::int64_t after) {
  return newer(changes_, after);
}

store::StoredSongChange MemoryStore::set_new_song(std::string_view song_id, std::string_view content,
                                                  std::int64_t changed) {
  return set(new_songs_, song_id, content, changed);
}

std::vector<store::StoredSongChange> MemoryStore::new_songs(std::int64_t after) {
  return newer(new_songs_, after);
}

void MemoryStore::add_token(const store::StoredToken& token) {
  check();
  const std::scoped_lock lock(mutex_);
  tokens_[token.id] = token;
}

std::optional<store::StoredToken> MemoryStore::token_by_hash(std::string_view hash) {
  check();
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, token] : tokens_) {
    if (token.hash == hash) return token;
  }
  return std::nullopt;
}

std::vector<store::StoredToken> MemoryStore::tokens() {
  check();
  const std::scoped_lock lock(mutex_);
  std::vector<store::StoredToken> all;
  for (const auto& [id, token] : tokens_) all.push_back(token);
  return all;
}

bool MemoryStore::remove_token(std::string_view id) {
  check();
  const std::scoped_lock lock(mutex_);
  return tokens_.erase(std::string(id)) > 0;
}

store::Forgotten MemoryStore::forget(std::string_view user) {
  check();
  const std::scoped_lock lock(mutex_);
  store::Forgotten gone;
  gone.listens = std::erase_if(listens_, [&](const auto& entry) { return entry.second.user == user; });
  gone.listens += std::erase_if(skips_, [&](const auto& entry) { return entry.second.user == user; });
  gone.feedback = std::erase_if(feedback_, [&](const store::Feedback& one) { return one.user == user; });
  gone.tokens = std::erase_if(tokens_, [&](const auto& entry) { return entry.second.user == user; });
  gone.events = std::erase_if(events_, [&](const auto& entry) { return entry.second.user == user; });
  std::erase_if(playlists_, [&](const store::StoredPlaylist& one) { return one.user == user; });
  std::erase_if(imports_, [&](const auto& entry) { return entry.first.first == user; });
  return gone;
}

void MemoryStore::for_each_listen(const std::function<bool(const store::StoredListen&)>& each) {
  check();
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, listen] : listens_) {
    if (!each(listen)) return;
  }
}

void MemoryStore::for_each_inserted(std::int64_t from, std::int64_t to,
                                    const std::function<bool(const store::StoredListen&)>& each) {
  check();
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, listen] : listens_) {
    if (listen.inserted_at >= from && listen.inserted_at < to && !each(listen)) return;
  }
}

store::StoreFacts MemoryStore::facts() {
  check();
  const std::scoped_lock lock(mutex_);
  std::set<std::string_view> users;
  for (const auto& [key, listen] : listens_) users.insert(listen.user);
  return {.kind = "memory", .listens = listens_.size(), .users = users.size()};
}

}  // namespace segue::testing
