// Any log: its encoding, format and source are recognised, as ingest does it.
#include "tests/fuzz/read_all_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  segue::read_any_log(data, size, {});
  return 0;
}
