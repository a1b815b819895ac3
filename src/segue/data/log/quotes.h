// Checks that the quotes of a CSV text come in pairs.
//
// A quote that is never closed turns everything after it into one value, however many rows that is. The text still
// parses, so this has to be detected separately. The rules are those of the parser (text_rows.cpp): a quote opens at
// the start of a field, two quotes inside are one, any other closes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace segue::data {

class QuoteWatch {
 public:
  // Adds the next bytes of the text, in pieces of any size.
  void scan(std::string_view bytes) {
    if (bytes.empty()) return;
    std::size_t at = 0;
    if (undecided_) {
      undecided_ = false;
      if (bytes.front() == '"') {
        at = 1;
      } else {
        open_ = false;
      }
    }
    while (at < bytes.size()) {
      const std::size_t quote = std::min(bytes.find('"', at), bytes.size());
      lines_ += static_cast<std::uint64_t>(std::ranges::count(bytes.substr(at, quote - at), '\n'));
      if (quote == bytes.size()) break;
      at = quote + 1;
      if (!open_) {
        const char before = quote == 0 ? last_ : bytes[quote - 1];
        open_ = before == ',' || before == '\n' || before == '\r';
        opened_ = lines_ + 1;
      } else if (at == bytes.size()) {
        undecided_ = true;
      } else if (bytes[at] == '"') {
        ++at;
      } else {
        open_ = false;
      }
    }
    last_ = bytes.back();
  }

  // The line, from 1, of the quote that is open after the bytes so far; 0 if none is.
  std::uint64_t open_since() const { return open_ && !undecided_ ? opened_ : 0; }

 private:
  bool open_ = false;
  bool undecided_ = false;  // the last byte was a quote inside: closed, or half of two
  char last_ = '\n';
  std::uint64_t lines_ = 0;
  std::uint64_t opened_ = 0;
};

}  // namespace segue::data
