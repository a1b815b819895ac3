#include "segue/serve/http/reply_bytes.h"

#include <gtest/gtest.h>

#include "tests/support/gunzip.h"

namespace segue::serve {
namespace {

std::string numbers_up_to(int last) {
  std::string text;
  for (int i = 0; i < last; ++i) text += std::to_string(i * 7919) + ' ';
  return text;
}

// zlib counts the bytes of a call in 32 bits: a reply of 4 GiB takes two.
TEST(GzipOf, needs_not_fit_into_one_call) {
  for (const std::string& text : {std::string(), std::string("x"), numbers_up_to(20'000)}) {
    for (const std::size_t most_at_once : {std::size_t{1}, std::size_t{1000}, text.size() + 1}) {
      EXPECT_EQ(testing::gunzipped(gzip_of(text, most_at_once), text.size() + 1), text) << most_at_once;
    }
  }
}

}  // namespace
}  // namespace segue::serve
