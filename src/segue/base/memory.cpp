#include "segue/base/memory.h"

#include <algorithm>
#include <fstream>
#include <string>

#include <malloc.h>
#include <unistd.h>

namespace segue {

std::uint64_t memory_bytes() {
  auto bytes =
      static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  for (const char* limit : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream file(limit);
    std::uint64_t most = 0;
    if (file >> most && most > 0) bytes = std::min(bytes, most);  // "max" is no number
  }
  return bytes;
}

void release_free_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

void keep_little_free_memory() {
#ifdef __GLIBC__
  // glibc raises both by what is freed, up to 64 and 32 MB. Blocks below the second come from a thread's own memory,
  // which costs no system call a request.
  ::mallopt(M_TRIM_THRESHOLD, 4 << 20);
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
#endif
}

}  // namespace segue
