// Parquet with arbitrary bytes.
#include "tests/fuzz/read_all_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  segue::read_all_rows(data, size, segue::data::FileFormat::parquet, segue::data::FileCompression::none, {});
  return 0;
}
