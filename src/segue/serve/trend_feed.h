// Keeps the trend of the served models up to date with the listens that arrive: a song that rises at noon is
// recommended at noon.
//
// The store is asked for what was inserted lately, by this process or by another replica, so that all of them know the
// same, also after a restart and after a new model. A listen counts if it arrived within two days of being heard (an
// old log that is imported is no news), and once for each listener, song and day: nobody makes a song a hit alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "segue/serve/models.h"
#include "segue/store/store.h"

namespace segue::serve {

// Thread safe.
class TrendFeed {
 public:
  // REQUIRES: both outlive it.
  TrendFeed(const ModelSet& models, store::ListenStore& store) : models_(models), store_(store) {}

  // Counts what was inserted since the last call; for a model that is new, since its dataset ends. `now`: seconds since
  // 1970-01-01 UTC. Throws as the store does; then the next call reads it again.
  void poll(std::int64_t now);

 private:
  // Of one model.
  struct Progress {
    std::weak_ptr<const ServedModel> model;
    std::int64_t next = 0;  // seconds: what was inserted before is counted
    // By day, of the last days: a hash of each listener and song counted.
    std::map<std::int64_t, boost::unordered_flat_set<std::uint64_t>> counted;
  };
  struct Seconds {
    std::int64_t from = 0;
    std::int64_t to = 0;  // excluded
  };
  void count(const ServedModel& served, Progress& progress, std::int64_t now);
  void count_inserted(const ServedModel& served, Progress& progress, Seconds inserted, std::int64_t now);

  const ModelSet& models_;
  store::ListenStore& store_;
  std::mutex mutex_;  // guards progress_
  std::vector<Progress> progress_;
};

}  // namespace segue::serve
