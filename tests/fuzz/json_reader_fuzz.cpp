// JSON, lines and documents, with arbitrary bytes.
#include "tests/fuzz/read_all_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    segue::data::OpenedRows opened;
    opened.rows = std::make_unique<segue::data::JsonRows>(std::make_unique<segue::testing::MemoryStream>(text), "log");
    segue::read_all_rows(std::move(opened));
  } catch (const segue::Error&) {
  }
  return 0;
}
