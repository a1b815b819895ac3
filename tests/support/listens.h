// Made-up listens for tests of stores.
#pragma once

#include <string>
#include <vector>

#include "segue/store/store.h"

namespace segue::testing {

inline store::StoredListen listen(std::string user, std::int64_t at, std::string title, std::string artist = "Nina") {
  store::StoredListen made;
  made.user = std::move(user);
  made.listened_at = at;
  made.artist = std::move(artist);
  made.title = std::move(title);
  made.track_metadata = "{}";
  made.msid = store::msid_of(made);
  return made;
}

inline std::vector<std::int64_t> times(const std::vector<store::StoredListen>& listens) {
  std::vector<std::int64_t> times;
  for (const store::StoredListen& one : listens) times.push_back(one.listened_at);
  return times;
}

inline std::vector<std::string> msids(const std::vector<store::StoredListen>& listens) {
  std::vector<std::string> msids;
  for (const store::StoredListen& one : listens) msids.push_back(one.msid);
  return msids;
}

}  // namespace segue::testing
