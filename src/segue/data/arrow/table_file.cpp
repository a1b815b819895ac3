#include "segue/data/arrow/table_file.h"

#include <optional>

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/file.h"
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

void check_columns(const fs::path& path, const arrow::Schema& found, const arrow::Schema& wanted) {
  bool equal = found.num_fields() == wanted.num_fields();
  for (int column = 0; equal && column < wanted.num_fields(); ++column) {
    equal = found.field(column)->name() == wanted.field(column)->name() &&
            found.field(column)->type()->Equals(*wanted.field(column)->type());
  }
  if (!equal) {
    const auto on_one_line = [](const arrow::Schema& schema) {
      std::string text;
      for (const auto& field : schema.fields()) text += (text.empty() ? "" : ", ") + field->ToString();
      return text;
    };
    fail(ErrorCode::corrupt, "{}: expected the columns {}; found {}", path.string(), on_one_line(wanted),
         on_one_line(found));
  }
}

}  // namespace

MappedTable map_table(const fs::path& path, const arrow::Schema& wanted) {
  const std::string subject = path.string();
  MappedTable table;
  table.pool = std::make_shared<arrow::CappedMemoryPool>(arrow::default_memory_pool(), kMostMemory);
  auto file =
      arrow_value(ErrorCode::io_failed, subject, arrow::io::MemoryMappedFile::Open(subject, arrow::io::FileMode::READ));
  arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = table.pool.get();
  options.use_threads = false;
  options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
  const auto reader =
      arrow_value(ErrorCode::corrupt, subject, arrow::ipc::RecordBatchFileReader::Open(std::move(file), options));
  check_columns(path, *reader->schema(), wanted);
  for (int i = 0; i < reader->num_record_batches(); ++i) {
    auto batch = arrow_value(ErrorCode::corrupt, subject, reader->ReadRecordBatch(i));
    check_arrow(ErrorCode::corrupt, subject, batch->ValidateFull());
    if (batch->num_rows() > 0) table.batches.push_back(std::move(batch));
  }
  return table;
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
  std::shared_ptr<FileSink> sink;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
};

TableWriter::TableWriter(const fs::path& path, const std::shared_ptr<arrow::Schema>& schema)
    : state_(std::make_unique<State>()) {
  state_->path = path;
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

void TableWriter::close() {
  state_->sink->check(state_->path, state_->writer->Close());
  state_->sink->file().close();
}

}  // namespace segue::data
