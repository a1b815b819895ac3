#include "segue/pipeline/histories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/model/model.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

using ::testing::ElementsAre;

// The small model, and a dataset of its songs and one more, in which b's queues are apart.
class Histories : public ::testing::Test {
 protected:
  Histories() {
    testing::SmallModel small = testing::small_model();
    testing::write_small_model(scratch_ / "m", small);
    std::vector<data::SongRecord> songs = small.songs;
    songs.push_back({"only in the dataset", "", "", "", {}, 1});
    songs[2].id = "another id of the same artist and title";
    const auto unknown = static_cast<std::uint32_t>(songs.size() - 1);
    testing::write_small_dataset(scratch_ / "d", songs, {{1, 2}, {3}, {4, unknown, 5}}, {"b", "a", "b"});
    model_.emplace(scratch_ / "m");
    dataset_.emplace(data::open_dataset(scratch_ / "d"));
  }

  static std::vector<ListenerHistory> all_of(HistorySource& source, std::uint64_t skipped = 0) {
    std::vector<ListenerHistory> all;
    source.read(skipped, [&](std::vector<ListenerHistory>&& block) {
      EXPECT_LE(block.size(), kListenersAtOnce);
      std::ranges::move(block, std::back_inserter(all));
    });
    return all;
  }
  FileHistories file(const std::string& name, const std::string& text) {
    return FileHistories({scratch_.write(name, text)}, model_->songs());
  }
  std::string id(std::uint32_t row) const { return std::string(model_->songs().id(row)); }

  testing::Scratch scratch_;
  std::optional<model::Model> model_;
  std::optional<data::Dataset> dataset_;
};

TEST_F(Histories, of_a_dataset_are_those_of_its_users_one_by_one) {
  DatasetHistories source(*dataset_, model_->songs(), 1);
  EXPECT_EQ(source.size(), 2U);
  const std::vector<ListenerHistory> all = all_of(source);
  ASSERT_EQ(all.size(), 2U);
  for (const ListenerHistory& one : all) {
    const recommend::History alone = recommend::history_of(*dataset_, model_->songs(), one.user);
    EXPECT_EQ(one.songs, alone.songs) << one.user;
    EXPECT_EQ(one.unknown_plays, alone.unknown_plays) << one.user;
  }
  EXPECT_EQ(all[0].user, "b");
  EXPECT_THAT(all[0].songs, ElementsAre(1, 2, 4, 5));
  EXPECT_EQ(all[0].unknown_plays, 1U);
}

TEST_F(Histories, of_some_users_come_in_the_order_asked_for_each_once) {
  const std::vector<std::string> wanted = {"a", "nobody", "b", "a", "no one"};
  DatasetHistories source(*dataset_, model_->songs(), wanted, 1);
  const std::vector<ListenerHistory> all = all_of(source);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].user, "a");
  EXPECT_EQ(source.unknown_users(), 2U);
  EXPECT_EQ(source.first_unknown(), "nobody");
  EXPECT_NE(source.digest(), DatasetHistories(*dataset_, model_->songs(), 1).digest());
}

TEST_F(Histories, beside_a_dataset_s_own_queues_are_not_asked_for) {
  dataset_->queues.set_own(1);
  DatasetHistories source(*dataset_, model_->songs(), 1);
  const std::vector<ListenerHistory> all = all_of(source);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(all[0].songs, ElementsAre(1, 2, 4, 5));  // all that b played, wherever it is
}

TEST_F(Histories, of_a_file_are_its_rows) {
  const std::string line = "{\"user\": \"u\", \"songs\": [\"" + id(3) + "\", \"gone\", \"" + id(0) + "\"]}\n";
  FileHistories source = file("h.jsonl", line + "{\"user\": \"v\", \"songs\": []}\n" + line);
  const std::vector<ListenerHistory> all = all_of(source);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].user, "u");
  EXPECT_THAT(all[0].songs, ElementsAre(3, 0));
  EXPECT_EQ(all[0].unknown_plays, 1U);
  EXPECT_TRUE(all[1].songs.empty());
  EXPECT_EQ(all_of(source, 2).size(), 1U);
  EXPECT_TRUE(all_of(source, 3).empty());
}

