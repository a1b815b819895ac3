#include "segue/recommend/team_draft.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace segue::recommend {
namespace {

using Ids = std::vector<std::string_view>;

Ids ids_of(const std::vector<DraftPick>& draft, const Ids& first, const Ids& second) {
  Ids ids;
  for (const DraftPick& pick : draft) ids.push_back((pick.is_of_second ? second : first)[pick.place]);
  return ids;
}

TEST(TeamDraft, gives_each_model_one_of_every_two_songs_and_no_song_twice) {
  const Ids first = {"a", "b", "c", "d", "e", "f"};
  const Ids second = {"b", "x", "a", "y", "z", "w"};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<DraftPick> draft = team_draft(first, second, 6, Random(seed));
    ASSERT_EQ(draft.size(), 6U);
    const Ids ids = ids_of(draft, first, second);
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 6U);
    for (std::size_t i = 0; i < 6; i += 2) EXPECT_NE(draft[i].is_of_second, draft[i + 1].is_of_second);
    EXPECT_EQ(draft, team_draft(first, second, 6, Random(seed)));
  }
}

// The coin is fair: either model picks first about half the time. Of 10,000 flips 9 in 10,000,000 stray by 250.
TEST(TeamDraft, lets_either_model_begin) {
  int second_begins = 0;
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    second_begins += team_draft(Ids{"a"}, Ids{"b"}, 1, Random(seed)).front().is_of_second ? 1 : 0;
  }
  EXPECT_NEAR(second_begins, 5000, 250);
}

TEST(TeamDraft, of_equal_lists_is_that_list) {
  const Ids both = {"a", "b", "c", "d"};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(ids_of(team_draft(both, both, 4, Random(seed)), both, both), both);
  }
}

TEST(TeamDraft, songs_that_no_other_model_could_have_picked_have_no_team) {
  const Ids first = {"a", "b", "c", "d"};
  const std::vector<DraftPick> draft = team_draft(first, Ids{"a"}, 9, Random(1));
  ASSERT_EQ(ids_of(draft, first, Ids{"a"}), first);
  EXPECT_TRUE(draft[0].has_team);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_FALSE(draft[i].has_team);
  EXPECT_TRUE(team_draft({}, {}, 9, Random(1)).empty());
  EXPECT_EQ(team_draft({}, first, 2, Random(1)).size(), 2U);
}

}  // namespace
}  // namespace segue::recommend
