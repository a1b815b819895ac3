#include "segue/data/arrow/table_output.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/data/log/formats/formats.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::data {
namespace {

const std::shared_ptr<arrow::Schema>& text_and_score() {
  static const auto schema =
      arrow::schema({arrow::field("user", arrow::utf8(), false), arrow::field("score", arrow::float32(), false)});
  return schema;
}

void write_rows(TableOutput& output, const std::vector<std::pair<std::string, float>>& rows) {
  arrow::StringBuilder users;
  arrow::FloatBuilder scores;
  for (const auto& [user, score] : rows) {
    ASSERT_TRUE(users.Append(user).ok());
    ASSERT_TRUE(scores.Append(score).ok());
  }
  output.write(*arrow::RecordBatch::Make(text_and_score(), static_cast<std::int64_t>(rows.size()),
                                         {users.Finish().ValueOrDie(), scores.Finish().ValueOrDie()}));
}

// As the readers of logs see the file.
std::vector<std::string> users_of(const std::string& file) {
  std::vector<std::string> users;
  Inputs inputs(std::span(&file, 1));
  inputs.for_each([&](Input& input) {
    const OpenedRows opened = open_rows(input, {});
    EXPECT_EQ(opened.rows->columns(), (std::vector<std::string>{"user", "score"}));
    FieldColumns columns;
    columns[static_cast<std::size_t>(Field::user)] = 0;
    opened.rows->choose(columns);
    while (const auto batch = opened.rows->next()) {
      for (const Cell& cell : (*batch)[Field::user].cells) users.emplace_back(cell.text());
    }
  });
  return users;
}

TEST(TableOutput, every_format_reads_back) {
  const testing::Scratch scratch;
  for (const std::string_view format : kTableFormatNames) {
    const std::string path = scratch / ("rows." + std::string(format));
    const auto output = open_table_output(path, text_and_score(), table_format_of(path, "--output"));
    write_rows(*output, {{"a, \"b\"", 0.5F}, {"سلام", -1}});
    write_rows(*output, {{"c", 2}});
    output->close();
    EXPECT_EQ(users_of(path), (std::vector<std::string>{"a, \"b\"", "سلام", "c"})) << format;
  }
}

TEST(TableOutput, json_lines_hold_numbers_times_and_lists) {
  const testing::Scratch scratch;
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto vector = arrow::fixed_size_list(arrow::float32(), 2);
  const auto schema =
      arrow::schema({arrow::field("at", time), arrow::field("plays", arrow::int64()),
                     arrow::field("songs", arrow::list(arrow::int32())), arrow::field("vector", vector)});
  arrow::TimestampBuilder at(time, arrow::default_memory_pool());
  arrow::Int64Builder plays;
  auto items = std::make_shared<arrow::Int32Builder>();
  arrow::ListBuilder songs(arrow::default_memory_pool(), items);
  auto numbers = std::make_shared<arrow::FloatBuilder>();
  arrow::FixedSizeListBuilder vectors(arrow::default_memory_pool(), numbers, vector);
  ASSERT_TRUE(at.Append(7).ok() && plays.Append(-3).ok() && songs.Append().ok() && vectors.Append().ok());
  ASSERT_TRUE(items->AppendValues({1, 2}).ok() && numbers->AppendValues({0.5F, 1}).ok());
  const auto output = open_table_output(scratch / "rows.jsonl", schema, TableFormat::jsonl);
  output->write(*arrow::RecordBatch::Make(schema, 1,
                                          {at.Finish().ValueOrDie(), plays.Finish().ValueOrDie(),
                                           songs.Finish().ValueOrDie(), vectors.Finish().ValueOrDie()}));
  output->close();
  EXPECT_EQ(read_text(scratch / "rows.jsonl"), "{\"at\": 7, \"plays\": -3, \"songs\": [1, 2], \"vector\": [0.5, 1]}\n");
}

TEST(TableOutput, refuses_other_endings) {
  EXPECT_ERROR(table_format_of("recs.xlsx", "--output"), ErrorCode::wrong_use,
               "--output: expected a file that ends with .parquet, .arrow, .csv, .jsonl, found recs.xlsx");
  EXPECT_ERROR(table_format_of("recs", "--output"), ErrorCode::wrong_use, "found recs");
}

}  // namespace
}  // namespace segue::data
