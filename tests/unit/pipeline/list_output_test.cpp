#include "segue/pipeline/list_output.h"

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/model/model.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

namespace fs = std::filesystem;

class Lists : public ::testing::Test {
 protected:
  Lists() {
    testing::write_songs(scratch_ / "songs.arrow", testing::small_model().songs);
    songs_ = data::Catalogue(scratch_ / "songs.arrow");
  }

  // The list of listener i: i % 4 songs.
  static MadeList list(std::uint32_t i) {
    MadeList made{.key = "u" + std::to_string(i), .known = i % 4 != 0, .unknown_plays = 1, .songs = {}};
    for (std::uint32_t song = 0; song < i % 4; ++song) made.songs.push_back({song, 0.5F, "because"});
    return made;
  }
  // The lists of [resumed, stop), and the end if there are no more than `all`.
  ListCounts write(const fs::path& output, std::uint32_t stop, std::uint32_t all, const ListPlan& plan = plan_a()) {
    ListOutput opened(output, {.reasons = false}, {.shard_lists = 4}, songs_, plan);
    for (auto i = static_cast<std::uint32_t>(opened.resumed_lists()); i < stop; ++i) opened.add(list(i));
    if (stop == all) opened.finish();
    return opened.counts();
  }
  std::string bytes(const std::string& folder, int part) const {
    return read_text(scratch_ / folder / ("part-0000" + std::to_string(part) + ".parquet"));
  }
  bool exists(std::string_view name) const { return fs::exists(scratch_ / name); }
  static ListPlan plan_a() { return {{"model", "a"}, {"k", "10"}, {"input", "x"}}; }

  testing::Scratch scratch_;
  data::Catalogue songs_;
};

TEST_F(Lists, text_formats_have_a_row_a_song) {
  for (const char* name : {"l.jsonl", "l.csv"}) {
    ListOutput output(scratch_ / name, {.key = ListKey::seed, .reasons = true}, {.names = true}, songs_, {});
    output.add(list(2));
    output.finish();
  }
  EXPECT_EQ(read_text(scratch_ / "l.jsonl"),
            "{\"seed\": \"u2\", \"rank\": 1, \"song\": \"song 0\", \"score\": 0.5, \"artist\": \"Kendrick Lamar\", "
            "\"title\": \"HUMBLE\", \"reason\": \"because\"}\n"
            "{\"seed\": \"u2\", \"rank\": 2, \"song\": \"" +
                std::string(songs_.id(1)) + "\", \"score\": 0.5, \"artist\": \"" + std::string(songs_.song(1).artist) +
                "\", \"title\": \"" + std::string(songs_.song(1).title) + "\", \"reason\": \"because\"}\n");
  EXPECT_TRUE(read_text(scratch_ / "l.csv").starts_with("\"seed\",\"rank\",\"song\",\"score\",\"artist\""));
}

TEST_F(Lists, a_file_appears_whole_or_not_at_all) {
  {
    ListOutput output(scratch_ / "l.parquet", {}, {}, songs_, {});
    output.add(list(2));
  }
  EXPECT_FALSE(exists("l.parquet"));
  EXPECT_ERROR(ListOutput(scratch_ / "l.txt", {}, {}, songs_, {}), ErrorCode::wrong_use, "expected a file that ends");
}

TEST_F(Lists, an_interrupted_folder_ends_like_an_uninterrupted_one) {
  const ListCounts whole = write(scratch_ / "whole", 10, 10);
  EXPECT_EQ(whole.lists, 10U);
  EXPECT_EQ(whole.empty, 3U);
  EXPECT_EQ(whole.unknown, 3U);
  EXPECT_EQ(whole.rows, 13U);
  write(scratch_ / "cut", 3, 10);  // no part is whole yet
  EXPECT_FALSE(exists("cut/part-00000.parquet"));
  write(scratch_ / "cut", 9, 10);
  EXPECT_TRUE(exists("cut/part-00001.parquet"));
  EXPECT_FALSE(exists("cut/part-00002.parquet"));
  EXPECT_FALSE(exists("cut/_SUCCESS"));
  const ListCounts resumed = write(scratch_ / "cut", 10, 10);
  EXPECT_EQ(resumed.rows, whole.rows);
  EXPECT_EQ(resumed.empty, whole.empty);
  EXPECT_TRUE(exists("cut/_SUCCESS"));
  for (int part = 0; part < 3; ++part) EXPECT_EQ(bytes("cut", part), bytes("whole", part)) << part;
  EXPECT_EQ(read_text(scratch_ / "cut/_lists.json"), read_text(scratch_ / "whole/_lists.json"));
}

