// queues.arrow with arbitrary bytes, for four songs.
#include "segue/base/error.h"
#include "segue/data/dataset/queues.h"

#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t kSongs = 4;
  const segue::MemoryFile file(data, size);
  try {
    const segue::data::Queues queues(file.path(), kSongs);
    [[maybe_unused]] std::size_t letters = 0;  // uses the results of the calls below
    std::uint64_t plays = 0;
    for (std::size_t queue = 0; queue < queues.size(); ++queue) {
      for (const std::uint32_t song : queues.songs(queue)) {
        if (song >= kSongs) std::abort();
        ++plays;
      }
      for (const char letter : queues.user(queue)) letters += letter == 'a' ? 1 : 0;
      letters += queues.start(queue) ? 1 : 0;
    }
    if (plays != queues.plays()) std::abort();
  } catch (const segue::Error&) {
  }
  return 0;
}
