// transitions.arrow with arbitrary bytes, for three songs.
#include <cstdint>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/transitions/transitions_file.h"

namespace {

// A file without a disk: the reader maps it like any other.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    while (size > 0) {
      const ssize_t written = ::write(file_.get(), data, size);
      SEGUE_ASSERT(written > 0);
      data += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  segue::FileHandle file_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    const segue::transitions::TransitionsFile transitions(file.path(), 3);
    volatile float sum = 0;
    for (std::uint32_t song = 0; song < 3; ++song) {
      const segue::transitions::TransitionsOf of = transitions.of(song);
      for (std::size_t i = 0; i < of.neighbours.size(); ++i) sum = sum + of.forward[i] + of.backward[i];
    }
  } catch (const segue::Error&) {
  }
  return 0;
}
