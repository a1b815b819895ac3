#include "segue/data/arrow/table_file.h"

#include <algorithm>
#include <optional>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/file.h"
#include "segue/base/large_pages.h"
#include "segue/data/arrow/arrow_status.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

// A mapped table needs almost no memory of its own. A damaged file may claim otherwise, for example that it is
// compressed.
constexpr std::int64_t kMostMemory = std::int64_t{64} << 20;

// FileWriter as an Arrow stream. Its exceptions are kept and rethrown outside Arrow, which knows only statuses.
class FileSink final : public arrow::io::OutputStream {
 public:
  explicit FileSink(const fs::path& path) : file_(path) {}

  arrow::Status Write(const void* data, std::int64_t size) override {
    try {
      file_.write(std::span(static_cast<const std::byte*>(data), static_cast<std::size_t>(size)));
    } catch (const Error& error) {
      error_ = error;
      return arrow::Status::IOError(error.what());
    }
    position_ += size;
    return arrow::Status::OK();
  }
  using Writable::Write;
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }

  FileWriter& file() { return file_; }
  void check(const fs::path& path, const arrow::Status& status) const {
    if (error_) throw Error(*error_);
    check_arrow(ErrorCode::io_failed, path.string(), status);
  }

 private:
  FileWriter file_;
  std::int64_t position_ = 0;
  bool closed_ = false;
  std::optional<Error> error_;
};

// A mapped file as an Arrow buffer, which keeps it mapped.
class MappedBuffer final : public arrow::Buffer {
 public:
  explicit MappedBuffer(const MappedFile& file)
      : arrow::Buffer(reinterpret_cast<const std::uint8_t*>(file.bytes().data()),
                      static_cast<std::int64_t>(file.bytes().size())),
        file_(file) {}

 private:
  MappedFile file_;
};

class OwnedBuffer final : public arrow::Buffer {
 public:
  explicit OwnedBuffer(LargeArray<std::uint8_t> bytes)
      : arrow::Buffer(bytes.data(), static_cast<std::int64_t>(bytes.size())), bytes_(std::move(bytes)) {}

 private:
  LargeArray<std::uint8_t> bytes_;
};

std::shared_ptr<arrow::Buffer> copy_of(const arrow::Buffer& buffer) {
  const auto size = static_cast<std::size_t>(buffer.size());
  LargeArray<std::uint8_t> bytes(size);
  std::copy_n(buffer.data(), size, bytes.data());
  return std::make_shared<OwnedBuffer>(std::move(bytes));
}

std::shared_ptr<arrow::ArrayData> with_own_offsets(const arrow::ArrayData& column) {
  constexpr std::size_t kOffsets = 1;  // the buffer of texts and lists that holds them
  std::shared_ptr<arrow::ArrayData> copy = column.Copy();
  const bool has_offsets = column.type->id() == arrow::Type::STRING || column.type->id() == arrow::Type::LIST;
  if (has_offsets && copy->buffers.size() > kOffsets && copy->buffers[kOffsets] != nullptr) {
    copy->buffers[kOffsets] = copy_of(*copy->buffers[kOffsets]);
  }
  for (auto& child : copy->child_data) child = with_own_offsets(*child);
  return copy;
}

std::shared_ptr<arrow::RecordBatch> with_own_offsets(const arrow::RecordBatch& batch) {
  std::vector<std::shared_ptr<arrow::ArrayData>> columns;
  for (const auto& column : batch.column_data()) columns.push_back(with_own_offsets(*column));
  return arrow::RecordBatch::Make(batch.schema(), batch.num_rows(), std::move(columns));
}

bool has_columns(const arrow::Schema& found, const arrow::Schema& wanted) {
  bool equal = found.num_fields() == wanted.num_fields();
  for (int column = 0; equal && column < wanted.num_fields(); ++column) {
    equal = found.field(column)->name() == wanted.field(column)->name() &&
            found.field(column)->type()->Equals(*wanted.field(column)->type());
  }
  return equal;
}

