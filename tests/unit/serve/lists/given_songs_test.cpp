#include "segue/serve/lists/given_songs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace segue::serve {
namespace {

using Ids = std::vector<std::string>;

TEST(GivenSongs, keeps_the_newest_of_each_listener) {
  GivenSongs given({.listeners = 10, .songs = 3, .idle = std::chrono::hours(1)});
  given.add("ann", Ids{"a", "b"}, 0);
  given.add("bob", Ids{"x"}, 0);
  EXPECT_EQ(given.newest("ann", 1), (Ids{"b", "a"}));
  given.add("ann", Ids{"c", "a", "d"}, 1);
  EXPECT_EQ(given.newest("ann", 1), (Ids{"d", "a", "c"}));
  EXPECT_EQ(given.newest("bob", 1), (Ids{"x"}));
  EXPECT_EQ(given.newest("cat", 1), Ids());
  given.add("ann", Ids{"e", "f", "g", "h"}, 2);
  EXPECT_EQ(given.newest("ann", 2), (Ids{"h", "g", "f"}));
}

TEST(GivenSongs, forgets_the_idle_and_those_told_to) {
  GivenSongs given({.listeners = 10, .songs = 3, .idle = std::chrono::seconds(100)});
  given.add("ann", Ids{"a"}, 1000);
  EXPECT_EQ(given.newest("ann", 1099), (Ids{"a"}));
  EXPECT_EQ(given.newest("ann", 1100), Ids());
  given.add("ann", Ids{"b"}, 1100);
  EXPECT_EQ(given.newest("ann", 1100), (Ids{"b"}));
  given.forget("ann");
  given.forget("nobody");
  EXPECT_EQ(given.newest("ann", 1100), Ids());
}

TEST(GivenSongs, forgets_who_asked_least_recently_when_there_are_too_many) {
  GivenSongs given({.listeners = 2, .songs = 3, .idle = std::chrono::hours(1)});
  given.add("ann", Ids{"a"}, 10);
  given.add("bob", Ids{"b"}, 11);
  given.add("ann", Ids{"c"}, 12);
  given.add("cat", Ids{"d"}, 13);
  EXPECT_EQ(given.newest("bob", 13), Ids());
  EXPECT_EQ(given.newest("ann", 13), (Ids{"c", "a"}));
  EXPECT_EQ(given.newest("cat", 13), (Ids{"d"}));
}

}  // namespace
}  // namespace segue::serve
