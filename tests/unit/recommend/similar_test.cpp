// Filters, arithmetic and groups on the small model: song i is of genre i % 4, most played first.
#include "segue/recommend/similar.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/recommend/catalogue_filter.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

class SimilarTest : public ::testing::Test {
 protected:
  SimilarTest() {
    testing::write_small_model(folder_ / "model", testing::small_model(24));
    model_.emplace(folder_ / "model");
  }
  const model::Model& model() const { return *model_; }
  std::string artist(std::uint32_t row) const { return std::string(model().songs().song(row).artist); }

  testing::Scratch folder_;
  std::optional<model::Model> model_;
};

TEST_F(SimilarTest, arithmetic_finds_songs_like_both_and_none_of_them) {
  const std::vector<std::uint32_t> plus = {0, 1};
  const std::vector<std::uint32_t> minus = {2};
  const auto found = similar_songs(model(), plus, minus, {.k = 30}, nullptr);
  EXPECT_EQ(found.size(), 21U);
  for (const math::ScoredRow& one : found) EXPECT_GT(one.row, 2U);
  EXPECT_NE(found.front().row % 4, 2U);
  EXPECT_EQ(found.back().row % 4, 2U);
  const std::vector<std::uint32_t> same = {5};
  EXPECT_ERROR((void)similar_songs(model(), same, same, {}, nullptr), ErrorCode::bad_input, "found 2 that have none");
}

TEST_F(SimilarTest, filter_keeps_songs_that_pass_all_options) {
  EXPECT_FALSE(songs_passing({}, model().songs()).has_value());
  const auto kept = [&](const FilterOptions& options) { return songs_passing(options, model().songs())->count(); };
  EXPECT_EQ(kept({.max_rank = 5}), 5U);
  EXPECT_EQ(kept({.min_rank = 20, .max_rank = 22}), 3U);
  EXPECT_EQ(kept({.min_plays = model().songs().plays(3), .max_plays = model().songs().plays(1)}), 3U);
  const std::string name = artist(0);
  const std::size_t by_artist = kept({.only_artist = {name}});
  EXPECT_GT(by_artist, 0U);
  EXPECT_EQ(kept({.not_artist = {name}}), 24 - by_artist);
  EXPECT_EQ(kept({.not_artist = {name}, .max_rank = 1000}), 24 - by_artist);
  write_text_atomically(folder_ / "ids",
                        fmt::format("{}\nnobody\n{}\r\n", model().songs().id(4), model().songs().id(9)));
  const auto rows = songs_passing({.only_ids = (folder_ / "ids").string()}, model().songs());
  EXPECT_TRUE(rows->count() == 2 && rows->contains(4) && rows->contains(9));
  EXPECT_EQ(kept({.not_ids = (folder_ / "ids").string()}), 22U);
}

TEST_F(SimilarTest, filter_refuses_names_that_no_song_has) {
  EXPECT_ERROR((void)songs_passing({.only_artist = {"Kendrik Lamar"}}, model().songs()), ErrorCode::not_found,
               "no song has the artist \"Kendrik Lamar\" (did you mean Kendrick Lamar?)");
  EXPECT_ERROR((void)songs_passing({.not_tag = {"no such tag"}}, model().songs()), ErrorCode::not_found,
               "no song has the tag \"no such tag\"");
  EXPECT_ERROR((void)songs_passing({.min_plays = 1'000'000}, model().songs()), ErrorCode::not_found, "found none");
}

TEST_F(SimilarTest, filtered_songs_are_the_only_ones_found) {
  const auto keeps = songs_passing({.max_rank = 8}, model().songs());
  const std::vector<std::uint32_t> song = {0};
  const auto found = similar_songs(model(), song, {}, {.k = 10}, &*keeps);
  EXPECT_EQ(found.size(), 7U);
  for (const math::ScoredRow& one : found) EXPECT_LT(one.row, 8U);
}

TEST_F(SimilarTest, artists_are_compared_by_their_songs) {
  const SongGroups artists(model(), GroupKind::artist, nullptr);
  const auto found = artists.find("kendrick LAMAR");
  ASSERT_EQ(found.size(), 1U);
  const SongGroup& group = artists.group(found.front());
  for (const std::uint32_t song : group.songs) EXPECT_EQ(artist(song), "Kendrick Lamar");
  const auto similar = artists.similar(found.front(), 100, 1);
  EXPECT_EQ(similar.size(), artists.size() - 1);
  for (const math::ScoredRow& one : similar) EXPECT_NE(one.row, found.front());
  EXPECT_TRUE(artists.similar(found.front(), 100, 1000).empty());
  for (const math::ScoredRow& one : artists.typical_songs(found.front(), 2))
    EXPECT_EQ(artist(one.row), "Kendrick Lamar");
  EXPECT_TRUE(artists.find("nobody at all").empty());
  EXPECT_EQ(artists.suggestion("Kendrik Lamar"), " (did you mean Kendrick Lamar?)");
}

TEST_F(SimilarTest, songs_are_added_by_their_weights) {
  const auto genre_of_first = [&](double first, double second) {
    const std::vector<WeightedSong> plus = {{0, first}, {1, second}};
    return similar_songs(model(), plus, {}, {.k = 1}, nullptr).at(0).row % 4;
  };
  EXPECT_EQ(genre_of_first(3, 1), 0U);
  EXPECT_EQ(genre_of_first(1, 3), 1U);
}

}  // namespace
}  // namespace segue::recommend
