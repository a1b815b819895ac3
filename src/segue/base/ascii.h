// Letters of ASCII, whatever the locale: for names of protocols, formats and columns. Texts of people are folded by
// data/text/text.h.
#pragma once

#include <algorithm>
#include <string_view>

namespace segue {

constexpr char ascii_lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Whether `text` is `lower_case` but for the case of its letters. REQUIRES: lower_case is in lower case.
constexpr bool is_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, [](char a, char b) { return ascii_lower(a) == b; });
}

}  // namespace segue
