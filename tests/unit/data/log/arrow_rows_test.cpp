// Tables in memory as rows: whole batches are cut into parts, whose values begin in the middle of their arrays.
#include "segue/data/log/formats/arrow_rows.h"

#include <string>
#include <vector>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "segue/base/error.h"

namespace segue::data {
namespace {

constexpr std::int64_t kArrowRows = 20'000;

std::shared_ptr<arrow::Array> finished(arrow::ArrayBuilder& builder) {
  return builder.Finish().ValueOrDie();
}

template <class Builder>
std::shared_ptr<arrow::Array> texts() {
  Builder builder;
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(builder.Append("u" + std::to_string(i)).ok());
  return finished(builder);
}

// Row i: the user "u" and i % 7 from a dictionary, and the list of i % 3 songs "s" and i, each with the artists "a" and
// i, and "b".
std::shared_ptr<arrow::RecordBatch> batch_of(const std::shared_ptr<arrow::Array>& words) {
  arrow::Int32Builder keys;
  auto song = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder songs(arrow::default_memory_pool(), song);
  auto artist = std::make_shared<arrow::StringBuilder>();
  auto names = std::make_shared<arrow::ListBuilder>(arrow::default_memory_pool(), artist);
  arrow::ListBuilder artists(arrow::default_memory_pool(), names);
  for (std::int64_t i = 0; i < kArrowRows; ++i) {
    EXPECT_TRUE(keys.Append(static_cast<int>(i % 7)).ok());
    EXPECT_TRUE(songs.Append().ok() && artists.Append().ok());
    for (std::int64_t n = 0; n < i % 3; ++n) {
      EXPECT_TRUE(song->Append("s" + std::to_string(i)).ok());
      EXPECT_TRUE(names->Append().ok());
      EXPECT_TRUE(artist->Append("a" + std::to_string(i)).ok() && artist->Append("b").ok());
    }
  }
  const auto users =
      arrow::DictionaryArray::FromArrays(arrow::dictionary(arrow::int32(), words->type()), finished(keys), words)
          .ValueOrDie();
  const arrow::ArrayVector columns = {users, finished(songs), finished(artists)};
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("user", users->type()), arrow::field("songs", columns[1]->type()),
                     arrow::field("artists", columns[2]->type())}),
      kArrowRows, columns);
}

void expect_rows(const std::shared_ptr<arrow::RecordBatch>& records, std::int64_t first) {
  const auto reader = open_batch_rows(arrow::RecordBatchReader::Make({records}).ValueOrDie(), "table");
  EXPECT_EQ(reader->columns(), (std::vector<std::string>{"user", "songs", "artists"}));
  FieldColumns columns;
  columns[static_cast<std::size_t>(Field::user)] = 0;
  columns[static_cast<std::size_t>(Field::song)] = 1;
  columns[static_cast<std::size_t>(Field::artist)] = 2;
  reader->choose(columns);
  std::int64_t at = first;
  std::size_t batches = 0;
  while (const auto batch = reader->next()) {
    ++batches;
    const RowColumn& songs = (*batch)[Field::song];
    const RowColumn& artists = (*batch)[Field::artist];
    for (std::size_t row = 0; row < batch->rows; ++row, ++at) {
      ASSERT_EQ((*batch)[Field::user].cells[row].text(), "u" + std::to_string(at % 7));
      ASSERT_EQ(songs.list_begin[row + 1] - songs.list_begin[row], at % 3);
      for (std::uint32_t i = songs.list_begin[row]; i < songs.list_begin[row + 1]; ++i) {
        ASSERT_EQ(songs.cells[i].text(), "s" + std::to_string(at));
        ASSERT_EQ(artists.cells[i].text(), "a" + std::to_string(at) + ", b");
      }
    }
  }
  EXPECT_EQ(at, kArrowRows);
  EXPECT_GT(batches, 1U);
}

TEST(BatchRows, are_those_of_the_table_however_it_is_cut) {
  for (const auto& words :
       {texts<arrow::StringBuilder>(), texts<arrow::LargeStringBuilder>(), texts<arrow::StringViewBuilder>()}) {
    SCOPED_TRACE(words->type()->ToString());
    const auto records = batch_of(words);
    expect_rows(records, 0);
    expect_rows(records->Slice(7'001), 7'001);
  }
}

TEST(BatchRows, of_types_that_no_log_has_are_refused) {
  arrow::DurationBuilder builder(arrow::duration(arrow::TimeUnit::SECOND), arrow::default_memory_pool());
  ASSERT_TRUE(builder.Append(3).ok());
  const auto records = arrow::RecordBatch::Make(
      arrow::schema({arrow::field("user", arrow::duration(arrow::TimeUnit::SECOND))}), 1, {finished(builder)});
  const auto reader = open_batch_rows(arrow::RecordBatchReader::Make({records}).ValueOrDie(), "table");
  FieldColumns columns;
  columns[0] = 0;
  reader->choose(columns);
  try {
    reader->next();
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_NE(std::string(error.what()).find("table: column user: expected texts"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace segue::data