void check_columns(const fs::path& path, const arrow::Schema& found, const arrow::Schema& wanted) {
  if (!has_columns(found, wanted)) {
    const auto on_one_line = [](const arrow::Schema& schema) {
      std::string text;
      for (const auto& field : schema.fields()) text += (text.empty() ? "" : ", ") + field->ToString();
      return text;
    };
    fail(ErrorCode::corrupt, "{}: expected the columns {}; found {}", path.string(), on_one_line(wanted),
         on_one_line(found));
  }
}

// Reads the file's own description and no rows yet.
std::shared_ptr<arrow::ipc::RecordBatchFileReader> open_reader(const MappedFile& mapped, arrow::MemoryPool* pool) {
  auto file = std::make_shared<arrow::io::BufferReader>(std::make_shared<MappedBuffer>(mapped));
  arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = pool;
  options.use_threads = false;
  options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
  return arrow_value(ErrorCode::corrupt, mapped.path().string(),
                     arrow::ipc::RecordBatchFileReader::Open(std::move(file), options));
}

}  // namespace

MappedTable map_table(const MappedFile& mapped, const arrow::Schema& wanted, Offsets offsets) {
  const fs::path& path = mapped.path();
  const std::string subject = path.string();
  MappedTable table;
  table.pool = std::make_shared<arrow::CappedMemoryPool>(arrow::default_memory_pool(), kMostMemory);
  const auto reader = open_reader(mapped, table.pool.get());
  check_columns(path, *reader->schema(), wanted);
  for (int i = 0; i < reader->num_record_batches(); ++i) {
    auto batch = arrow_value(ErrorCode::corrupt, subject, reader->ReadRecordBatch(i));
    if (offsets == Offsets::copied) batch = with_own_offsets(*batch);
    check_arrow(ErrorCode::corrupt, subject, batch->ValidateFull());
    if (batch->num_rows() > 0) table.batches.push_back(std::move(batch));
  }
  return table;
}

bool has_columns(const MappedFile& file, const arrow::Schema& wanted) {
  arrow::CappedMemoryPool pool(arrow::default_memory_pool(), kMostMemory);
  return has_columns(*open_reader(file, &pool)->schema(), wanted);
}

void refuse_nulls(const fs::path& path, const std::string& name, const arrow::Array& column) {
  std::int64_t nulls = column.null_count();
  if (column.type_id() == arrow::Type::LIST) {
    nulls += static_cast<const arrow::ListArray&>(column).values()->null_count();
  }
  if (nulls != 0) fail(ErrorCode::corrupt, "{}: {}: expected no nulls, found {}", path.string(), name, nulls);
}

struct TableWriter::State {
  fs::path path;
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<FileSink> sink;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
};

TableWriter::TableWriter(const fs::path& path, const std::shared_ptr<arrow::Schema>& schema)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->schema = schema;
  state_->sink = std::make_shared<FileSink>(path);
  arrow::ipc::IpcWriteOptions options = arrow::ipc::IpcWriteOptions::Defaults();
  options.alignment = 64;
  auto writer = arrow::ipc::MakeFileWriter(state_->sink, schema, options);
  state_->sink->check(path, writer.status());
  state_->writer = std::move(writer).ValueUnsafe();
}

TableWriter::~TableWriter() = default;

void TableWriter::write(const arrow::RecordBatch& batch) {
  state_->sink->check(state_->path, state_->writer->WriteRecordBatch(batch));
}

void TableWriter::write(std::int64_t rows, std::initializer_list<arrow::ArrayBuilder*> columns) {
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (arrow::ArrayBuilder* column : columns) {
    arrays.push_back(arrow_value(ErrorCode::io_failed, state_->path.string(), column->Finish()));
  }
  write(*arrow::RecordBatch::Make(state_->schema, rows, std::move(arrays)));
}

void TableWriter::close() {
  state_->sink->check(state_->path, state_->writer->Close());
  state_->sink->file().close();
}

}  // namespace segue::data
