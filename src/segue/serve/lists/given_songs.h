// The songs that each listener was given lately, so that a client that asks again and again is not given them twice.
//
// Kept in memory only: a restart forgets them, while listens that were submitted are in the store.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace segue::serve {

struct GivenSongsLimits {
  std::size_t listeners = 500;                         // the one who asked least recently is forgotten first
  std::size_t songs = 1000;                            // of each; the oldest is forgotten first
  std::chrono::seconds idle = std::chrono::hours(24);  // a listener who does not ask for so long is forgotten
};

// Thread safe. Times are seconds since 1970.
class GivenSongs {
 public:
  explicit GivenSongs(const GivenSongsLimits& limits = {}) : limits_(limits) {}

  // Ids of the catalogue, the newest first.
  std::vector<std::string> newest(const std::string& listener, std::int64_t now) const;
  // `ids`: in the order they are played. One that is known already becomes the newest.
  void add(const std::string& listener, std::span<const std::string> ids, std::int64_t now);
  void forget(const std::string& listener);

 private:
  struct Given {
    std::deque<std::string> ids;  // the newest last
    std::int64_t asked = 0;
  };
  bool is_idle(const Given& given, std::int64_t now) const { return now - given.asked >= limits_.idle.count(); }
  void make_room(std::int64_t now);

  const GivenSongsLimits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Given> listeners_;
};

}  // namespace segue::serve
