// A search graph with arbitrary bytes, for 40 vectors of 5 numbers: a graph that opens can be searched.
#include <cstdint>
#include <vector>

#include "segue/base/error.h"
#include "segue/index/graph.h"

#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kRows = 40;
  const segue::MemoryFile file(data, size);
  try {
    const segue::index::GraphIndex graph(file.path(), kRows, 5);
    for (const std::uint32_t row : graph.search(std::vector<float>{1, 0, 0, 0, 0}, kRows)) {
      if (row >= kRows) std::abort();
    }
  } catch (const segue::Error&) {
  }
  return 0;
}
