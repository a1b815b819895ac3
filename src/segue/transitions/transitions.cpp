// Counting transitions in bounded memory.
//
// Songs are split into ranges whose pairs of plays fit into memory_bytes. For each range the queues are read once, and
// every pair is noted for its song in 8 bytes: (neighbour, direction, distance). Sorted, the notes of a song form runs
// of equal ones, so its weights are sums of whole counts in a fixed order. Neither the order in which threads noted the
// pairs nor the split into ranges affects the result.

#include "segue/transitions/transitions.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/data/dataset/queues.h"

namespace segue::transitions {

namespace {

constexpr std::size_t kQueuesAtOnce = 1024;
constexpr std::size_t kSongsAtOnce = 64;

// Neighbour in the high half, so that notes sort by it; then the direction; then the distance.
using Note = std::uint64_t;
constexpr std::uint32_t kBackward = std::uint32_t{1} << 31;

constexpr Note make_note(std::uint32_t neighbour, std::uint32_t direction, std::size_t distance) {
  return Note{neighbour} << 32 | direction | static_cast<std::uint32_t>(distance);
}

struct Neighbour {
  std::uint32_t song = 0;
  std::uint64_t count = 0;
  double forward = 0;
  double backward = 0;
  double weight() const { return forward + backward; }
};

// REQUIRES: notes sorted.
std::vector<Neighbour> sum_notes(std::span<const Note> notes) {
  std::vector<Neighbour> neighbours;
  for (std::size_t begin = 0, end = 0; begin < notes.size(); begin = end) {
    while (end < notes.size() && notes[end] == notes[begin]) ++end;
    const auto song = static_cast<std::uint32_t>(notes[begin] >> 32);
    const auto place = static_cast<std::uint32_t>(notes[begin]);
    if (neighbours.empty() || neighbours.back().song != song) neighbours.push_back({song, 0, 0, 0});
    Neighbour& neighbour = neighbours.back();
    const double weight = static_cast<double>(end - begin) / static_cast<double>(place & ~kBackward);
    ((place & kBackward) != 0 ? neighbour.backward : neighbour.forward) += weight;
    neighbour.count += end - begin;
  }
  return neighbours;
}

void keep_strongest(std::vector<Neighbour>& neighbours, std::size_t kept) {
  const auto stronger = [](const Neighbour& a, const Neighbour& b) {
    return a.weight() != b.weight() ? a.weight() > b.weight() : a.song < b.song;
  };
  const auto middle = neighbours.begin() + static_cast<std::ptrdiff_t>(std::min(kept, neighbours.size()));
  std::partial_sort(neighbours.begin(), middle, neighbours.end(), stronger);
  neighbours.erase(middle, neighbours.end());
}

void append(Transitions& transitions, std::span<const Neighbour> neighbours, std::uint32_t most_count) {
  for (const Neighbour& neighbour : neighbours) {
    transitions.neighbours.push_back(neighbour.song);
    transitions.forward.push_back(static_cast<float>(neighbour.forward));
    transitions.backward.push_back(static_cast<float>(neighbour.backward));
    const std::uint64_t count = std::min<std::uint64_t>(neighbour.count, most_count);
    transitions.counts.push_back(static_cast<std::uint32_t>(count));
  }
  transitions.offsets.push_back(transitions.neighbours.size());
}

class Counter {
 public:
  Counter(const data::Queues& queues, std::uint32_t song_count, const TransitionOptions& options, Progress& progress,
          std::stop_token stop)
      : queues_(queues),
        song_count_(song_count),
        options_(options),
        threads_(thread_count(options.threads)),
        progress_(progress),
        stop_(std::move(stop)) {}

  Transitions count() {
    Transitions transitions;
    transitions.offsets.push_back(0);
    progress_.begin("count pairs", queues_.size(), "queues");
    const std::vector<std::uint64_t> notes = count_notes();
    const std::vector<std::uint32_t> cuts = cut_into_ranges(notes);
    progress_.begin("transitions", queues_.size() * (cuts.size() - 1), "queues");
    read_ = 0;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) add_range(cuts[i], cuts[i + 1], notes, transitions);
    progress_.end();
    return transitions;
  }

 private:
  // Calls body(songs) for every queue from several threads, with its songs below song_count.
  template <class Body>
  void for_each_queue(const Body& body) {
    parallel_for(queues_.size(), kQueuesAtOnce, threads_, [&](std::size_t begin, std::size_t end) {
      check_stop();
      std::vector<std::uint32_t> songs;
      for (std::size_t queue = begin; queue < end; ++queue) {
        songs.clear();
        for (const std::uint32_t song : queues_.songs(queue)) {
          if (song < song_count_) songs.push_back(song);
        }
        body(songs);
      }
      const std::lock_guard lock(mutex_);
      progress_.update(read_ += end - begin, "");
    });
  }

