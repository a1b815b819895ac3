// The countries in which a catalogue offers songs.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segue::data {

// A country by its code of two letters (ISO 3166-1 alpha-2), and XK, which services use for Kosovo. A value.
class Market {
 public:
  // Upper or lower case. Nothing for any other text.
  static std::optional<Market> of(std::string_view code);

  std::string code() const { return {letters_[0], letters_[1]}; }  // in upper case

  auto operator<=>(const Market&) const = default;

 private:
  Market(char first, char second) : letters_{first, second} {}

  char letters_[2];
};

// "country codes such as DE, found UK (did you mean GB?)": for messages about a text that is no market.
std::string unknown_market(std::string_view typed);

// "DE;AT" as markets, sorted, each once; separators are ; | , and space. Throws bad_input, without a subject.
std::vector<Market> parse_markets(std::string_view text);

// "AT;DE".
std::string markets_text(const std::vector<Market>& markets);

}  // namespace segue::data
