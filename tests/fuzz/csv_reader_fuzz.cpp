// Text with separators, with and without names of columns. The first byte chooses.
#include "tests/fuzz/read_all_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<std::string> header =
      (data[0] & 2) != 0 ? std::vector<std::string>{"a", "b", "c"} : std::vector<std::string>();
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    segue::data::OpenedRows opened;
    opened.rows = std::make_unique<segue::data::DelimitedRows>(
        std::make_unique<segue::testing::MemoryStream>(text, (data[0] & 4) != 0 ? 7 : std::string::npos), "log",
        header);
    segue::read_all_rows(std::move(opened));
  } catch (const segue::Error&) {
  }
  return 0;
}
