#include "segue/data/dataset/queues.h"

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/dataset/title_terms.h"

#include "tests/support/scratch.h"

namespace segue::data {
namespace {

std::vector<std::uint32_t> list(std::span<const std::uint32_t> songs) {
  return {songs.begin(), songs.end()};
}

void write_three_queues(const std::filesystem::path& path) {
  QueuesWriter writer(path);
  writer.add("ann", 1'000'000, std::vector<std::uint32_t>{0, 1, 2});
  writer.add("bob", std::nullopt, std::vector<std::uint32_t>{2, 2});
  writer.add("", -1, {});
  writer.close();
}

TEST(Queues, gives_back_what_was_written) {
  const testing::Scratch folder;
  write_three_queues(folder / "queues.arrow");
  const Queues queues(folder / "queues.arrow", 3);
  ASSERT_EQ(queues.size(), 3U);
  EXPECT_EQ(queues.plays(), 5U);
  EXPECT_EQ(list(queues.songs(0)), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(list(queues.songs(1)), (std::vector<std::uint32_t>{2, 2}));
  EXPECT_TRUE(queues.songs(2).empty());
  EXPECT_EQ(queues.user(0), "ann");
  EXPECT_EQ(queues.start(0), 1'000'000);
  EXPECT_EQ(queues.start(1), std::nullopt);
  EXPECT_EQ(queues.start(2), -1);
}

TEST(Queues, shards_hold_the_same_queues_in_the_same_order) {
  const testing::Scratch folder;
  for (const std::size_t shards : {1, 3, 7}) {
    QueueShardsWriter writer(folder.path(), shards, 12);
    for (std::uint32_t i = 0; i < 6; ++i) writer.add(std::to_string(i), i, std::vector<std::uint32_t>{i, i + 1});
    writer.close();
    std::vector<MappedFile> files;
    for (const std::string& name : queue_files(shards)) files.emplace_back(folder / name);
    const Queues queues(files, 7);
    ASSERT_EQ(queues.size(), 6U);
    EXPECT_EQ(queues.plays(), 12U);
    for (std::uint32_t i = 0; i < 6; ++i) {
      EXPECT_EQ(queues.user(i), std::to_string(i));
      EXPECT_EQ(queues.start(i), i);
      EXPECT_EQ(list(queues.songs(i)), (std::vector<std::uint32_t>{i, i + 1}));
    }
    EXPECT_EQ(queues.shard_starts().size(), shards == 1 ? 0 : shards);
    if (shards == 3) {
      EXPECT_EQ(std::vector(queues.shard_starts().begin(), queues.shard_starts().end()),
                (std::vector<std::size_t>{0, 2, 4}));
    }
  }
}

TEST(Queues, in_memory) {
  const Queues queues({{4, 5}, {}, {6}});
  ASSERT_EQ(queues.size(), 3U);
  EXPECT_EQ(queues.plays(), 3U);
  EXPECT_EQ(list(queues.songs(0)), (std::vector<std::uint32_t>{4, 5}));
  EXPECT_TRUE(queues.songs(1).empty());
  EXPECT_EQ(list(queues.songs(2)), (std::vector<std::uint32_t>{6}));
  EXPECT_EQ(queues.user(0), "");
  EXPECT_EQ(queues.start(0), std::nullopt);
  EXPECT_EQ(Queues().size(), 0U);
}

TEST(Queues, rows_cross_batches) {
  const testing::Scratch folder;
  constexpr std::uint32_t kQueues = 1'000'002;
  QueuesWriter writer(folder / "queues.arrow");
  for (std::uint32_t i = 0; i < kQueues; ++i) writer.add(std::to_string(i), i, std::vector<std::uint32_t>{i, i + 1});
  writer.close();
  const Queues queues(folder / "queues.arrow", kQueues + 1);
  ASSERT_EQ(queues.size(), kQueues);
  EXPECT_EQ(queues.plays(), 2 * kQueues);
  for (const std::uint32_t queue : {0U, 999'999U, 1'000'000U, kQueues - 1}) {
    EXPECT_EQ(list(queues.songs(queue)), (std::vector<std::uint32_t>{queue, queue + 1}));
    EXPECT_EQ(queues.user(queue), std::to_string(queue));
    EXPECT_EQ(queues.start(queue), queue);
  }
}

TEST(Queues, refuses_songs_the_catalogue_does_not_have) {
  const testing::Scratch folder;
  write_three_queues(folder / "queues.arrow");
  try {
    Queues queues(folder / "queues.arrow", 2);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_NE(std::string(error.what()).find("expected songs below 2, found 2"), std::string::npos) << error.what();
  }
}

TEST(Queues, a_flipped_byte_is_an_error_or_harmless) {
  const testing::Scratch folder;
  write_three_queues(folder / "queues.arrow");
  const std::string good = read_text(folder / "queues.arrow");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      std::string bad = good;
      bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ flip);
      folder.write("queues.arrow", bad);
      try {
        const Queues queues(folder / "queues.arrow", 3);
        for (std::size_t queue = 0; queue < queues.size(); ++queue) {
          for (const std::uint32_t song : queues.songs(queue)) EXPECT_LT(song, 3U);
          (void)std::string(queues.user(queue));
          (void)queues.start(queue);
        }
      } catch (const Error& error) {
        EXPECT_TRUE(error.code() == ErrorCode::corrupt) << at << ": " << error.what();
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, good.size() / 4);
}

std::vector<std::string> folded_phrases(std::string_view title) {
  std::vector<std::string> folded;
  for (const TitlePhrase& phrase : phrases_of(title)) folded.push_back(phrase.folded);
  return folded;
}

TEST(TitleTerms, are_words_in_a_row_that_may_be_a_name) {
  using Phrases = std::vector<std::string>;
  EXPECT_EQ(folded_phrases("Late Night Jazz"),
            (Phrases{"late", "late night", "late night jazz", "night", "night jazz", "jazz"}));
  EXPECT_EQ(folded_phrases("my 90s R&B | gym"), (Phrases{"90s", "90s r b", "r b", "gym"}));
  EXPECT_EQ(folded_phrases("Best of the 80s"), (Phrases{"80s"})) << "\"best\" says nothing by itself";
  EXPECT_EQ(folded_phrases("🎉🎉 فيروز 🎉"), (Phrases{"فيروز"}));
  EXPECT_EQ(folded_phrases("12 !!! x"), (Phrases{}));
  EXPECT_EQ(folded_phrases("\xff"), (Phrases{}));
}

TEST(TitleTerms, are_what_several_people_say_of_a_song) {
  const testing::Scratch folder;
  using Songs = std::vector<std::uint32_t>;
  QueuesWriter writer(folder / "queues.arrow");
  writer.add("a", std::nullopt, Songs{0, 1}, "late night jazz");
  writer.add("b", std::nullopt, Songs{0, 1}, "Late Night JAZZ!");
  writer.add("c", std::nullopt, Songs{0, 2}, "Jazz, mostly");
  writer.add("d", std::nullopt, Songs{2}, "EDM");
  for (int day = 0; day < 9; ++day) writer.add("d", std::nullopt, Songs{2}, "Secret Diary");  // one person
  writer.add("e", std::nullopt, Songs{0, 2});
  writer.close();
  const Queues queues(folder / "queues.arrow", 3);
  const TitleTerms titles = count_title_terms(queues, 3);
  EXPECT_EQ(titles.texts, (std::vector<std::string>{"Jazz"})) << "said by three people; the rest by fewer";
  ASSERT_EQ(titles.of_song.size(), 3U);
  ASSERT_EQ(titles.of_song[0].size(), 1U);
  EXPECT_EQ(titles.of_song[0][0].people, 3U);
  EXPECT_EQ(titles.of_song[1][0].people, 2U);
  EXPECT_TRUE(titles.of_song[2].empty()) << "one person has it under Jazz, one under Secret Diary";
}

TEST(TitleTerms, are_none_where_queues_have_no_names) {
  const testing::Scratch folder;
  write_three_queues(folder / "queues.arrow");
  EXPECT_TRUE(count_title_terms(Queues(folder / "queues.arrow", 3), 3).empty());
}

}  // namespace
}  // namespace segue::data
