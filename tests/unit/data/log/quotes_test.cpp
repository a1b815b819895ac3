#include "segue/data/log/quotes.h"

#include <gtest/gtest.h>

namespace segue::data {
namespace {

std::uint64_t open_since(std::string_view text, std::size_t piece) {
  QuoteWatch watch;
  for (std::size_t at = 0; at < text.size(); at += piece) watch.scan(text.substr(at, piece));
  return watch.open_since();
}

TEST(QuoteWatch, finds_the_line_of_an_open_quote_in_pieces_of_any_size) {
  struct Case {
    std::string_view text;
    std::uint64_t line;
  };
  for (const Case& one : {
           Case{"", 0},
           {"a,b\n1,2\n", 0},
           {"a,\"b\"\n\"1\n1\",2\n", 0},
           {"a,\"b \"\"c\"\" d\"\n", 0},
           {"a,\"\"\n", 0},
           {"a,\"\"\"\"\n", 0},
           {"a,7\" disc\n", 0},       // not at the start of a field: a letter
           {"a,\"7\" disc\",\n", 0},  // closed; letters follow
           {"\"open", 1},
           {"a,b\n1,\"open\n2,3\n", 2},
           {"a,b\r\n1,\"x\n\n\"\r\n2,\"\"\"open\"\"\n", 5},
           {"a,\"", 1},
           {"a,\"x\"\",\n", 1},
           {"a,\"x\"", 0},
       }) {
    for (std::size_t piece = 1; piece <= one.text.size() + 1; ++piece) {
      EXPECT_EQ(open_since(one.text, piece), one.line) << one.text << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace segue::data
