// JSON Lines with arbitrary bytes.
#include "tests/fuzz/read_all_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  segue::read_all_rows(data, size, segue::data::FileFormat::json_lines, segue::data::FileCompression::none, {});
  return 0;
}
