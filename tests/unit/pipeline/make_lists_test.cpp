#include "segue/pipeline/make_lists.h"

#include <gtest/gtest.h>

#include "segue/base/file.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

// Listeners in several blocks.
class Everybody final : public HistorySource {
 public:
  explicit Everybody(std::uint32_t listeners) : listeners_(listeners) {}
  std::uint64_t size() const override { return listeners_; }
  std::string digest() const override { return "everybody"; }
  void read(std::uint64_t skipped, const Take& take) override {
    std::vector<ListenerHistory> block;
    for (auto i = static_cast<std::uint32_t>(skipped); i < listeners_; ++i) {
      block.push_back({.user = std::to_string(i), .songs = {i % 24, (i / 3 + 5) % 24}});
      if (i % 7 == 0) block.back().songs.clear();
      if (block.size() == kBlock) take(std::exchange(block, {}));
      if (block.empty() && interrupted_after_ > 0 && i >= interrupted_after_) stop_.request_stop();
    }
    if (!block.empty()) take(std::move(block));
  }

  // Requests a stop after so many listeners.
  std::stop_token interrupt_after(std::uint32_t listeners) {
    interrupted_after_ = listeners;
    return stop_.get_token();
  }

 private:
  static constexpr std::size_t kBlock = 8;
  std::uint32_t listeners_;
  std::uint32_t interrupted_after_ = 0;
  std::stop_source stop_;
};

class ListsForAll : public ::testing::Test {
 protected:
  ListsForAll() {
    testing::write_small_model(scratch_ / "m", testing::small_model());
    model_.emplace(scratch_ / "m");
  }

  RecommendToAll wanted(std::uint32_t threads) const {
    return {.options = {.k = 5, .explain = true, .threads = threads}, .list = {}, .interests = 1};
  }
  ListCounts run(const std::string& folder, HistorySource& source, std::uint32_t threads, std::stop_token stop = {}) {
    ListPlan plan = plan_of(*model_, wanted(threads), table_);
    plan["input"] = source.digest();
    ListOutput output(scratch_ / folder, {.reasons = true}, table_, model_->songs(), plan);
    return recommend_to_all(*model_, source, wanted(threads), output, progress_, stop);
  }
  std::vector<std::string> parts(const std::string& folder) const {
    std::vector<std::string> bytes;
    for (int part = 0; part < 5; ++part) {
      bytes.push_back(read_text(scratch_ / folder / ("part-0000" + std::to_string(part) + ".parquet")));
    }
    return bytes;
  }

  testing::Scratch scratch_;
  std::optional<model::Model> model_;
  const ListTableOptions table_{.shard_lists = 11};
  NoProgress progress_;
};

TEST_F(ListsForAll, do_not_depend_on_threads_nor_on_codes) {
  Everybody source(50);
  const ListCounts counts = run("one", source, 1);
  EXPECT_EQ(counts.lists, 50U);
  EXPECT_EQ(counts.unknown, 8U);
  model_->code_vectors(index::WalkChoice::as_without_codes);
  run("three", source, 3);
  EXPECT_EQ(parts("one"), parts("three"));
}

TEST_F(ListsForAll, interrupted_and_resumed_are_those_of_one_run) {
  Everybody source(50);
  const ListCounts whole = run("whole", source, 2);
  Everybody cut(50);
  EXPECT_ERROR(run("cut", cut, 2, cut.interrupt_after(35)), ErrorCode::interrupted,
               "the same command resumes after the last whole part");
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "cut/part-00000.parquet"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "cut/_SUCCESS"));
  const ListCounts resumed = run("cut", source, 2);
  EXPECT_EQ(resumed.rows, whole.rows);
  EXPECT_EQ(parts("cut"), parts("whole"));
}

TEST_F(ListsForAll, similar_songs_are_those_of_one_song_after_another) {
  SongsAsHistories seeds(model_->songs(), model_->trained_songs());
  std::vector<ListenerHistory> all;
  seeds.read(0, [&](std::vector<ListenerHistory>&& block) { std::ranges::move(block, std::back_inserter(all)); });
  const recommend::SimilarOptions options{.k = 4, .threads = 2};
  const std::vector<MadeList> lists = similar_lists(*model_, all, options, nullptr);
  ASSERT_EQ(lists.size(), 24U);
  for (data::SongRow song = 0; song < lists.size(); ++song) {
    EXPECT_EQ(lists[song].key, model_->songs().id(song));
    const std::vector<math::ScoredRow> alone =
        recommend::similar_songs(*model_, std::span(&song, 1), {}, options, nullptr);
    ASSERT_EQ(lists[song].songs.size(), alone.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
      EXPECT_EQ(lists[song].songs[i].song, alone[i].row);
      EXPECT_EQ(lists[song].songs[i].score, alone[i].score);
    }
  }
}

TEST_F(ListsForAll, plans_name_what_decides_the_lists) {
  const ListPlan plan = plan_of(*model_, wanted(1), table_);
  EXPECT_EQ(plan, plan_of(*model_, wanted(2), table_));
  RecommendToAll other = wanted(1);
  const std::vector<data::SongRow> disliked = {3};
  other.disliked = disliked;
  EXPECT_NE(plan, plan_of(*model_, other, table_));
  other = wanted(1);
  index::RowSet keeps(24);
  keeps.insert(2);
  other.keeps = &keeps;
  EXPECT_NE(plan, plan_of(*model_, other, table_));
  other = wanted(1);
  other.list.diversity = 0.1;
  EXPECT_NE(plan, plan_of(*model_, other, table_));
}

}  // namespace
}  // namespace segue::pipeline
