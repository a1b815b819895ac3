#include "segue/base/secrets.h"

#include <algorithm>

namespace segue {

namespace {

constexpr std::string_view kMask = "***";
constexpr std::string_view kSpace = " \t\n\"'";

// The end of the word that starts at `at`.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(kSpace, at), text.size());
}

// Between the first colon after "//" and the last @ of that word: a password may itself contain either.
std::string mask_urls(std::string_view text) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find("//"); at != std::string_view::npos; at = text.find("//", done)) {
    const std::size_t begin = at + 2;
    const std::string_view word = text.substr(begin, end_of_word(text, begin) - begin);
    const std::size_t at_sign = word.rfind('@');
    const std::size_t colon = word.substr(0, at_sign).find(':');
    out += text.substr(done, begin - done);
    done = begin;
    if (at_sign == std::string_view::npos || colon == std::string_view::npos) continue;
    out.append(word.substr(0, colon + 1)).append(kMask);
    done = begin + at_sign;
  }
  return out.append(text.substr(done));
}

std::string mask_values(std::string_view text) {
  constexpr std::string_view kKey = "password=";
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, done)) {
    const std::size_t begin = at + kKey.size();
    out.append(text.substr(done, begin - done)).append(kMask);
    done = std::min(text.find('&', begin), end_of_word(text, begin));
  }
  return out.append(text.substr(done));
}

}  // namespace

std::string without_passwords(std::string_view text) {
  return mask_values(mask_urls(text));
}

}  // namespace segue
