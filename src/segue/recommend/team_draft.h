// Two lists made into one, so that listeners show which of their models they prefer: team-draft interleaving
// (Radlinski, Kurup, Joachims 2008, "How does clickthrough data reflect retrieval quality?", CIKM).
//
// The models pick songs in turn, as captains pick teams: in each round a coin decides who picks first, and each adds
// its best song that is not in the list yet. A song is in the team of the model that picked it, so both teams have
// equally many songs at equally good places on average. A click is a point for a team.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "segue/base/random.h"

namespace segue::recommend {

struct DraftPick {
  std::size_t place = 0;  // in the list it comes from
  bool is_of_second = false;
  bool has_team = true;  // false once the other model had nothing left to pick

  bool operator==(const DraftPick&) const = default;
};

// The first `count` songs of the interleaved list, fewer if both have no more. `first` and `second`: ids, the best
// first, each at most once in a list.
std::vector<DraftPick> team_draft(std::span<const std::string_view> first, std::span<const std::string_view> second,
                                  std::size_t count, Random random);

}  // namespace segue::recommend