TEST_F(Histories, of_many_rows_come_in_blocks) {
  std::string text;
  const std::size_t rows = 2 * kListenersAtOnce + 5;
  for (std::size_t i = 0; i < rows; ++i) {
    text += "{\"user_id\": " + std::to_string(i) + ", \"history\": [\"" + id(1) + "\"]}\n";
  }
  FileHistories source = file("h.jsonl", text);
  const std::vector<ListenerHistory> all = all_of(source, kListenersAtOnce - 1);
  ASSERT_EQ(all.size(), kListenersAtOnce + 6);
  EXPECT_EQ(all.front().user, std::to_string(kListenersAtOnce - 1));
  EXPECT_EQ(all.back().user, std::to_string(rows - 1));
}

TEST_F(Histories, of_files_that_are_none_are_refused) {
  const auto read = [&](const std::string& text) {
    FileHistories source = file("h.jsonl", text);
    all_of(source);
  };
  EXPECT_ERROR(read("{\"user\": \"u\", \"song\": \"x\"}\n"), ErrorCode::bad_input,
               "expected the columns user and songs, found");
  EXPECT_ERROR(read("{\"user\": \"u\", \"songs\": \"x\"}\n"), ErrorCode::bad_input, "expected a list of song ids");
  EXPECT_ERROR(read("{\"user\": \"u\", \"songs\": [\"x\"]}\n{\"user\": \"\", \"songs\": [\"x\"]}\n"),
               ErrorCode::bad_input, ":2: expected a user, found none");
  FileHistories gone({scratch_ / "gone.parquet"}, model_->songs());
  EXPECT_ERROR(all_of(gone), ErrorCode::not_found, "gone.parquet");
}

TEST_F(Histories, digest_tells_files_apart) {
  const std::string text = "{\"user\": \"u\", \"songs\": []}\n";
  EXPECT_EQ(file("a.jsonl", text).digest(), file("b.jsonl", text).digest());
  EXPECT_NE(file("a.jsonl", text).digest(), file("b.jsonl", text + text).digest());
  EXPECT_EQ(FileHistories({"-"}, model_->songs()).digest(), "");
}

TEST_F(Histories, of_songs_are_the_songs) {
  const std::vector<std::string> ids = {id(5), "gone", id(1), id(5)};
  SongsAsHistories some(model_->songs(), ids);
  EXPECT_EQ(some.unknown_songs(), 1U);
  const std::vector<ListenerHistory> all = all_of(some);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].user, id(5));
  EXPECT_THAT(all[1].songs, ElementsAre(1));
  EXPECT_EQ(SongsAsHistories(model_->songs(), model_->trained_songs()).size(), model_->trained_songs());
}

TEST_F(Histories, ids_are_lines_or_a_column) {
  const auto ids = [&](const std::string& name, const std::string& text) {
    return read_ids(scratch_.write(name, text), "user");
  };
  EXPECT_THAT(ids("a.txt", "u 1\r\nu, 2\n\nu3"), ElementsAre("u 1", "u, 2", "u3"));
  EXPECT_THAT(ids("a.csv", "plays,user\n3,x\n4,y\n"), ElementsAre("plays,user", "3,x", "4,y"));
  EXPECT_THAT(ids("b.csv", "user,plays\nx,3\ny,4\n"), ElementsAre("x", "y"));
  EXPECT_THAT(ids("c.csv", "user_id\nx\ny\n"), ElementsAre("x", "y"));
  EXPECT_THAT(ids("a.jsonl", "{\"id\": 7}\n{\"id\": 8}\n"), ElementsAre("7", "8"));
  EXPECT_ERROR(ids("d.jsonl", "{\"a\": 7, \"b\": 8}\n"), ErrorCode::bad_input, "expected a column user, found a, b");
  EXPECT_ERROR(ids("e.txt", "\n\n"), ErrorCode::bad_input, "found none");
}

}  // namespace
}  // namespace segue::pipeline
