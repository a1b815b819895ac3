#include <algorithm>
#include <memory>

#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "segue/data/arrow/arrow_status.h"
#include "segue/model/export_rows.h"

namespace segue::model {

namespace {

constexpr std::size_t kRowGroupBytes = std::size_t{32} << 20;

std::shared_ptr<arrow::Schema> parquet_schema(std::size_t dim) {
  const auto text = [](const char* name) { return arrow::field(name, arrow::utf8(), false); };
  return arrow::schema(
      {text("id"), text("title"), text("artist"), text("album"),
       arrow::field("tags", arrow::list(arrow::field("item", arrow::utf8(), false)), false),
       arrow::field("plays", arrow::uint64(), false),
       arrow::field("vector",
                    arrow::fixed_size_list(arrow::field("item", arrow::float32(), false), static_cast<int>(dim)),
                    false)});
}

std::int64_t rows_per_group(std::size_t dim) {
  return static_cast<std::int64_t>(std::clamp<std::size_t>(kRowGroupBytes / (dim * sizeof(float)), 1024, 1 << 20));
}

// Song vectors have no repeated values for a dictionary and hardly compress.
std::shared_ptr<parquet::WriterProperties> writer_properties(std::int64_t group_rows) {
  return parquet::WriterProperties::Builder()
      .compression(parquet::Compression::ZSTD)
      ->compression("vector.list.element", parquet::Compression::UNCOMPRESSED)
      ->disable_dictionary("vector.list.element")
      ->disable_dictionary("id")
      ->max_row_group_length(group_rows)
      ->build();
}

}  // namespace

void export_parquet(ExportRows& rows, const std::filesystem::path& path) {
  const std::string subject = path.string();
  const auto check = [&](const arrow::Status& status) { data::check_arrow(ErrorCode::io_failed, subject, status); };
  const auto schema = parquet_schema(rows.dim());
  const std::int64_t group_rows = rows_per_group(rows.dim());
  const auto file = data::arrow_value(ErrorCode::io_failed, subject, arrow::io::FileOutputStream::Open(subject));
  const auto writer = data::arrow_value(
      ErrorCode::io_failed, subject,
      parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), file, writer_properties(group_rows),
                                       parquet::ArrowWriterProperties::Builder().store_schema()->build()));
  const auto batch_builder = data::arrow_value(ErrorCode::io_failed, subject,
                                               arrow::RecordBatchBuilder::Make(schema, arrow::default_memory_pool()));
  const auto texts = [&](int field) { return batch_builder->GetFieldAs<arrow::StringBuilder>(field); };
  auto* const tags = batch_builder->GetFieldAs<arrow::ListBuilder>(4);
  auto* const plays = batch_builder->GetFieldAs<arrow::UInt64Builder>(5);
  auto* const vectors = batch_builder->GetFieldAs<arrow::FixedSizeListBuilder>(6);
  auto* const tag = static_cast<arrow::StringBuilder*>(tags->value_builder());
  auto* const numbers = static_cast<arrow::FloatBuilder*>(vectors->value_builder());

  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    const data::Song song = rows.model().songs().song(row);
    check(texts(0)->Append(song.id));
    check(texts(1)->Append(song.title));
    check(texts(2)->Append(song.artist));
    check(texts(3)->Append(song.album));
    check(tags->Append());
    for (const std::string_view one : rows.model().songs().tags(row)) check(tag->Append(one));
    check(plays->Append(song.plays));
    check(vectors->Append());
    const std::span<const float> vector = rows.vector(row);
    check(numbers->AppendValues(vector.data(), static_cast<std::int64_t>(vector.size())));
    if ((row + 1) % group_rows == 0 || row + 1 == rows.size()) {
      const auto batch = data::arrow_value(ErrorCode::io_failed, subject, batch_builder->Flush());
      check(writer->WriteRecordBatch(*batch));
    }
  }
  check(writer->Close());
  check(file->Close());
}

}  // namespace segue::model
