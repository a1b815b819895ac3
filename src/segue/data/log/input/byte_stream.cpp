#include "segue/data/log/input/byte_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arrow/io/interfaces.h>
#include <unistd.h>

#include "segue/data/arrow/arrow_status.h"

namespace segue::data {

namespace {

class ArrowStream final : public ByteStream {
 public:
  ArrowStream(std::shared_ptr<arrow::io::InputStream> stream, std::string subject, std::atomic<std::uint64_t>& count)
      : stream_(std::move(stream)), subject_(std::move(subject)), count_(count) {}

  std::size_t read(char* out, std::size_t size) override {
    const auto result = stream_->Read(static_cast<std::int64_t>(size), out);
    const auto read = static_cast<std::size_t>(arrow_value(ErrorCode::io_failed, subject_, result));
    count_ += read;
    return read;
  }

 private:
  std::shared_ptr<arrow::io::InputStream> stream_;
  std::string subject_;
  std::atomic<std::uint64_t>& count_;
};

class DescriptorStream final : public ByteStream {
 public:
  DescriptorStream(int descriptor, std::string subject, std::atomic<std::uint64_t>& count)
      : descriptor_(descriptor), subject_(std::move(subject)), count_(count) {}

  std::size_t read(char* out, std::size_t size) override {
    for (;;) {
      const ssize_t read = ::read(descriptor_, out, size);
      if (read >= 0) {
        count_ += static_cast<std::uint64_t>(read);
        return static_cast<std::size_t>(read);
      }
      if (errno != EINTR) fail_errno(subject_, errno);
    }
  }

 private:
  int descriptor_;
  std::string subject_;
  std::atomic<std::uint64_t>& count_;
};

}  // namespace

std::size_t read_full(ByteStream& stream, char* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const std::size_t read = stream.read(out + done, size - done);
    if (read == 0) break;
    done += read;
  }
  return done;
}

std::string_view PeekableStream::peek(std::size_t size) {
  if (peeked_.size() - begin_ < size) {
    peeked_.erase(0, begin_);
    begin_ = 0;
    const std::size_t before = peeked_.size();
    peeked_.resize(size);
    peeked_.resize(before + read_full(*stream_, peeked_.data() + before, size - before));
  }
  return std::string_view(peeked_).substr(begin_, size);
}

std::size_t PeekableStream::read(char* out, std::size_t size) {
  if (begin_ == peeked_.size()) return stream_->read(out, size);
  const std::size_t taken = std::min(size, peeked_.size() - begin_);
  std::memcpy(out, peeked_.data() + begin_, taken);
  begin_ += taken;
  if (begin_ == peeked_.size()) {
    peeked_.clear();
    peeked_.shrink_to_fit();
    begin_ = 0;
  }
  return taken;
}

std::unique_ptr<ByteStream> arrow_stream(std::shared_ptr<arrow::io::InputStream> stream, std::string subject,
                                         std::atomic<std::uint64_t>& count) {
  return std::make_unique<ArrowStream>(std::move(stream), std::move(subject), count);
}

std::unique_ptr<ByteStream> descriptor_stream(int descriptor, std::string subject, std::atomic<std::uint64_t>& count) {
  return std::make_unique<DescriptorStream>(descriptor, std::move(subject), count);
}

}  // namespace segue::data
