#include "segue/serve/new_song_plays.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "segue/base/random.h"
#include "segue/base/text_hash.h"
#include "segue/data/dataset/ingest_options.h"

namespace segue::serve {

namespace {

// Of a session, on either side of a play.
constexpr std::int64_t kReach = 4 * 3600;
constexpr std::size_t kMostListensRead = 1000;
// A clock that is further ahead is wrong.
constexpr std::int64_t kMostAhead = 86'400;

// Between two listens of a session, at most, in seconds.
std::int64_t session_gap() {
  return std::chrono::duration_cast<std::chrono::seconds>(data::IngestOptions().session_gap).count();
}

std::uint64_t hash_of(std::string_view user, std::int64_t at) {
  return mix64(hash_text(user) ^ mix64(static_cast<std::uint64_t>(at)));
}

}  // namespace

void NewSongPlays::heard(std::string_view song_id, const store::StoredListen& listen) {
  const std::scoped_lock lock(mutex_);
  if (queues_.size() + waiting_.size() >= kMostSessionsHeard) return;
  if (listens_.contains(hash_of(listen.user, listen.listened_at))) return;
  auto found = counts_.find(song_id);
  if (found == counts_.end()) found = counts_.emplace(song_id, Count()).first;
  if (found->second.heard >= kMostPlaysHeard) return;
  ++found->second.heard;
  listens_.emplace(hash_of(listen.user, listen.listened_at), false);
  waiting_.push_back({.user = listen.user, .at = listen.listened_at, .due = listen.listened_at + session_gap() + 1});
}

std::vector<NewSongPlays::Heard> NewSongPlays::take_due(std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(waiting_, [&](const Heard& play) { return play.at > now + kMostAhead; });
  const auto due = std::ranges::partition(waiting_, [&](const Heard& play) { return play.due > now; });
  std::vector<Heard> taken(std::make_move_iterator(due.begin()), std::make_move_iterator(due.end()));
  waiting_.erase(due.begin(), due.end());
  return taken;
}

bool NewSongPlays::is_counted(std::string_view user, const store::StoredListen& listen) const {
  const std::scoped_lock lock(mutex_);
  const auto found = listens_.find(hash_of(user, listen.listened_at));
  return found != listens_.end() && found->second;
}

void NewSongPlays::keep_session(std::string_view user, std::span<const store::StoredListen> session,
                                const IdOf& id_of) {
  std::vector<std::string> queue;
  std::vector<std::pair<std::string, std::int64_t>> played;
  for (const store::StoredListen& listen : session) {
    if (std::optional<std::string> id = id_of(listen)) {
      played.emplace_back(*id, listen.listened_at);
      queue.push_back(std::move(*id));
    }
  }
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, at] : played) {
    const auto found = counts_.find(id);
    if (found == counts_.end()) continue;
    listens_[hash_of(user, at)] = true;
    Count& count = found->second;
    ++plays_;
    ++count.plays;
    if (count.plays == std::max<std::uint64_t>(1, 2 * count.placed)) ++version_;
  }
  queues_.push_back(std::move(queue));
}

void NewSongPlays::settle(store::ListenStore& store, const IdOf& id_of, std::int64_t now) {
  const std::scoped_lock one(settling_);
  std::vector<Heard> due = take_due(now);
  const std::int64_t gap = session_gap();
  while (!due.empty()) {
    Heard& play = due.back();
    std::vector<store::StoredListen> near;
    try {
      near = store.listens_of(
          play.user, {.min_ts = play.at - kReach - 1, .max_ts = play.at + kReach + 1, .count = kMostListensRead});
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      std::ranges::move(due, std::back_inserter(waiting_));
      throw;
    }
    std::ranges::reverse(near);
    const auto at = std::ranges::find(near, play.at, &store::StoredListen::listened_at);
    if (at != near.end() && !is_counted(play.user, *at)) {
      // The session around it, as far as no part of it was counted before.
      auto begin = at;
      auto end = at + 1;
      const auto is_next = [&](const store::StoredListen& before, const store::StoredListen& after) {
        return after.listened_at - before.listened_at <= gap;
      };
      while (begin != near.begin() && is_next(*(begin - 1), *begin) && !is_counted(play.user, *(begin - 1))) --begin;
      while (end != near.end() && is_next(*(end - 1), *end) && !is_counted(play.user, *end)) ++end;
      const std::int64_t over = (end - 1)->listened_at + gap;
      if (over >= now) {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back({.user = play.user, .at = play.at, .due = over + 1});
      } else {
        keep_session(play.user, std::span(begin, end), id_of);
      }
    }
    due.pop_back();
  }
}

std::uint64_t NewSongPlays::version() const {
  const std::scoped_lock lock(mutex_);
  return version_;
}

std::vector<std::vector<std::string>> NewSongPlays::to_place() {
  const std::scoped_lock lock(mutex_);
  for (auto& [id, count] : counts_) count.placed = count.plays;
  return queues_;
}

std::uint64_t NewSongPlays::plays() const {
  const std::scoped_lock lock(mutex_);
  return plays_;
}

}  // namespace segue::serve
