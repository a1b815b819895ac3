// CSV and TSV, with and without a header line, plain and gzipped. The first byte chooses.
#include "tests/fuzz/read_all_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = (data[0] & 1) != 0 ? segue::data::FileFormat::tsv : segue::data::FileFormat::csv;
  const auto compression = (data[0] & 4) != 0 ? segue::data::FileCompression::gzip : segue::data::FileCompression::none;
  const std::vector<std::string> header =
      (data[0] & 2) != 0 ? std::vector<std::string>{"a", "b", "c"} : std::vector<std::string>();
  segue::read_all_rows(data + 1, size - 1, format, compression, header);
  return 0;
}
