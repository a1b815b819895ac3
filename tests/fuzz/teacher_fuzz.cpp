// teacher.arrow with arbitrary bytes, for three songs.
#include "segue/base/error.h"
#include "segue/transitions/teacher_file.h"

#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const segue::MemoryFile file(data, size);
  try {
    const segue::transitions::TeacherFile teacher(segue::MappedFile(file.path()), 3);
    teacher.check();
    volatile float sum = 0;
    const std::uint32_t songs[] = {0, 1, 2};
    for (const segue::transitions::NextSongs& next : teacher.of(songs)) {
      for (std::size_t i = 0; i < next.songs.size(); ++i) {
        if (next.songs[i] >= 3) __builtin_trap();
        sum = sum + next.chances[i];
      }
    }
  } catch (const segue::Error&) {
  }
  return 0;
}
