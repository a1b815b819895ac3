#include "segue/data/log/formats/arrow_rows.h"

#include <algorithm>
#include <numeric>

#include <arrow/array.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/reader.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "segue/data/arrow/arrow_status.h"
#include "segue/data/log/formats/arrow_cells.h"

namespace segue::data {

namespace {

constexpr std::int64_t kArrowBatchRows = 1 << 13;  // what is made of them stays in the caches
constexpr std::size_t kMostArrowColumns = 10'000;
// Memory limit for decoding. A damaged file may request any amount.
constexpr std::int64_t kMostGroupMemory = std::int64_t{1} << 30;

struct ArrowBatch {
  std::shared_ptr<arrow::MemoryPool> pool;
  std::shared_ptr<arrow::RecordBatch> records;
  TextArena texts;
};

using ColumnPath = std::vector<std::string>;

// The columns of a field: itself, or those inside a struct or a list of structs.
void add_columns(const arrow::Field& field, ColumnPath path, std::vector<ColumnPath>& columns) {
  path.push_back(field.name());
  std::shared_ptr<arrow::DataType> type = field.type();
  if (type->id() == arrow::Type::LIST || type->id() == arrow::Type::LARGE_LIST) {
    type = static_cast<const arrow::BaseListType&>(*type).value_type();
  }
  if (type->id() != arrow::Type::STRUCT) {
    if (columns.size() < kMostArrowColumns) columns.push_back(std::move(path));
    return;
  }
  for (const auto& member : type->fields()) add_columns(*member, path, columns);
}

std::string dotted(const ColumnPath& path) {
  std::string name;
  for (const std::string& part : path) name += (name.empty() ? "" : ".") + part;
  return name;
}

bool is_dictionary_only(const parquet::ColumnChunkMetaData& chunk) {
  return chunk.has_dictionary_page() && !chunk.encoding_stats().empty() &&
         std::ranges::all_of(chunk.encoding_stats(), [](const parquet::PageEncodingStats& pages) {
           return pages.page_type == parquet::PageType::DICTIONARY_PAGE ||
                  pages.encoding == parquet::Encoding::RLE_DICTIONARY ||
                  pages.encoding == parquet::Encoding::PLAIN_DICTIONARY;
         });
}

// Text columns with all values in dictionaries stay numbers and a dictionary, so that no text is copied. With any other
// page the library would look up every value to make a dictionary.
std::vector<int> dictionary_columns(const parquet::FileMetaData& metadata) {
  std::vector<int> columns;
  for (int column = 0; column < metadata.num_columns(); ++column) {
    const parquet::ColumnDescriptor& described = *metadata.schema()->Column(column);
    bool all = described.physical_type() == parquet::Type::BYTE_ARRAY && described.path()->ToDotVector().size() == 1 &&
               metadata.num_row_groups() > 0;
    for (int group = 0; all && group < metadata.num_row_groups(); ++group) {
      all = is_dictionary_only(*metadata.RowGroup(group)->ColumnChunk(column));
    }
    if (all) columns.push_back(column);
  }
  return columns;
}

// What both formats share: columns by name, batches of records to batches of rows.
class ArrowRows : public RowReader {
 public:
  explicit ArrowRows(std::string name)
      : name_(std::move(name)),
        pool_(std::make_shared<arrow::CappedMemoryPool>(arrow::system_memory_pool(), kMostGroupMemory)) {}

  const std::vector<std::string>& columns() const override { return columns_; }

  std::optional<RowBatch> next() override {
    auto owner = std::make_shared<ArrowBatch>();
    owner->pool = pool_;
    do {
      owner->records = next_records();
      if (owner->records == nullptr) return std::nullopt;
    } while (owner->records->num_rows() == 0);
    check(owner->records->Validate());
    RowBatch batch;
    batch.rows = static_cast<std::size_t>(owner->records->num_rows());
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      if (!chosen_[field]) continue;
      const ColumnPath& path = paths_[*chosen_[field]];
      const std::string subject = name_ + ": column " + dotted(path);
      const auto array = owner->records->GetColumnByName(path.front());
      if (array == nullptr) fail(ErrorCode::bad_input, "{}: missing, or there twice", subject);
      batch.columns[field] = column_of(*array, std::span(path).subspan(1), owner->texts, subject);
    }
    batch.lines.resize(batch.rows);
    std::iota(batch.lines.begin(), batch.lines.end(), done_ + 1);
    done_ += batch.rows;
    batch.owner = std::move(owner);
    return batch;
  }

 protected:
  virtual std::shared_ptr<arrow::RecordBatch> next_records() = 0;

  void take_schema(const arrow::Schema& schema) {
    for (const auto& field : schema.fields()) add_columns(*field, {}, paths_);
    for (const ColumnPath& path : paths_) columns_.push_back(dotted(path));
  }
  void check(const arrow::Status& status) const { check_arrow(ErrorCode::bad_input, name_, status); }

  std::string name_;
  std::shared_ptr<arrow::MemoryPool> pool_;
  std::vector<ColumnPath> paths_;
  std::vector<std::string> columns_;
  FieldColumns chosen_;

