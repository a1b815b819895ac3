#include "segue/serve/http/coded_body.h"

#include <algorithm>

#include <zlib.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"

namespace segue::serve {

namespace {

constexpr int kOnlyGzip = 15 + 16;
constexpr std::uint64_t kFirstRoom = std::uint64_t{64} << 10;

// A stream that ends itself.
class Inflation {
 public:
  Inflation() {
    if (inflateInit2(&stream_, kOnlyGzip) != Z_OK) fail(ErrorCode::exhausted, "out of memory");
  }
  ~Inflation() { inflateEnd(&stream_); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

[[noreturn]] void refuse_gzip(std::string_view found) {
  fail(ErrorCode::wrong_use, "body: expected gzip, as Content-Encoding says, found {}", found);
}

}  // namespace

ContentCoding content_coding(std::string_view content_encoding) {
  const std::string_view coding = trimmed(content_encoding, " \t");
  if (coding.empty() || is_ignoring_case(coding, "identity")) return ContentCoding::none;
  const bool is_gzip = is_ignoring_case(coding, "gzip") || is_ignoring_case(coding, "x-gzip");
  return is_gzip ? ContentCoding::gzip : ContentCoding::unknown;
}

std::string gunzipped_body(std::string_view gzip, std::uint64_t most,
                           const std::function<bool(std::uint64_t bytes)>& may_hold) {
  Inflation inflation;
  z_stream& stream = inflation.stream();
  std::string in(gzip);  // zlib takes it as writable
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::string text;
  std::uint64_t size = 0;
  for (;;) {
    if (size == text.size()) {
      if (size > most)
        fail(ErrorCode::too_large, "body: expected at most {} bytes once decompressed, found more", most);
      const std::uint64_t room = std::min(most + 1, std::max(kFirstRoom, 2 * size));
      if (!may_hold(room)) fail(ErrorCode::exhausted, "the server holds as many bytes as it may; retry later");
      text.resize(room);
    }
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + size);
    stream.avail_out = static_cast<uInt>(text.size() - size);
    const int result = inflate(&stream, Z_NO_FLUSH);
    size = text.size() - stream.avail_out;
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      if (inflateReset(&stream) != Z_OK) refuse_gzip("other bytes");  // another part follows
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      refuse_gzip("other bytes");
    } else if (stream.avail_in == 0 && stream.avail_out > 0) {
      refuse_gzip("the beginning of it only");
    }
  }
  if (size > most) fail(ErrorCode::too_large, "body: expected at most {} bytes once decompressed, found more", most);
  text.erase(size);  // not resize(): gcc cannot tell that the text only gets shorter
  return text;
}

}  // namespace segue::serve
