// Counting transitions in bounded memory.
//
// Songs are split into ranges whose plays fit into memory_bytes. For each range the queues are read once, and every
// play is noted for its song: the queue and the place in it. Then each song goes through its plays and adds the songs
// around them to a table of sums (neighbour_sums.h). Weights are added as whole numbers, so neither the order in which
// threads noted the plays nor the split into ranges affects the result.

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <numeric>

#include "segue/base/error.h"
#include "segue/base/large_pages.h"
#include "segue/base/parallel.h"
#include "segue/data/dataset/queues.h"
#include "segue/math/prefetch.h"
#include "segue/transitions/neighbour_sums.h"
#include "segue/transitions/transitions.h"

namespace segue::transitions {

namespace {

constexpr std::size_t kQueuesAtOnce = 1024;
constexpr std::uint64_t kPlaysAtOnce = 20'000;
// Queues are found this many plays before they are read.
constexpr std::size_t kPlacesAhead = 32;

struct Place {
  std::uint32_t queue = 0;
  std::uint32_t at = 0;
};

// The first song of each group and finally `end`: groups of songs [begin, end) whose plays together are at most `room`.
// A song with more is a group of its own.
std::vector<std::uint32_t> cut_songs(std::uint32_t begin, std::uint32_t end, const std::vector<std::uint64_t>& plays,
                                     std::uint64_t room) {
  std::vector<std::uint32_t> cuts = {begin};
  std::uint64_t used = 0;
  for (std::uint32_t song = begin; song < end; ++song) {
    if (used > 0 && used + plays[song] > room) {
      cuts.push_back(song);
      used = 0;
    }
    used += plays[song];
  }
  if (end > begin) cuts.push_back(end);
  return cuts;
}

// Where the songs [begin, end) are played.
struct Places {
  std::uint32_t begin = 0;
  std::vector<std::uint64_t> starts;  // of each song's in `all`, and the end of the last
  LargeArray<Place> all;              // threads write all over it

  std::span<const Place> of(std::uint32_t song) const {
    const std::uint64_t start = starts[song - begin];
    return {all.data() + start, starts[song - begin + 1] - start};
  }
};

class Counter {
 public:
  Counter(const data::Queues& queues, std::uint32_t song_count, const TransitionOptions& options, Progress& progress,
          std::stop_token stop)
      : queues_(queues),
        song_count_(song_count),
        options_(options),
        threads_(thread_count(options.threads)),
        progress_(progress),
        stop_(std::move(stop)),
        transitions_(song_count, options.window) {
    if (queues.size() > std::numeric_limits<std::uint32_t>::max()) {
      fail(ErrorCode::bad_input, "expected at most {} queues, found {}", std::numeric_limits<std::uint32_t>::max(),
           queues.size());
    }
  }

  Transitions count() {
    progress_.begin("count plays", queues_.size(), "queues");
    const std::vector<std::uint64_t> plays = count_plays();
    progress_.begin("transitions", std::accumulate(plays.begin(), plays.end(), std::uint64_t{0}), "plays");
    done_ = 0;
    const std::vector<std::uint32_t> cuts = cut_songs(0, song_count_, plays, options_.memory_bytes / sizeof(Place));
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const Places places = note_places(cuts[i], cuts[i + 1], plays);
      sum_range(cuts[i], cuts[i + 1], plays, places);
    }
    progress_.end();
    return std::move(transitions_);
  }

 private:
  void check_stop() const {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped while counting transitions");
  }

  void report(std::uint64_t done) {
    const std::lock_guard lock(mutex_);
    progress_.update(done_ += done, "");
  }

  // Calls body(queue, its songs) from several threads.
  template <class Body>
  void for_each_queue(const Body& body) {
    parallel_for(queues_.size(), kQueuesAtOnce, threads_, [&](std::size_t begin, std::size_t end) {
      check_stop();
      for (std::size_t queue = begin; queue < end; ++queue) body(queue, queues_.songs(queue));
    });
  }

  std::vector<std::uint64_t> count_plays() {
    std::vector<std::uint64_t> plays(song_count_);
    for_each_queue([&](std::size_t, std::span<const std::uint32_t> songs) {
      for (const std::uint32_t song : songs) {
        if (song < song_count_) std::atomic_ref(plays[song]).fetch_add(1, std::memory_order_relaxed);
      }
    });
    return plays;
  }

