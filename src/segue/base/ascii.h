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

// The text without white space at its ends.
constexpr std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char letter) { return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The text without these letters at its ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view outside) {
  const std::size_t begin = text.find_first_not_of(outside);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(outside) - begin + 1);
}

// 0 to 15, or -1 for any other letter.
constexpr int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  const char lower = ascii_lower(letter);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace segue
