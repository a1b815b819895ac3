// Bytes that are read once, front to back: a file, a pipe, a member of an archive, an object of a store.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/io/type_fwd.h>

namespace segue::data {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Reads at most `size` bytes; fewer only at the end, 0 only there. Throws bad_input, io_failed.
  virtual std::size_t read(char* out, std::size_t size) = 0;
};

// Reads until `size` bytes are there or the stream ends.
std::size_t read_full(ByteStream& stream, char* out, std::size_t size);

// A stream whose first bytes can be looked at before they are read.
class PeekableStream final : public ByteStream {
 public:
  explicit PeekableStream(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  // The next `size` bytes, or all that are left; valid until the next call.
  std::string_view peek(std::size_t size);
  std::size_t read(char* out, std::size_t size) override;

 private:
  std::unique_ptr<ByteStream> stream_;
  std::string peeked_;
  std::size_t begin_ = 0;
};

// The stream of an Arrow filesystem. `count` grows by the bytes read.
std::unique_ptr<ByteStream> arrow_stream(std::shared_ptr<arrow::io::InputStream> stream, std::string subject,
                                         std::atomic<std::uint64_t>& count);

// An open descriptor, which stays open. Blocks while a pipe is empty.
std::unique_ptr<ByteStream> descriptor_stream(int descriptor, std::string subject, std::atomic<std::uint64_t>& count);

}  // namespace segue::data
