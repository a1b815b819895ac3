#include "segue/serve/listenbrainz/playing_now.h"

#include <utility>

namespace segue::serve {

void PlayingNow::put(const std::string& user, std::string track_metadata, std::int64_t now, std::int64_t seconds) {
  const std::scoped_lock lock(mutex_);
  if (songs_.size() >= most_users_ && !songs_.contains(user)) {
    if (now >= next_sweep_) {  // a full sweep at most once a second
      std::erase_if(songs_, [now](const auto& entry) { return entry.second.end <= now; });
      next_sweep_ = now + 1;
    }
    if (songs_.size() >= most_users_) songs_.erase(songs_.begin());
  }
  songs_[user] = {std::move(track_metadata), now + seconds};
}

std::optional<std::string> PlayingNow::get(const std::string& user, std::int64_t now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = songs_.find(user);
  if (found == songs_.end() || found->second.end <= now) return std::nullopt;
  return found->second.track_metadata;
}

void PlayingNow::forget(const std::string& user) {
  const std::scoped_lock lock(mutex_);
  songs_.erase(user);
}

}  // namespace segue::serve