TEST_F(Lists, a_complete_folder_has_nothing_left_to_do) {
  write(scratch_ / "d", 10, 10);
  const ListOutput again(scratch_ / "d", {}, {.shard_lists = 4}, songs_, plan_a());
  EXPECT_TRUE(again.complete());
  EXPECT_EQ(again.counts().lists, 10U);
}

TEST_F(Lists, a_lost_part_is_made_again_with_those_after_it) {
  write(scratch_ / "d", 10, 10);
  const std::string second = bytes("d", 1);
  fs::remove(scratch_ / "d/part-00001.parquet");
  {
    const ListOutput again(scratch_ / "d", {}, {.shard_lists = 4}, songs_, plan_a());
    EXPECT_FALSE(again.complete());
    EXPECT_EQ(again.resumed_lists(), 4U);
  }
  EXPECT_EQ(write(scratch_ / "d", 10, 10).lists, 10U);
  EXPECT_EQ(bytes("d", 1), second);
}

TEST_F(Lists, other_plans_are_refused) {
  write(scratch_ / "d", 9, 10);
  const auto with = [&](std::string_view key, std::string_view value) {
    ListPlan plan = plan_a();
    plan[key] = value;
    write(scratch_ / "d", 10, 10, plan);
  };
  EXPECT_ERROR(with("k", "50"), ErrorCode::wrong_use, "k is \"10\" there, \"50\" here");
  EXPECT_ERROR(with("model", "b"), ErrorCode::wrong_use, "model is \"a\" there");
  EXPECT_ERROR(with("new", "b"), ErrorCode::wrong_use, "new is nothing there");
  with("k", "10");
}

TEST_F(Lists, an_input_that_cannot_be_told_is_never_the_same) {
  ListPlan plan = plan_a();
  plan["input"] = "";
  write(scratch_ / "d", 9, 10, plan);
  EXPECT_ERROR(write(scratch_ / "d", 10, 10, plan), ErrorCode::wrong_use, "found a pipe");
}

TEST_F(Lists, a_folder_that_lost_a_part_is_no_success_until_it_is_whole_again) {
  write(scratch_ / "d", 10, 10);
  fs::remove(scratch_ / "d/part-00001.parquet");
  write(scratch_ / "d", 9, 10);
  EXPECT_FALSE(exists("d/_SUCCESS"));
  write(scratch_ / "d", 10, 10);
  EXPECT_TRUE(exists("d/_SUCCESS"));
}

TEST_F(Lists, a_slash_behind_a_folder_changes_nothing) {
  write(scratch_.path().string() + "/d/", 5, 10);
  EXPECT_TRUE(exists("d/part-00000.parquet"));
  write(scratch_ / "d", 10, 10);
  EXPECT_TRUE(exists("d/_SUCCESS"));
}

TEST_F(Lists, folders_of_other_things_are_refused) {
  fs::create_directory(scratch_ / "d");
  scratch_.write("d/mine.txt", "x");
  EXPECT_ERROR(write(scratch_ / "d", 1, 10), ErrorCode::wrong_use, "with other files");
  EXPECT_ERROR(write(scratch_ / "gone/d", 1, 10), ErrorCode::not_found, "gone");
  fs::create_directory(scratch_ / "e");
  scratch_.write("e/_lists.json", "{\"format\": \"segue-lists\", \"version\": 2}");
  EXPECT_ERROR(write(scratch_ / "e", 1, 10), ErrorCode::unsupported, "expected version 1 or older, found 2");
  scratch_.write("e/_lists.json", "[");
  EXPECT_ERROR(write(scratch_ / "e", 1, 10), ErrorCode::corrupt, "expected a JSON object");
}

TEST_F(Lists, nobody_makes_one_empty_part) {
  write(scratch_ / "d", 0, 0);
  EXPECT_TRUE(exists("d/part-00000.parquet"));
  EXPECT_TRUE(exists("d/_SUCCESS"));
}

}  // namespace
}  // namespace segue::pipeline
