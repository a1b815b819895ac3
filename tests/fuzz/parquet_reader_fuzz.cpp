// Parquet with arbitrary bytes.
#include "segue/data/log/formats/arrow_rows.h"

#include "tests/fuzz/read_all_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    segue::data::OpenedRows opened;
    opened.rows = segue::data::open_parquet_rows(
        std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)), "log");
    segue::read_all_rows(std::move(opened));
  } catch (const segue::Error&) {
  }
  return 0;
}