  void check_stop() const {
    if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped while counting transitions");
  }

  // An upper bound of the notes of each song: pairs of a song with itself are still counted.
  std::vector<std::uint64_t> count_notes() {
    std::vector<std::uint64_t> notes(song_count_);
    for_each_queue([&](const std::vector<std::uint32_t>& songs) {
      for (std::size_t at = 0; at < songs.size(); ++at) {
        const std::size_t around =
            std::min<std::size_t>(at, options_.window) + std::min<std::size_t>(songs.size() - 1 - at, options_.window);
        std::atomic_ref(notes[songs[at]]).fetch_add(around, std::memory_order_relaxed);
      }
    });
    return notes;
  }

  // The first song of each range and finally song_count. A song with too many notes is a range of its own.
  std::vector<std::uint32_t> cut_into_ranges(const std::vector<std::uint64_t>& notes) const {
    const std::uint64_t room = options_.memory_bytes / sizeof(Note);
    std::vector<std::uint32_t> cuts = {0};
    std::uint64_t used = 0;
    for (std::uint32_t song = 0; song < song_count_; ++song) {
      if (used > 0 && used + notes[song] > room) {
        cuts.push_back(song);
        used = 0;
      }
      used += notes[song];
    }
    if (song_count_ > 0) cuts.push_back(song_count_);
    return cuts;
  }

  void add_range(std::uint32_t begin, std::uint32_t end, const std::vector<std::uint64_t>& counts,
                 Transitions& transitions) {
    std::vector<std::uint64_t> starts = {0};
    for (std::uint32_t song = begin; song < end; ++song) starts.push_back(starts.back() + counts[song]);
    std::vector<std::uint64_t> ends(starts.begin(), starts.end() - 1);  // of what is noted so far
    std::vector<Note> notes(starts.back());
    note_pairs(begin, end, ends, notes);
    sum_range(starts, ends, notes, transitions);
  }

  void note_pairs(std::uint32_t begin, std::uint32_t end, std::vector<std::uint64_t>& ends, std::vector<Note>& notes) {
    for_each_queue([&](const std::vector<std::uint32_t>& songs) {
      for (std::size_t at = 0; at < songs.size(); ++at) {
        if (songs[at] < begin || songs[at] >= end) continue;
        const auto note = [&](std::size_t other, std::uint32_t direction, std::size_t distance) {
          if (songs[other] == songs[at]) return;
          const std::uint64_t slot = std::atomic_ref(ends[songs[at] - begin]).fetch_add(1, std::memory_order_relaxed);
          notes[slot] = make_note(songs[other], direction, distance);
        };
        for (std::size_t d = 1; d <= options_.window && d <= at; ++d) note(at - d, kBackward, d);
        for (std::size_t d = 1; d <= options_.window && at + d < songs.size(); ++d) note(at + d, 0, d);
      }
    });
  }

  void sum_range(const std::vector<std::uint64_t>& starts, const std::vector<std::uint64_t>& ends,
                 std::vector<Note>& notes, Transitions& transitions) {
    std::vector<std::vector<Neighbour>> kept(ends.size());
    parallel_for(ends.size(), kSongsAtOnce, threads_, [&](std::size_t first, std::size_t last) {
      check_stop();
      for (std::size_t i = first; i < last; ++i) {
        const std::span<Note> own(notes.data() + starts[i], notes.data() + ends[i]);
        std::ranges::sort(own);
        std::vector<Neighbour> neighbours = sum_notes(own);
        keep_strongest(neighbours, options_.kept);
        kept[i].assign(neighbours.begin(), neighbours.end());  // exactly as large as needed
      }
    });
    for (const std::vector<Neighbour>& neighbours : kept) append(transitions, neighbours, options_.most_count);
  }

  const data::Queues& queues_;
  const std::uint32_t song_count_;
  const TransitionOptions& options_;
  const std::size_t threads_;
  Progress& progress_;
  const std::stop_token stop_;
  std::mutex mutex_;        // guards progress_ and read_
  std::uint64_t read_ = 0;  // queues
};

}  // namespace

TransitionsOf Transitions::of(std::uint32_t song) const {
  const std::size_t begin = offsets[song];
  const std::size_t count = offsets[song + 1] - begin;
  const auto part = [&](const auto& column) { return std::span(column).subspan(begin, count); };
  return {part(neighbours), part(forward), part(backward), part(counts)};
}

Transitions count_transitions(const data::Queues& queues, std::uint32_t song_count, const TransitionOptions& options,
                              Progress& progress, std::stop_token stop) {
  Transitions transitions = Counter(queues, song_count, options, progress, std::move(stop)).count();
  transitions.window = options.window;
  return transitions;
}

}  // namespace segue::transitions
