#include "segue/base/ascii.h"

#include <gtest/gtest.h>

namespace segue {
namespace {

TEST(Ascii, lowers_ascii_letters_only) {
  EXPECT_EQ(ascii_lower('A'), 'a');
  EXPECT_EQ(ascii_lower('Z'), 'z');
  EXPECT_EQ(ascii_lower('z'), 'z');
  EXPECT_EQ(ascii_lower('@'), '@');
  EXPECT_EQ(ascii_lower('['), '[');
  EXPECT_EQ(ascii_lower('\xC4'), '\xC4');  // a capital in Latin-1
  EXPECT_TRUE(is_ignoring_case("GZip", "gzip"));
  EXPECT_TRUE(is_ignoring_case("", ""));
  EXPECT_FALSE(is_ignoring_case("gzi", "gzip"));
  EXPECT_FALSE(is_ignoring_case("gzip2", "gzip"));
  EXPECT_FALSE(is_ignoring_case("@", "`"));
}

}  // namespace
}  // namespace segue
