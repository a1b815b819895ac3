// ASCII letters, whatever the locale: for names of protocols, formats and columns. data/text/text.h folds the texts
// that people write.
#pragma once

#include <algorithm>
#include <string_view>

namespace segue {

constexpr char ascii_lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

// Whether `text` equals `lower_case`, ignoring case. REQUIRES: lower_case is in lower case.
constexpr bool is_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, [](char a, char b) { return ascii_lower(a) == b; });
}

}  // namespace segue
