// Parquet: only the chosen columns, some thousand rows at a time.

#include <algorithm>
#include <numeric>

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "segue/data/arrow/arrow_status.h"
#include "segue/data/log/cells.h"
#include "segue/data/log/input.h"

namespace segue::data {

namespace {

constexpr std::int64_t kBatchRows = 1 << 16;
// Memory limit for decoding. A damaged file may request any amount.
constexpr std::int64_t kMostGroupMemory = std::int64_t{1} << 30;

struct ParquetBatch {
  std::shared_ptr<arrow::MemoryPool> pool;
  std::shared_ptr<arrow::RecordBatch> records;
  TextArena texts;
};

class ParquetRows final : public RowReader {
 public:
  explicit ParquetRows(InputFile file)
      : file_(std::move(file)),
        pool_(std::make_shared<arrow::CappedMemoryPool>(arrow::default_memory_pool(), kMostGroupMemory)) {
    guarded([&] {
      auto source = arrow_value(ErrorCode::io_failed, subject(), arrow::io::ReadableFile::Open(subject(), pool_.get()));
      parquet::ReaderProperties properties(pool_.get());
      properties.enable_buffered_stream();  // a page at a time, not a whole column of a row group
      parquet::ArrowReaderProperties arrow_properties(false);
      arrow_properties.set_batch_size(kBatchRows);
      arrow_properties.set_pre_buffer(false);
      parquet::arrow::FileReaderBuilder builder;
      check(builder.Open(std::move(source), properties));
      builder.memory_pool(pool_.get())->properties(arrow_properties);
      check(builder.Build(&reader_));
      std::shared_ptr<arrow::Schema> schema;
      check(reader_->GetSchema(&schema));
      columns_ = schema->field_names();
      rows_ = static_cast<std::uint64_t>(std::max<std::int64_t>(1, reader_->parquet_reader()->metadata()->num_rows()));
    });
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  void choose(const FieldColumns& columns) override {
    // A column of the table is one or several of the file (a list's items are called songs.list.element).
    const parquet::SchemaDescriptor& schema = *reader_->parquet_reader()->metadata()->schema();
    std::vector<int> leaves;
    std::vector<bool> wanted(columns_.size());
    for (const auto& column : columns) {
      if (column) wanted.at(*column) = true;
    }
    guarded([&] {
      for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
        const int root = schema.group_node()->FieldIndex(*schema.GetColumnRoot(leaf));
        if (root >= 0 && wanted.at(static_cast<std::size_t>(root))) leaves.push_back(leaf);
      }
      std::vector<int> row_groups(static_cast<std::size_t>(reader_->num_row_groups()));
      std::iota(row_groups.begin(), row_groups.end(), 0);
      batches_ = arrow_value(ErrorCode::bad_input, subject(), reader_->GetRecordBatchReader(row_groups, leaves));
    });
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      if (!columns[field]) continue;
      const auto before =
          std::count(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(*columns[field]), true);
      chosen_[field] = static_cast<std::size_t>(before);
    }
  }

  std::optional<RowBatch> next() override {
    auto owner = std::make_shared<ParquetBatch>();
    owner->pool = pool_;
    do {
      guarded([&] { check(batches_->ReadNext(&owner->records)); });
      if (owner->records == nullptr) return std::nullopt;
    } while (owner->records->num_rows() == 0);
    check(owner->records->Validate());
    RowBatch batch;
    batch.rows = static_cast<std::size_t>(owner->records->num_rows());
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      if (!chosen_[field]) continue;
      const int column = static_cast<int>(*chosen_[field]);
      const std::string name = fmt::format("{}: column {}", subject(), owner->records->column_name(column));
      batch.columns[field] = column_of(*owner->records->column(column), owner->texts, name);
    }
    batch.lines.resize(batch.rows);
    std::iota(batch.lines.begin(), batch.lines.end(), done_ + 1);
    done_ += batch.rows;
    batch.owner = std::move(owner);
    return batch;
  }

  std::uint64_t bytes_read() const override {
    const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(rows_));
    return static_cast<std::uint64_t>(share * static_cast<double>(file_.bytes));
  }

 private:
  std::string subject() const { return file_.path.string(); }
  void check(const arrow::Status& status) const { check_arrow(ErrorCode::bad_input, subject(), status); }

  // The Parquet library throws in some places and returns a status in others.
  template <class Body>
  void guarded(Body body) const {
    try {
      body();
    } catch (const parquet::ParquetException& error) {
      fail(ErrorCode::bad_input, "{}: {}", subject(), error.what());
    }
  }

  InputFile file_;
  std::shared_ptr<arrow::MemoryPool> pool_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::vector<std::string> columns_;
  FieldColumns chosen_;
  std::uint64_t rows_ = 1;
  std::uint64_t done_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> open_parquet_rows(const InputFile& file) {
  return std::make_unique<ParquetRows>(file);
}

}  // namespace segue::data