 private:
  std::uint64_t done_ = 0;
};

class ParquetRows final : public ArrowRows {
 public:
  ParquetRows(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::string& name) : ArrowRows(name) {
    guarded([&] {
      parquet::ReaderProperties properties(pool_.get());
      properties.enable_buffered_stream();  // a page at a time, not a whole column of a row group
      parquet::ArrowReaderProperties arrow_properties(false);
      arrow_properties.set_batch_size(kArrowBatchRows);
      arrow_properties.set_pre_buffer(false);
      parquet::arrow::FileReaderBuilder builder;
      check(builder.Open(file, properties));
      for (const int column : dictionary_columns(*builder.raw_reader()->metadata())) {
        arrow_properties.set_read_dictionary(column, true);
      }
      builder.memory_pool(pool_.get())->properties(arrow_properties);
      check(builder.Build(&reader_));
      std::shared_ptr<arrow::Schema> schema;
      check(reader_->GetSchema(&schema));
      take_schema(*schema);
    });
  }

  void choose(const FieldColumns& columns) override {
    chosen_ = columns;
    std::vector<int> leaves;
    guarded([&] {
      const parquet::SchemaDescriptor& schema = *reader_->parquet_reader()->metadata()->schema();
      for (int leaf = 0; leaf < schema.num_columns(); ++leaf) {
        if (is_wanted(schema.Column(leaf)->path()->ToDotVector())) leaves.push_back(leaf);
      }
      std::vector<int> row_groups(static_cast<std::size_t>(reader_->num_row_groups()));
      std::iota(row_groups.begin(), row_groups.end(), 0);
      batches_ = arrow_value(ErrorCode::bad_input, name_, reader_->GetRecordBatchReader(row_groups, leaves));
    });
  }

 protected:
  std::shared_ptr<arrow::RecordBatch> next_records() override {
    std::shared_ptr<arrow::RecordBatch> records;
    guarded([&] { check(batches_->ReadNext(&records)); });
    return records;
  }

 private:
  // A leaf's path has more parts than a column's: a list's items are called songs.list.element.
  bool is_wanted(const ColumnPath& leaf) const {
    return std::ranges::any_of(chosen_, [&](const auto& column) {
      if (!column) return false;
      std::size_t matched = 0;
      for (const std::string& part : leaf) {
        if (matched < paths_[*column].size() && part == paths_[*column][matched]) ++matched;
      }
      return leaf.front() == paths_[*column].front() && matched == paths_[*column].size();
    });
  }

  // The Parquet library throws in some places and returns a status in others.
  template <class Body>
  void guarded(Body body) const {
    try {
      body();
    } catch (const parquet::ParquetException& error) {
      fail(ErrorCode::bad_input, "{}: {}", name_, error.what());
    }
  }

  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

class ArrowFileRows final : public ArrowRows {
 public:
  ArrowFileRows(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::string& name) : ArrowRows(name) {
    arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
    options.memory_pool = pool_.get();
    options.use_threads = false;
    reader_ = arrow_value(ErrorCode::bad_input, name_, arrow::ipc::RecordBatchFileReader::Open(file, options));
    take_schema(*reader_->schema());
  }

  void choose(const FieldColumns& columns) override { chosen_ = columns; }

 protected:
  std::shared_ptr<arrow::RecordBatch> next_records() override {
    if (at_ == reader_->num_record_batches()) return nullptr;
    auto records = arrow_value(ErrorCode::bad_input, name_, reader_->ReadRecordBatch(at_++));
    check(records->ValidateFull());
    return records;
  }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader_;
  int at_ = 0;
};

// Cuts what may be one batch for the whole table.
class BatchRows final : public ArrowRows {
 public:
  BatchRows(std::shared_ptr<arrow::RecordBatchReader> batches, const std::string& name)
      : ArrowRows(name), batches_(std::move(batches)) {
    take_schema(*batches_->schema());
  }

  void choose(const FieldColumns& columns) override { chosen_ = columns; }

 protected:
  std::shared_ptr<arrow::RecordBatch> next_records() override {
    while (whole_ == nullptr || at_ >= whole_->num_rows()) {
      check(batches_->ReadNext(&whole_));
      if (whole_ == nullptr) return nullptr;
      at_ = 0;
    }
    auto records = whole_->Slice(at_, kArrowBatchRows);
    at_ += kArrowBatchRows;
    return records;
  }

 private:
  std::shared_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::RecordBatch> whole_;
  std::int64_t at_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> open_parquet_rows(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                                             const std::string& name) {
  return std::make_unique<ParquetRows>(file, name);
}

std::unique_ptr<RowReader> open_arrow_rows(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                                           const std::string& name) {
  return std::make_unique<ArrowFileRows>(file, name);
}

std::unique_ptr<RowReader> open_batch_rows(std::shared_ptr<arrow::RecordBatchReader> batches, const std::string& name) {
  return std::make_unique<BatchRows>(std::move(batches), name);
}

}  // namespace segue::data
