// Keeps the served models up to date with the listens that arrive: a song that rises at noon is recommended at noon,
// and a new song is placed by its plays.
//
// The store is asked for what was inserted lately, by this process or by another replica, so that all of them know the
// same, also after a restart and after a new model. For the trend, a listen counts if it arrived within two days of
// being heard (an old log that is imported is no news), and once for each listener, song and day: nobody makes a song a
// hit alone. A listen to a new song is passed on, whenever it was heard, and perhaps more than once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "segue/serve/models.h"
#include "segue/store/store.h"

namespace segue::serve {

// Thread safe.
class ListenFeed {
 public:
  // A listen to a song that came after the training of this model.
  using HeardNewSong =
      std::function<void(const ServedModel& served, data::SongRow song, const store::StoredListen& listen)>;

  // `heard`: may be empty. REQUIRES: the others outlive it.
  ListenFeed(const ModelSet& models, store::ListenStore& store, HeardNewSong heard = {})
      : models_(models), store_(store), heard_(std::move(heard)) {}

  // Counts what was inserted since the last call; for a model that is new, since its dataset ends, or for a month if
  // that has no times. `now`: seconds since 1970-01-01 UTC. Throws as the store does; then the next call reads it
  // again.
  void poll(std::int64_t now);

 private:
  // Of one model, or of another version of it with the same songs.
  struct Progress {
    std::weak_ptr<const ServedModel> model;
    std::int64_t next = 0;  // seconds: what was inserted before is counted
    // By day, of the last days: a hash of each listener and song counted.
    std::map<std::int64_t, boost::unordered_flat_set<std::uint64_t>> counted;
  };
  Progress begin(const ModelPointer& served, std::int64_t now) const;
  struct Seconds {
    std::int64_t from = 0;
    std::int64_t to = 0;  // excluded
  };
  void count(const ServedModel& served, Progress& progress, std::int64_t now);
  void count_inserted(const ServedModel& served, Progress& progress, Seconds inserted, std::int64_t now);

  const ModelSet& models_;
  store::ListenStore& store_;
  const HeardNewSong heard_;
  std::mutex mutex_;  // guards progress_
  std::vector<Progress> progress_;
};

}  // namespace segue::serve
