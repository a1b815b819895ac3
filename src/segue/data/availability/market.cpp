#include "segue/data/availability/market.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

// https://www.iso.org/iso-3166-country-codes.html, 2026-11, and XK; sorted.
constexpr std::string_view kCodes =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

// Codes that people write and ISO 3166-1 has under another name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kMistaken = {
    {{"UK", "GB"}, {"EL", "GR"}, {"KO", "KR"}}};

constexpr std::size_t kShownOfMarket = 60;

}  // namespace

std::optional<Market> Market::of(std::string_view code) {
  if (code.size() != 2) return std::nullopt;
  const std::array<char, 2> letters = {upper(code[0]), upper(code[1])};
  for (std::size_t at = 0; at < kCodes.size(); at += 3) {
    if (kCodes[at] == letters[0] && kCodes[at + 1] == letters[1]) return Market(letters[0], letters[1]);
  }
  return std::nullopt;
}

std::string unknown_market(std::string_view typed) {
  std::string hint;
  for (const auto& [mistaken, meant] : kMistaken) {
    if (typed == mistaken) hint = fmt::format(" (did you mean {}?)", meant);
  }
  return fmt::format("expected country codes of ISO 3166-1 such as DE, found \"{}\"{}",
                     printable(typed, kShownOfMarket), hint);
}

std::vector<Market> parse_markets(std::string_view text) {
  constexpr std::string_view kBetweenCodes = ";|, \t";
  std::vector<Market> markets;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kBetweenCodes), text.size()));
    if (text.empty()) break;
    const std::string_view one = text.substr(0, text.find_first_of(kBetweenCodes));
    text.remove_prefix(one.size());
    const std::optional<Market> market = Market::of(one);
    if (!market) throw Error(ErrorCode::bad_input, unknown_market(one));
    markets.push_back(*market);
  }
  std::ranges::sort(markets);
  markets.erase(std::unique(markets.begin(), markets.end()), markets.end());
  return markets;
}

std::string markets_text(const std::vector<Market>& markets) {
  std::string text;
  for (const Market& market : markets) text += (text.empty() ? "" : ";") + market.code();
  return text;
}

}  // namespace segue::data
