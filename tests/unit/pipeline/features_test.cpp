#include "segue/pipeline/features.h"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>

#include "segue/base/file.h"
#include "segue/base/manifest.h"
#include "segue/recommend/user_vector.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

constexpr std::int64_t kMoment = 1795348800'000'000;  // 2026-11-22T12:00:00Z

std::shared_ptr<arrow::Table> read_table(const std::filesystem::path& path) {
  const auto file = arrow::io::ReadableFile::Open(path.string()).ValueOrDie();
  const auto reader = parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  return reader->GetRecordBatchReader().ValueOrDie()->ToTable().ValueOrDie()->CombineChunks().ValueOrDie();
}

template <class Array>
const Array& column(const arrow::Table& table, const std::string& name) {
  return static_cast<const Array&>(*table.GetColumnByName(name)->chunk(0));
}

std::vector<float> vector_at(const arrow::Table& table, std::int64_t row) {
  const auto& vectors = column<arrow::FixedSizeListArray>(table, "vector");
  const auto& numbers = static_cast<const arrow::FloatArray&>(*vectors.values());
  std::vector<float> vector;
  for (std::int64_t i = vectors.value_offset(row); i < vectors.value_offset(row + 1); ++i) {
    vector.push_back(numbers.Value(i));
  }
  return vector;
}

class Features : public ::testing::Test {
 protected:
  Features() {
    testing::SmallModel small = testing::small_model();
    std::ranges::fill(small.trained.vectors.view()[7], 0.0F);  // a song without a direction
    testing::write_small_model(scratch_ / "m", small);
    testing::write_small_dataset(scratch_ / "d", small.songs, {{1, 2, 1}, {7}, {3}}, {"a", "b", "c"});
    model_.emplace(scratch_ / "m");
    dataset_.emplace(data::open_dataset(scratch_ / "d"));
    users_.emplace(*dataset_, model_->songs(), 1);
  }

  FeatureCounts write(const FeatureOptions& options, HistorySource* users, const std::string& output = "f") {
    return write_features(*model_, users, options, (scratch_ / output).string(), progress_, {});
  }

  testing::Scratch scratch_;
  std::optional<model::Model> model_;
  std::optional<data::Dataset> dataset_;
  std::optional<DatasetHistories> users_;
  NoProgress progress_;
};

TEST_F(Features, of_songs_are_their_vectors) {
  write({.timestamp = "2026-11-22T12:00:00Z", .normalise = false}, nullptr);
  const auto table = read_table(scratch_ / "f/songs.parquet");
  ASSERT_EQ(table->num_rows(), model_->songs().size());
  EXPECT_EQ(column<arrow::StringArray>(*table, "song").GetView(3), model_->songs().id(3));
  EXPECT_EQ(column<arrow::TimestampArray>(*table, "event_timestamp").Value(3), kMoment);
  EXPECT_EQ(column<arrow::Int64Array>(*table, "plays").Value(3), static_cast<std::int64_t>(model_->songs().plays(3)));
  EXPECT_EQ(vector_at(*table, 3), std::vector<float>(model_->vectors()[3].begin(), model_->vectors()[3].end()));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "f/users.parquet"));
}

TEST_F(Features, of_users_are_their_user_vectors) {
  const FeatureCounts counts = write({.timestamp = "2026-11-22T12:00:00Z", .half_life = 2}, &*users_);
  EXPECT_EQ(counts.users, 2U);
  EXPECT_EQ(counts.without_vector, 1U);
  const auto table = read_table(scratch_ / "f/users.parquet");
  ASSERT_EQ(table->num_rows(), 2);
  EXPECT_EQ(column<arrow::StringArray>(*table, "user").GetView(0), "a");
  EXPECT_EQ(column<arrow::Int64Array>(*table, "plays").Value(0), 3);
  EXPECT_EQ(column<arrow::Int64Array>(*table, "songs").Value(0), 2);
  EXPECT_EQ(vector_at(*table, 0), recommend::user_vector(*model_, std::vector<data::SongRow>{1, 2, 1}, 2));
  EXPECT_EQ(column<arrow::StringArray>(*table, "user").GetView(1), "c");
}

TEST_F(Features, normalised_vectors_have_length_1_and_zeros_stay) {
  write({}, nullptr);
  const auto table = read_table(scratch_ / "f/songs.parquet");
  float square = 0;
  for (const float number : vector_at(*table, 3)) square += number * number;
  EXPECT_NEAR(square, 1, 1e-5);
  for (const float number : vector_at(*table, 7)) EXPECT_EQ(number, 0);
}

TEST_F(Features, are_the_same_for_any_number_of_threads_and_replace_only_features) {
  write({.threads = 1}, &*users_, "one");
  write({.threads = 3}, &*users_, "three");
  for (const char* file : {"songs.parquet", "users.parquet"}) {
    EXPECT_EQ(read_text(scratch_ / "one" / file), read_text(scratch_ / "three" / file)) << file;
  }
  write({}, nullptr, "one");
  EXPECT_EQ(open_manifest(scratch_ / "one", kFeaturesFormat).fields.at("users").to_number<int>(), 0);
  EXPECT_ERROR(write({}, nullptr, "m"), ErrorCode::wrong_use, "segue-model");
}

TEST_F(Features, of_no_time_are_refused) {
  EXPECT_ERROR(write({.timestamp = "yesterday"}, nullptr), ErrorCode::wrong_use,
               "--timestamp: expected a time such as 2026-11-22T12:00:00Z, found yesterday");
}

}  // namespace
}  // namespace segue::pipeline
