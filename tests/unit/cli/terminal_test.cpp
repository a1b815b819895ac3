#include "app/cli/terminal.h"

#include <gtest/gtest.h>

namespace segue::cli {
namespace {

TEST(Printable, escapes_control_characters_only) {
  EXPECT_EQ(printable("Jóga – 宇多田"), "Jóga – 宇多田");
  EXPECT_EQ(printable("\x1b]0;title\x07 a\nb\tc\x7f"), "\\x1b]0;title\\x07 a\\nb\\tc\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m");  // U+009B, which some terminals take for ESC [
  EXPECT_EQ(printable("\xc2\xa0\xc3\x9b"), "\xc2\xa0\xc3\x9b");
  EXPECT_EQ(printable("\xc2"), "\xc2");
}

TEST(Table, escapes_control_characters_in_cells) {
  Table table({"title", ">plays"});
  table.add({"red \x1b[31m\r\n", "7"});
  table.add({"plain", "12"});
  EXPECT_EQ(table.text(),
            "title               plays\n"
            "red \\x1b[31m\\x0d\\n      7\n"
            "plain                  12\n");
}

}  // namespace
}  // namespace segue::cli
