// How long it takes to count the transitions of generated listens and to read them again, and the space they take; one
// JSON line.
//
//   transitions_bench [OPTION=VALUE...]
//   transitions_bench threads=1 songs=143000 clusters=360 plays=25000000
//
// Options are those of bench/support/corpus.h, threads, and memory for the places of plays while counting.

#include <chrono>
#include <cstdio>
#include <string>

#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/data/dataset/queues.h"
#include "segue/transitions/transitions.h"

#include "bench/support/arguments.h"
#include "bench/support/corpus.h"
#include "bench/support/processor_seconds.h"

namespace segue {

struct TransitionsBenchOptions {
  std::uint32_t threads = 0;
  std::uint64_t memory = 512;
};

template <>
struct OptionsOf<TransitionsBenchOptions> {
  static constexpr std::string_view section = "transitions_bench";
  static constexpr std::array rows = {
      option<&TransitionsBenchOptions::threads>("threads", "Threads to use, 0 for all cores"),
      option<&TransitionsBenchOptions::memory>("memory", "MB for the places of plays", at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(TransitionsBenchOptions);

namespace {

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Of reading a transition, in lists of songs at random.
double nanoseconds_to_read(const transitions::Transitions& transitions) {
  constexpr std::uint32_t kLists = 100'000;
  Random random(1);
  std::uint64_t read = 0;
  const double begin = wall_seconds();
  for (std::uint32_t i = 0; i < kLists; ++i) {
    read += transitions.of(random.below(transitions.songs())).neighbours.size();
  }
  return (wall_seconds() - begin) / static_cast<double>(read) * 1e9;
}

void run(std::span<char*> arguments) {
  CorpusOptions generate;
  TransitionsBenchOptions bench;
  set_options(arguments, generate, bench);
  const data::Queues queues(generate_corpus(generate).queues);
  NoProgress progress;
  const double cpu = processor_seconds();
  const double wall = wall_seconds();
  const transitions::Transitions transitions = transitions::count_transitions(
      queues, generate.songs, {.memory_bytes = bench.memory << 20, .threads = bench.threads}, progress, {});
  const double counted = wall_seconds() - wall;
  const double used = processor_seconds() - cpu;
  std::uint64_t bytes = 0;
  for (std::uint32_t song = 0; song < transitions.songs(); ++song) bytes += transitions.coded(song).size();
  std::printf(
      "{\"plays\": %llu, \"wall\": %.2f, \"cpu\": %.2f, \"transitions\": %llu, \"bytes\": %llu, \"bytes_each\": %.2f, "
      "\"read_ns_each\": %.2f}\n",
      static_cast<unsigned long long>(queues.plays()), counted, used,
      static_cast<unsigned long long>(transitions.entries()), static_cast<unsigned long long>(bytes),
      static_cast<double>(bytes) / static_cast<double>(transitions.entries()), nanoseconds_to_read(transitions));
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
