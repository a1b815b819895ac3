#include "segue/search/seed_search.h"

#include <gtest/gtest.h>

#include "segue/base/error.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::search {
namespace {

using Tags = std::vector<std::string_view>;

class SeedSearch : public ::testing::Test {
 protected:
  void SetUp() override {
    data::CatalogueWriter writer(folder_ / "songs.arrow");
    const auto add = [&](data::Song song, const Tags& tags) { writer.add(song, tags); };
    add({"r1", "Creep", "Radiohead", "Pablo Honey", 90}, {"rock"});
    add({"r2", "Airbag", "Radiohead", "OK Computer", 80}, {"rock", "Rock"});
    add({"m1", "So What", "Miles Davis", "Kind of Blue", 70}, {"jazz"});
    add({"x1", "Nirvana", "Elbosco", "", 60}, {});
    add({"n1", "Lithium", "Nirvana", "Nevermind", 50}, {"rock"});
    add({"h1", "Hits One", "Adele", "Greatest Hits", 45}, {});
    add({"h2", "Hits Two", "Björk", "Greatest Hits", 40}, {});
    add({"d1", "What Ifs", "Kane Brown, Lauren Alaina", "", 30}, {});
    add({"d2", "Heaven", "Kane Brown", "", 20}, {});
    add({"c1", "Sum", "Album: Live", "Live: 2", 10}, {"vol:2"});
    add({"t1", "artist:Radiohead", "Somebody", "", 9}, {});
    add({"v2", "Humble 2", "Kendrick", "", 8}, {});
    add({"v1", "Humble", "Kendrick", "", 7}, {});
    add({"tag:jazz", "By Id", "Somebody", "", 1}, {});
    writer.close();
    songs_ = data::Catalogue(folder_ / "songs.arrow");
  }

  // "artist Radiohead 2: r1 r2"
  std::string found(std::string_view typed) const {
    const FoundSeed seed = find_seed(songs_, typed);
    std::string text = seed.is_group() ? fmt::format("{} {}", names(*seed.kind)[static_cast<std::size_t>(*seed.kind)],
                                                     seed.group().name)
                                       : "song";
    if (seed.weight) text += fmt::format(" {}", *seed.weight);
    text += ":";
    for (const data::SongRow row : seed.rows()) text += fmt::format(" {}", songs_.id(row));
    return text;
  }

  testing::Scratch folder_;
  data::Catalogue songs_;
};

TEST_F(SeedSearch, an_artists_name_seeds_the_artists_songs) {
  EXPECT_EQ(found("Radiohead"), "artist Radiohead: r1 r2");
  EXPECT_EQ(found("radiohead"), "artist Radiohead: r1 r2");
  EXPECT_EQ(found("bjork"), "artist Björk: h2");
}

TEST_F(SeedSearch, ids_and_exact_names_of_songs_come_first) {
  EXPECT_EQ(found("r1"), "song: r1");
  EXPECT_EQ(found("Nirvana"), "song: x1");
  EXPECT_EQ(found("artist:Nirvana"), "artist Nirvana: n1");
  EXPECT_EQ(found("tag:jazz"), "song: tag:jazz");
  EXPECT_EQ(found("artist:Radiohead"), "song: t1");
}

TEST_F(SeedSearch, prefixes_say_what_is_meant) {
  EXPECT_EQ(found("album:Kind of Blue"), "album Miles Davis – Kind of Blue: m1");
  EXPECT_EQ(found("album:Miles Davis - Kind of Blue"), "album Miles Davis – Kind of Blue: m1");
  EXPECT_EQ(found("album:kind blue"), "album Miles Davis – Kind of Blue: m1");
  EXPECT_EQ(found("tag:ROCK"), "tag rock: r1 r2 n1");
  EXPECT_EQ(found("artist:miles"), "artist Miles Davis: m1");
}

TEST_F(SeedSearch, the_last_number_is_a_weight_only_if_the_rest_names_something) {
  EXPECT_EQ(found("artist:Nirvana:2.5"), "artist Nirvana 2.5: n1");
  EXPECT_EQ(found("Radiohead:2"), "artist Radiohead 2: r1 r2");
  EXPECT_EQ(found("r1:3"), "song 3: r1");
  EXPECT_EQ(found("tag:vol:2"), "tag vol:2: c1");
  EXPECT_EQ(found("tag:vol:2:4"), "tag vol:2 4: c1");
  EXPECT_EQ(found("album:Live: 2"), "album Album: Live – Live: 2: c1");
  EXPECT_EQ(found("artist:Album: Live"), "artist Album: Live: c1");
  EXPECT_EQ(found("humble:2"), "song: v2");  // a name that is spelt so but for punctuation
  EXPECT_EQ(found("humble:3"), "song 3: v1");
}

TEST_F(SeedSearch, weights_are_above_0_and_finite) {
  for (const std::string_view weight : {"0", "-1", "1001", "inf", "nan", "1e999"}) {
    EXPECT_ERROR((void)found(fmt::format("artist:Nirvana:{}", weight)), ErrorCode::wrong_use,
                 fmt::format("expected a weight above 0 and at most 1000, found {}", weight));
  }
}

TEST_F(SeedSearch, a_credit_with_others_counts_where_none_is_alone) {
  EXPECT_EQ(found("artist:Lauren Alaina"), "artist Lauren Alaina: d1");
  EXPECT_EQ(found("artist:Kane Brown"), "artist Kane Brown: d2");
}

TEST_F(SeedSearch, groups_that_match_equally_well_are_all_known_the_most_played_first) {
  const FoundSeed seed = find_seed(songs_, "album:greatest hits");
  ASSERT_EQ(seed.groups.size(), 2U);
  EXPECT_EQ(seed.groups[0].name, "Adele – Greatest Hits");
  EXPECT_EQ(seed.groups[1].name, "Björk – Greatest Hits");
}

TEST_F(SeedSearch, unknown_names_are_errors_with_the_nearest) {
  EXPECT_ERROR((void)found("artist:Radiohaed Live"), ErrorCode::not_found, "no such artist");
  EXPECT_ERROR((void)found("artist:Radiohaed:2"), ErrorCode::not_found,
               "\"artist:Radiohaed:2\": no such artist (did you mean Radiohead?)");
  EXPECT_ERROR((void)found("album:Kind of Blu"), ErrorCode::not_found, "no such album (did you mean Kind of Blue?)");
  EXPECT_ERROR((void)found("tag:jaz"), ErrorCode::not_found, "no such tag (did you mean jazz?)");
  EXPECT_ERROR((void)found("Radiohaed"), ErrorCode::not_found, "no such song or artist (did you mean Radiohead?)");
  for (const std::string_view empty : {"artist:", "album: ", "", "artist::2"}) {
    EXPECT_ERROR((void)found(empty), ErrorCode::not_found, "no such");
  }
}

}  // namespace
}  // namespace segue::search
