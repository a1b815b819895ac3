// Replaces libFuzzer for compilers without it: runs the target once for each file in the given folders. Fails if there
// are no files, so that a lost corpus is noticed.

#include <cstdint>
#include <cstdio>
#include <filesystem>

#include "segue/base/file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  int runs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      const segue::MappedFile file(entry.path());
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(file.bytes().data()), file.bytes().size());
      ++runs;
    }
  }
  std::printf("%d inputs\n", runs);
  return runs > 0 ? 0 : 1;
}
