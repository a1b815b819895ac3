#include "segue/serve/http/reply_bytes.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace segue::serve {
namespace {

std::string gunzip(const std::string& bytes, std::size_t room) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(room, '\0');
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string numbers_up_to(int last) {
  std::string text;
  for (int i = 0; i < last; ++i) text += std::to_string(i * 7919) + ' ';
  return text;
}

// zlib counts the bytes of a call in 32 bits: a reply of 4 GiB takes two.
TEST(GzipOf, needs_not_fit_into_one_call) {
  for (const std::string& text : {std::string(), std::string("x"), numbers_up_to(20'000)}) {
    for (const std::size_t most_at_once : {std::size_t{1}, std::size_t{1000}, text.size() + 1}) {
      EXPECT_EQ(gunzip(gzip_of(text, most_at_once), text.size() + 1), text) << most_at_once;
    }
  }
}

}  // namespace
}  // namespace segue::serve
