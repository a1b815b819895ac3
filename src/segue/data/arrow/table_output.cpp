#include "segue/data/arrow/table_output.h"

#include <algorithm>
#include <string>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_base.h>
#include <arrow/csv/writer.h>
#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "segue/base/file.h"
#include "segue/base/json_text.h"
#include "segue/data/arrow/arrow_status.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kOutputGroupBytes = std::size_t{32} << 20;

// Bytes of a row's numbers; texts count little.
std::size_t row_bytes(const arrow::Schema& schema) {
  std::size_t bytes = 0;
  for (const auto& field : schema.fields()) {
    const bool is_vector = field->type()->id() == arrow::Type::FIXED_SIZE_LIST;
    const auto items = is_vector ? static_cast<const arrow::FixedSizeListType&>(*field->type()).list_size() : 1;
    bytes += sizeof(float) * static_cast<std::size_t>(items);
  }
  return bytes;
}

// Vectors and scores have no repeated values for a dictionary, and vectors hardly compress.
std::shared_ptr<parquet::WriterProperties> parquet_properties(const arrow::Schema& schema) {
  parquet::WriterProperties::Builder builder;
  builder.compression(parquet::Compression::ZSTD);
  for (const auto& field : schema.fields()) {
    if (field->type()->id() == arrow::Type::FIXED_SIZE_LIST) {
      const std::string column = field->name() + ".list.element";
      builder.compression(column, parquet::Compression::UNCOMPRESSED)->disable_dictionary(column);
    } else if (field->type()->id() == arrow::Type::FLOAT) {
      builder.disable_dictionary(field->name());
    }
  }
  const std::size_t rows = std::clamp<std::size_t>(kOutputGroupBytes / row_bytes(schema), 1024, 1 << 20);
  return builder.max_row_group_length(static_cast<std::int64_t>(rows))->build();
}

using OutputFile = std::shared_ptr<arrow::io::FileOutputStream>;

arrow::Result<std::unique_ptr<parquet::arrow::FileWriter>> parquet_writer(const OutputFile& file,
                                                                          const arrow::Schema& schema) {
  return parquet::arrow::FileWriter::Open(schema, arrow::default_memory_pool(), file, parquet_properties(schema),
                                          parquet::ArrowWriterProperties::Builder().store_schema()->build());
}

// By a writer of Arrow's: of Parquet, Arrow IPC or CSV.
class ArrowOutput final : public TableOutput {
 public:
  ArrowOutput(const fs::path& path, const std::shared_ptr<arrow::Schema>& schema, TableFormat format)
      : path_(path.string()),
        file_(arrow_value(ErrorCode::io_failed, path_, arrow::io::FileOutputStream::Open(path_))) {
    if (format == TableFormat::parquet) {
      parquet_ = arrow_value(ErrorCode::io_failed, path_, parquet_writer(file_, *schema));
    } else {
      batches_ = arrow_value(ErrorCode::io_failed, path_,
                             format == TableFormat::csv ? arrow::csv::MakeCSVWriter(file_, schema)
                                                        : arrow::ipc::MakeFileWriter(file_, schema));
    }
  }

  void write(const arrow::RecordBatch& batch) override {
    check(parquet_ ? parquet_->WriteRecordBatch(batch) : batches_->WriteRecordBatch(batch));
  }
  void close() override {
    check(parquet_ ? parquet_->Close() : batches_->Close());
    check(file_->Close());
  }

 private:
  void check(const arrow::Status& status) const { check_arrow(ErrorCode::io_failed, path_, status); }

  std::string path_;
  OutputFile file_;
  std::unique_ptr<parquet::arrow::FileWriter> parquet_;     // either this
  std::shared_ptr<arrow::ipc::RecordBatchWriter> batches_;  // or this
};

void append_json_cell(std::string& line, const arrow::Array& column, std::int64_t row);

void append_json_items(std::string& line, const arrow::Array& items, std::int64_t begin, std::int64_t end) {
  line += '[';
  for (std::int64_t item = begin; item < end; ++item) {
    if (item > begin) line += ", ";
    append_json_cell(line, items, item);
  }
  line += ']';
}

void append_json_cell(std::string& line, const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::STRING:
      return append_json(line, std::string_view(static_cast<const arrow::StringArray&>(column).GetView(row)));
    case arrow::Type::INT32:
      return append_json(line, std::int64_t{static_cast<const arrow::Int32Array&>(column).Value(row)});
    case arrow::Type::UINT32:
      return append_json(line, std::uint64_t{static_cast<const arrow::UInt32Array&>(column).Value(row)});
    case arrow::Type::INT64:
      return append_json(line, static_cast<const arrow::Int64Array&>(column).Value(row));
    case arrow::Type::TIMESTAMP:
      return append_json(line, static_cast<const arrow::TimestampArray&>(column).Value(row));
    case arrow::Type::UINT64:
      return append_json(line, std::uint64_t{static_cast<const arrow::UInt64Array&>(column).Value(row)});
    case arrow::Type::FLOAT:
      return append_json(line, static_cast<const arrow::FloatArray&>(column).Value(row));
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(column);
      return append_json_items(line, *list.values(), list.value_offset(row), list.value_offset(row + 1));
    }
    case arrow::Type::FIXED_SIZE_LIST: {
      const auto& list = static_cast<const arrow::FixedSizeListArray&>(column);
      return append_json_items(line, *list.values(), list.value_offset(row), list.value_offset(row + 1));
    }
    default:
      SEGUE_ASSERT(false);
  }
}

class JsonLinesOutput final : public TableOutput {
 public:
  explicit JsonLinesOutput(const fs::path& path) : file_(path) {}

  void write(const arrow::RecordBatch& batch) override {
    std::string line;
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      line.clear();
      for (int column = 0; column < batch.num_columns(); ++column) {
        line += column == 0 ? "{" : ", ";
        append_json(line, std::string_view(batch.column_name(column)));
        line += ": ";
        append_json_cell(line, *batch.column(column), row);
      }
      line += "}\n";
      file_.write(line);
    }
  }
  void close() override { file_.close(); }

 private:
  FileWriter file_;
};

}  // namespace

TableFormat table_format_of(const fs::path& file, std::string_view option) {
  const std::string ending = file.extension().string();
  for (std::size_t i = 0; i < kTableFormatNames.size(); ++i) {
    if (ending.size() > 1 && ending.substr(1) == kTableFormatNames[i]) return static_cast<TableFormat>(i);
  }
  fail(ErrorCode::wrong_use, "{}: expected a file that ends with .{}, found {}", option,
       fmt::join(kTableFormatNames, ", ."), file.string());
}

std::unique_ptr<TableOutput> open_table_output(const fs::path& path, const std::shared_ptr<arrow::Schema>& schema,
                                               TableFormat format) {
  if (format == TableFormat::jsonl) return std::make_unique<JsonLinesOutput>(path);
  return std::make_unique<ArrowOutput>(path, schema, format);
}

void write_built(TableOutput& table, const std::shared_ptr<arrow::Schema>& schema,
                 std::span<arrow::ArrayBuilder* const> columns, std::string_view subject) {
  arrow::ArrayVector arrays;
  for (arrow::ArrayBuilder* column : columns) {
    arrays.push_back(arrow_value(ErrorCode::io_failed, subject, column->Finish()));
  }
  const std::int64_t rows = arrays.front()->length();
  if (rows > 0) table.write(*arrow::RecordBatch::Make(schema, rows, std::move(arrays)));
}

}  // namespace segue::data
