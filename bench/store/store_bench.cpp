// How many listens, and how many events of lists, a second a store makes durable, by the number added at once and of
// threads; and how long it takes to read the songs of a user with many listens, as every recommendation for a user
// does.
//
//   store_bench [store=postgresql://...] [seconds=2] [listens=1000000]
//
// Without `store`, an SQLite file in the folder for temporary files. The listens are of one made-up user,
// "store-bench", who is forgotten at the end.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "segue/base/random.h"
#include "segue/store/store.h"

#include "bench/support/arguments.h"

namespace segue {

struct StoreBenchOptions {
  std::string store;
  double seconds = 2;
  std::uint64_t listens = 1'000'000;
};

template <>
struct OptionsOf<StoreBenchOptions> {
  static constexpr std::string_view section = "store_bench";
  static constexpr std::array rows = {
      option<&StoreBenchOptions::store>("store", "An SQLite file or postgresql://..."),
      option<&StoreBenchOptions::seconds>("seconds", "How long each cell of the table is measured",
                                          between(0.01, 3600)),
      option<&StoreBenchOptions::listens>("listens", "How many listens the user has whose songs are read",
                                          between(1, 1e9)),
  };
};
SEGUE_CHECK_OPTIONS(StoreBenchOptions);

namespace {

constexpr std::array<std::size_t, 2> kThreads = {1, 16};
constexpr std::array<std::size_t, 4> kBatches = {1, 10, 100, 1000};
constexpr std::string_view kUser = "store-bench";

// As scrobblers send them.
store::StoredListen made_up_listen(std::int64_t at) {
  store::StoredListen listen;
  listen.user = kUser;
  listen.listened_at = at;
  listen.artist = fmt::format("Artist {}", at % 5000);
  listen.title = fmt::format("A title of some length {}", at % 50000);
  listen.release = fmt::format("Album {}", at % 9000);
  listen.recording_mbid = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae";
  listen.track_metadata = fmt::format(
      R"({{"artist_name":"{}","track_name":"{}","release_name":"{}","additional_info":{{"recording_mbid":"{}",)"
      R"("media_player":"a player","submission_client":"a scrobbler","submission_client_version":"1.2.3"}}}})",
      listen.artist, listen.title, listen.release, listen.recording_mbid);
  listen.msid = store::msid_of(listen);
  return listen;
}

// As a client reports them: twenty songs of a list, seen.
store::StoredEvent made_up_event(std::int64_t number) {
  constexpr std::int64_t kSongsOfList = 20;
  const std::int64_t position = number % kSongsOfList;
  return {.list = fmt::format("AWkrAbw2-oZt1WbGp3Xn{:012x}dkZWZhdWx0",
                              mix64(static_cast<std::uint64_t>(number / kSongsOfList)) >> 16),
          .made_at = 1'700'000'000 + number / kSongsOfList,
          .position = static_cast<std::uint32_t>(position + 1),
          .song = fmt::format("{:08x}", position * 7919),
          .event = store::ListEvent::impression,
          .played_ms = {},
          .happened_at = 1'700'000'000 + number / kSongsOfList,
          .user = std::string(kUser)};
}

struct Measured {
  double rows_a_second = 0;
  double additions_a_second = 0;
};

// `make_add(batch)`: what a thread calls with the first number of each batch, to make its rows durable.
template <class Add>
Measured measure(std::size_t threads, std::size_t batch, double seconds, std::atomic<std::int64_t>& number,
                 const Add& make_add) {
  std::atomic<std::uint64_t> additions = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  {
    std::vector<std::jthread> adding;
    for (std::size_t thread = 0; thread < threads; ++thread) {
      adding.emplace_back([&] {
        auto add = make_add(batch);
        while (passed() < seconds) {
          add(number.fetch_add(static_cast<std::int64_t>(batch)));
          ++additions;
        }
      });
    }
  }
  const double rate = static_cast<double>(additions) / passed();
  return {.rows_a_second = rate * static_cast<double>(batch), .additions_a_second = rate};
}

// A table of all batches and threads.
template <class Add>
void measure_all(std::string_view kind, std::string_view rows, double seconds, const Add& make_add) {
  std::atomic<std::int64_t> number = 0;
  std::printf("| %s | threads | %s/s | additions/s |\n|---|---|---|---|\n", std::string(kind).c_str(),
              std::string(rows).c_str());
  for (const std::size_t batch : kBatches) {
    for (const std::size_t threads : kThreads) {
      const Measured measured = measure(threads, batch, seconds, number, make_add);
      std::printf("| %zu | %zu | %.0f | %.0f |\n", batch, threads, measured.rows_a_second, measured.additions_a_second);
      std::fflush(stdout);
    }
  }
}

// A million listens to 50,000 songs. Each song has one release.
void add_history(store::ListenStore& store, std::uint64_t listens) {
  constexpr std::size_t kBatch = 10'000;
  std::vector<store::StoredListen> batch;
  for (std::uint64_t i = 0; i < listens; ++i) {
    batch.push_back(made_up_listen(static_cast<std::int64_t>(i * 7919 % std::max<std::uint64_t>(1, listens / 20))));
    batch.back().listened_at = static_cast<std::int64_t>(i);
    if (batch.size() < kBatch && i + 1 < listens) continue;
    store.add(batch);
    batch.clear();
  }
}

void measure_reading(store::ListenStore& store, std::uint64_t listens) {
  add_history(store, listens);
  std::printf("\n| listens of the user | songs | all songs, ms | newest 200 listens, ms |\n|---|---|---|---|\n");
  for (int round = 0; round < 3; ++round) {
    auto took = [start = std::chrono::steady_clock::now()]() mutable {
      const auto before = std::exchange(start, std::chrono::steady_clock::now());
      return std::chrono::duration<double, std::milli>(start - before).count();
    };
    std::vector<store::StoredListen> songs;
    store.for_each_song(kUser, [&](const store::StoredListen& song) {
      songs.push_back(song);
      return true;
    });
    const double reading = took();
    (void)store.newest_of(kUser, songs, 200);
    std::printf("| %llu | %zu | %.1f | %.1f |\n", static_cast<unsigned long long>(listens), songs.size(), reading,
                took());
  }
}

void run(std::span<char*> arguments) {
  StoreBenchOptions options;
  set_options(arguments, options);
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / fmt::format("store-bench-{}.sqlite", ::getpid());
  const bool own = options.store.empty();
  {
    const std::unique_ptr<store::ListenStore> store = store::open_store(own ? file.string() : options.store);
    (void)store->forget(kUser);
    const std::string kind = store->facts().kind;
    measure_all(kind, "listens", options.seconds, [&](std::size_t count) {
      std::vector<store::StoredListen> listens;
      for (std::size_t i = 0; i < count; ++i) listens.push_back(made_up_listen(static_cast<std::int64_t>(i)));
      return [&store, listens = std::move(listens)](std::int64_t first) mutable {
        for (store::StoredListen& listen : listens) listen.listened_at = first++;
        store->add(listens);
      };
    });
    (void)store->forget(kUser);
    std::printf("\n");
    measure_all(kind, "events", options.seconds, [&](std::size_t count) {
      return [&store, events = std::vector<store::StoredEvent>(count)](std::int64_t first) mutable {
        for (store::StoredEvent& event : events) event = made_up_event(first++);
        store->add_events(events);
      };
    });
    (void)store->forget(kUser);
    measure_reading(*store, options.listens);
    (void)store->forget(kUser);
  }
  if (!own) return;
  for (const std::string_view end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + std::string(end));
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
