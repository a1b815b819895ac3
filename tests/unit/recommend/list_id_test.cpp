#include "segue/recommend/list_id.h"

#include <set>

#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::recommend {
namespace {

ListId interleaved_list(std::size_t songs) {
  ListId id = new_list(ListKind::user);
  id.model = "default";
  id.second = "candidate";
  Random random(songs);
  for (std::size_t i = 0; i < songs; ++i) id.is_of_second.push_back(random.below(2) == 1);
  return id;
}

TEST(ListId, says_what_a_report_needs) {
  ListId id = new_list(ListKind::radio);
  id.model = "default";
  const std::string text = text_of(id);
  EXPECT_EQ(parse_list_id(text), id);
  EXPECT_EQ(text.size(), 42U);
  EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  EXPECT_EQ(id.model_of(1), "default");
  EXPECT_EQ(id.model_of(1000), "default");
}

TEST(ListId, of_an_interleaved_list_says_the_model_of_each_song) {
  for (const std::size_t songs : {1U, 7U, 8U, 9U, 20U, 1000U}) {
    const ListId id = interleaved_list(songs);
    const std::optional<ListId> read = parse_list_id(text_of(id));
    ASSERT_EQ(read, id) << songs;
    for (std::uint32_t i = 1; i <= songs; ++i) {
      EXPECT_EQ(read->model_of(i), id.is_of_second[i - 1] ? "candidate" : "default");
    }
    EXPECT_EQ(read->model_of(0), "");
    EXPECT_EQ(read->model_of(static_cast<std::uint32_t>(songs) + 1), "");
  }
}

TEST(ListId, is_never_made_twice) {
  std::set<std::string> texts;
  std::set<std::uint64_t> seeds;
  for (int i = 0; i < 10'000; ++i) {
    ListId id = new_list(ListKind::similar);
    id.model = "m";
    texts.insert(text_of(id));
    seeds.insert(id.seed());
  }
  EXPECT_EQ(texts.size(), 10'000U);
  EXPECT_EQ(seeds.size(), 10'000U);
}

TEST(ListId, is_refused_if_anything_in_it_was_changed) {
  for (const ListId& id : {interleaved_list(20), interleaved_list(9)}) {
    const std::string text = text_of(id);
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(parse_list_id(changed)) << i;
      EXPECT_FALSE(parse_list_id(text.substr(0, i))) << i;
    }
    EXPECT_FALSE(parse_list_id(text + "A"));
    EXPECT_FALSE(parse_list_id(text + "="));
  }
  EXPECT_FALSE(parse_list_id("no list"));
}

}  // namespace
}  // namespace segue::recommend
