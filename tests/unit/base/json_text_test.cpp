#include "segue/base/json_text.h"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/base/json.h"
#include "segue/base/random.h"

namespace segue {
namespace {

TEST(AppendJson, is_read_back_the_same) {
  const std::string text = "a\"\\\n\t\x01\x7F/é😀";
  std::string out;
  append_json(out, text);
  EXPECT_EQ(json::parse(out).as_string(), text);
  std::string numbers = "[";
  append_json(numbers, 0.25F);
  numbers += ',';
  append_json(numbers, std::numeric_limits<float>::infinity());
  numbers += ',';
  append_json(numbers, std::uint64_t{18446744073709551615U});
  EXPECT_EQ(numbers, "[0.25,0,18446744073709551615");
}

TEST(AppendJson, escapes_at_every_position) {
  for (const char byte : {'\0', '\x1F', '"', '\\', '\x7F', ' ', '\x80', '\xFF'}) {
    for (std::size_t length = 1; length < 20; ++length) {
      for (std::size_t at = 0; at < length; ++at) {
        std::string text(length, '\xC3');
        text[at] = byte;
        std::string out;
        append_json(out, text);
        std::string wanted = text.substr(0, at);
        const bool plain = byte == ' ' || static_cast<unsigned char>(byte) >= 0x80;
        if (plain)
          wanted += byte;
        else if (byte == '"' || byte == '\\')
          wanted += std::string{'\\', byte};
        else
          wanted += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
        wanted += text.substr(at + 1);
        ASSERT_EQ(out, '"' + wanted + '"');
      }
    }
  }
}

TEST(AppendJson, prints_numbers_with_six_significant_digits) {
  std::vector<float> all = {0.0F,        1.0F,      0.1F, 1e-4F, 9.99999e-5F, 0.00012345678F, 0.0999999F,
                            0.09999996F, 9.999995F, 10,   100,   123456,      99999.95F,      999998.5F,
                            999999,      999999.5F, 1e6F, 1e9F,  1e-30F,      0.5F,           33.333332F};
  Random random(3);
  for (int i = 0; i < 100'000; ++i) {
    all.push_back(std::ldexp(random.uniform_float(), static_cast<int>(random.below(40)) - 18));
  }
  for (const float number : all) {
    for (const float one : {number, -number}) {
      std::string text;
      append_json(text, one);
      EXPECT_EQ(text, fmt::format("{:.6g}", one));
    }
  }
}

}  // namespace
}  // namespace segue
