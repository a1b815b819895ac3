// What users are listening to now. Kept in memory only, until the song must be over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace segue::serve {

// Thread safe. Holds at most `most_users` users; one of them is dropped if there are more.
class PlayingNow {
 public:
  explicit PlayingNow(std::size_t most_users = 65'536) : most_users_(most_users) {}

  // `track_metadata`: the JSON object the client sent. Times are seconds since 1970.
  void put(const std::string& user, std::string track_metadata, std::int64_t now, std::int64_t seconds);
  // The track_metadata, or nothing if the song is over.
  std::optional<std::string> get(const std::string& user, std::int64_t now) const;
  void forget(const std::string& user);

 private:
  struct Song {
    std::string track_metadata;
    std::int64_t end = 0;
  };

  const std::size_t most_users_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Song> songs_;
  std::int64_t next_sweep_ = 0;
};

}  // namespace segue::serve