  Places note_places(std::uint32_t begin, std::uint32_t end, const std::vector<std::uint64_t>& plays) {
    Places places{.begin = begin, .starts = {0}, .all = {}};
    for (std::uint32_t song = begin; song < end; ++song) places.starts.push_back(places.starts.back() + plays[song]);
    places.all = LargeArray<Place>(places.starts.back());
    std::vector<std::uint64_t> next(places.starts.begin(), places.starts.end() - 1);
    for_each_queue([&](std::size_t queue, std::span<const std::uint32_t> songs) {
      for (std::size_t at = 0; at < songs.size(); ++at) {
        if (songs[at] < begin || songs[at] >= end) continue;
        const std::uint64_t slot = std::atomic_ref(next[songs[at] - begin]).fetch_add(1, std::memory_order_relaxed);
        places.all[slot] = {static_cast<std::uint32_t>(queue), static_cast<std::uint32_t>(at)};
      }
    });
    return places;
  }

  void sum_range(std::uint32_t begin, std::uint32_t end, const std::vector<std::uint64_t>& plays,
                 const Places& places) {
    const std::vector<std::uint32_t> cuts = cut_songs(begin, end, plays, kPlaysAtOnce);
    std::atomic<std::size_t> next{0};
    const std::size_t pieces = cuts.size() - 1;
    run_workers(std::clamp<std::size_t>(threads_, 1, pieces), [&](std::size_t) {
      NeighbourSums sums(options_.window);
      for (std::size_t piece = next++; piece < pieces; piece = next++) {
        std::uint64_t done = 0;
        for (std::uint32_t song = cuts[piece]; song < cuts[piece + 1]; ++song) {
          check_stop();
          add_neighbours(song, places.of(song), sums);
          transitions_.set(song, sums.take_strongest(options_.kept, options_.most_count));
          done += plays[song];
        }
        report(done);
      }
    });
  }

  void add_neighbours(std::uint32_t song, std::span<const Place> places, NeighbourSums& sums) const {
    std::array<std::span<const std::uint32_t>, kPlacesAhead> queues;
    while (!places.empty()) {
      const std::span<const Place> some = places.first(std::min(places.size(), kPlacesAhead));
      for (std::size_t i = 0; i < some.size(); ++i) {
        queues[i] = queues_.songs(some[i].queue);
        const std::size_t first = some[i].at - std::min<std::size_t>(some[i].at, options_.window);
        math::prefetch_first(queues[i].subspan(first));
      }
      for (std::size_t i = 0; i < some.size(); ++i) add_around(song, queues[i], some[i].at, sums);
      places = places.subspan(some.size());
    }
  }

  // Adds the songs around queue[at], as if the queue had none that are not counted.
  void add_around(std::uint32_t song, std::span<const std::uint32_t> queue, std::size_t at, NeighbourSums& sums) const {
    std::uint32_t distance = 0;
    for (std::size_t i = at; i > 0 && distance < options_.window;) {
      const std::uint32_t other = queue[--i];
      if (other >= song_count_) continue;
      ++distance;
      if (other != song) sums.add_before(other, distance);
    }
    distance = 0;
    for (std::size_t i = at + 1; i < queue.size() && distance < options_.window; ++i) {
      const std::uint32_t other = queue[i];
      if (other >= song_count_) continue;
      ++distance;
      if (other != song) sums.add_after(other, distance);
    }
  }

  const data::Queues& queues_;
  const std::uint32_t song_count_;
  const TransitionOptions& options_;
  const std::size_t threads_;
  Progress& progress_;
  const std::stop_token stop_;
  Transitions transitions_;
  std::mutex mutex_;        // guards progress_ and done_
  std::uint64_t done_ = 0;  // plays
};

}  // namespace

Transitions count_transitions(const data::Queues& queues, std::uint32_t song_count, const TransitionOptions& options,
                              Progress& progress, std::stop_token stop) {
  return Counter(queues, song_count, options, progress, std::move(stop)).count();
}

}  // namespace segue::transitions
