// The prompts of ListenBrainz Radio (https://troi.readthedocs.io/en/latest/lb_radio.html):
//
//   artist:(pretty lights):3:easy tag:(trip hop, downtempo):2:or user:ann::month #punk
//
// Terms stand one after the other, each ENTITY:VALUES:WEIGHT:OPTIONS. A value with spaces is in parentheses, where a
// backslash makes the next letter an ordinary one; several tags have commas between. WEIGHT is how large a share of the
// songs the term has, 1 by default; it may be empty. OPTIONS have commas between. "#punk" is tag:(punk), and a prompt
// that begins with neither is the name of one artist.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/serve/listenbrainz/list_routes.h"

namespace segue::serve {

// Where the songs of a term come from: an artist and those like them; a tag; what a user played most; what is
// recommended to a user.
enum class TermKind { artist, tag, stats, recs };

// Which of the recommended songs: those played before, those never played, or both.
enum class RecommendedSongs { all, listened, unlistened };

struct PromptTerm {
  TermKind kind = TermKind::artist;
  std::vector<std::string> values;  // one, but for tags; none for the user of the token
  std::uint32_t weight = 1;
  std::optional<RadioMode> mode{};  // instead of the one of the whole prompt
  bool with_similar = true;         // not only songs of the artist or tag themselves
  bool any_tag = false;             // songs with one of the tags instead of all
  std::string range{};              // of stats: one of kStatsRangeNames, or "" if none was given
  RecommendedSongs recommended = RecommendedSongs::all;
};

inline constexpr std::size_t kMostTerms = 10;
inline constexpr std::uint32_t kMostTermWeight = 100;

// At least one term. Throws wrong_use with what was expected and found; not_found never: names are not looked up.
std::vector<PromptTerm> parse_prompt(std::string_view prompt);

}  // namespace segue::serve
