// Archives and compressed files with arbitrary bytes.
#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "segue/base/error.h"
#include "segue/data/log/input/archive.h"

#include "tests/support/memory_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (!segue::data::is_container(bytes.substr(0, segue::data::kContainerBytes))) return 0;
  segue::data::PeekableStream stream(std::make_unique<segue::testing::MemoryStream>(bytes));
  const auto file = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
  constexpr std::size_t kEnough = 1 << 20;
  try {
    segue::data::for_each_member(stream, file, "archive", [](const std::string&, auto member) {
      std::string out(4096, '\0');
      std::size_t read = 0;
      while (read < kEnough) {
        const std::size_t more = member->read(out.data(), out.size());
        if (more == 0) break;
        read += more;
      }
    });
  } catch (const segue::Error&) {
  }
  return 0;
}
