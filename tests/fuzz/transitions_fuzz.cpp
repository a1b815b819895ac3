// transitions.arrow with arbitrary bytes, for three songs.
#include "segue/base/error.h"
#include "segue/transitions/transitions_file.h"

#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const segue::MemoryFile file(data, size);
  try {
    const segue::transitions::TransitionsFile transitions(file.path(), 3);
    transitions.check();
    volatile float sum = 0;
    for (std::uint32_t song = 0; song < 3; ++song) {
      const segue::transitions::TransitionsOf of = transitions.of(song);
      for (std::size_t i = 0; i < of.neighbours.size(); ++i) sum = sum + of.forward[i] + of.backward[i];
    }
  } catch (const segue::Error&) {
  }
  return 0;
}
