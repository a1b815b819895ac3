#include "segue/recommend/team_draft.h"

#include <array>
#include <unordered_set>

namespace segue::recommend {

std::vector<DraftPick> team_draft(std::span<const std::string_view> first, std::span<const std::string_view> second,
                                  std::size_t count, Random random) {
  const std::array lists = {first, second};
  std::array<std::size_t, 2> next = {0, 0};  // the best song of each that is not in the list yet
  std::array<std::size_t, 2> picks = {0, 0};
  std::unordered_set<std::string_view> taken;
  std::vector<DraftPick> draft;
  while (draft.size() < count) {
    for (std::size_t team = 0; team < lists.size(); ++team) {
      while (next[team] < lists[team].size() && taken.contains(lists[team][next[team]])) ++next[team];
    }
    const bool both = next[0] < first.size() && next[1] < second.size();
    if (!both && next[0] == first.size() && next[1] == second.size()) break;
    std::size_t team = next[0] < first.size() ? 0 : 1;
    if (both) team = picks[0] == picks[1] ? random.below(2) : (picks[0] < picks[1] ? 0 : 1);
    taken.insert(lists[team][next[team]]);
    draft.push_back({.place = next[team], .is_of_second = team == 1, .has_team = both});
    ++next[team];
    ++picks[team];
  }
  return draft;
}

}  // namespace segue::recommend
