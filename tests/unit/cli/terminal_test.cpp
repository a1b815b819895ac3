#include "app/cli/terminal.h"

#include <gtest/gtest.h>

#include "app/cli/wrap.h"

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

TEST(Table, wraps_the_widest_text_to_the_width) {
  Table table({">rank", "song", ">plays"});
  table.add({"1", "Antônio Carlos Jobim – The Girl from Ipanema", "12"});
  table.add({"2", "宇多田ヒカル – 花束を君に", "7"});
  EXPECT_EQ(table.text(40),
            "rank  song                         plays\n"
            "   1  Antônio Carlos Jobim – The      12\n"
            "      Girl from Ipanema\n"
            "   2  宇多田ヒカル – 花束を君に        7\n");
}

TEST(Table, leaves_out_columns_from_the_right_and_says_so) {
  Table table({"method", ">HR@10", ">NDCG@10", ">coverage"});
  table.add({"segue", "0.1234", "0.0567", "12 %"});
  EXPECT_EQ(table.text(26),
            "method   HR@10  NDCG@10\n"
            "segue   0.1234   0.0567\n"
            "(no room for coverage;\n"
            "--json has all)\n");
  EXPECT_EQ(table.text(0), table.text(200));
}

TEST(Table, never_exceeds_the_width) {
  Table table({"id", "user", "name", ">count"});
  table.add({"0123456789abcdef0123456789abcdef", "ann", "a name of several words that goes on and on", "1,234,567"});
  for (std::size_t columns = 20; columns < 120; ++columns) {
    const std::string text = table.text(columns);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      EXPECT_LE(display_width(text.substr(begin, end - begin)), columns) << text;
      begin = end + 1;
    }
  }
}

TEST(Wrap, cuts_at_letters_and_counts_columns) {
  EXPECT_EQ(cut_to("training: 12 %", 80), "training: 12 %");
  EXPECT_EQ(cut_to("training: 12 %", 10), "training:…");
  EXPECT_EQ(cut_to("宇多田ヒカル", 6), "宇多…");
  EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrapped("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
  EXPECT_EQ(wrapped("", 3), (std::vector<std::string>{""}));
}

TEST(Wrap, aligns_descriptions_and_continues_examples) {
  const std::string help =
      "Options:\n"
      "  --seed N     Where the random numbers begin\n"
      "\n"
      "Example:\n"
      "  segue similar model \"Kendrick Lamar HUMBLE\" -k 20\n";
  EXPECT_EQ(wrapped_help(help, 0), help);
  EXPECT_EQ(wrapped_help(help, 36),
            "Options:\n"
            "  --seed N     Where the random\n"
            "               numbers begin\n"
            "\n"
            "Example:\n"
            "  segue similar model \\\n"
            "      \"Kendrick Lamar HUMBLE\" -k 20\n");
}

}  // namespace
}  // namespace segue::cli
