// The decompressed bytes of an input file as an Arrow stream, with the position in the file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <arrow/io/type_fwd.h>

#include "segue/data/log/input.h"

namespace segue::data {

struct OpenInput {
  std::shared_ptr<arrow::io::InputStream> stream;           // decompressed
  std::shared_ptr<const std::atomic<std::uint64_t>> bytes;  // of the file, read so far
};

// Throws not_found, io_failed.
OpenInput open_input(const InputFile& file);

}  // namespace segue::data
