// CSV and TSV, by Arrow's streaming reader.
//
// The file is opened twice: once for the names of its columns, then for the chosen ones, while the others
// are skipped without conversion. Everything is read as bytes; whether they are UTF-8 is checked with the rest of the
// row.

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/csv/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/data/arrow/arrow_status.h"
#include "segue/data/log/cells.h"
#include "segue/data/log/input.h"
#include "segue/data/log/input_stream.h"
#include "segue/data/log/quotes.h"

namespace segue::data {

namespace {

// Bytes decoded at a time; a row has to fit.
constexpr std::int32_t kBlockBytes = 8 << 20;
// Samples of bad rows are truncated anyway (rejects.h); this keeps a block full of them small.
constexpr std::size_t kMostKeptLineBytes = 4096;

// Arrow allocates buffers for every column before a row is seen.
constexpr std::size_t kMostColumns = 10'000;

// Bad rows in the order of the file. The parser may be a block ahead of the batch being returned.
class BadRows {
 public:
  arrow::csv::InvalidRowResult add(const arrow::csv::InvalidRow& row) {
    const std::lock_guard lock(mutex_);
    rows_.push_back({static_cast<std::uint64_t>(row.number), row.text.empty(),
                     std::string(row.text.substr(0, kMostKeptLineBytes))});
    return arrow::csv::InvalidRowResult::Skip;
  }

  // The line of the next good row after `line`; bad rows before it go to `rejects`.
  std::uint64_t next_good(std::uint64_t line, std::vector<Reject>& rejects) {
    const std::lock_guard lock(mutex_);
    for (++line; !rows_.empty() && rows_.front().line <= line; ++line) take_front(rejects);
    return line;
  }

  // At the end of the file.
  void take_all(std::vector<Reject>& rejects) {
    const std::lock_guard lock(mutex_);
    while (!rows_.empty()) take_front(rejects);
  }

 private:
  struct BadRow {
    std::uint64_t line;
    bool empty;
    std::string text;
  };

  // An empty line is not a row.
  void take_front(std::vector<Reject>& rejects) {
    BadRow& row = rows_.front();
    if (!row.empty) rejects.push_back({Reason::wrong_number_of_fields, row.line, std::move(row.text)});
    rows_.pop_front();
  }

  std::mutex mutex_;
  std::deque<BadRow> rows_;
};

// A stream of CSV that ends with an error if a quote is still open. Reads come from one thread at a time.
class QuotedStream final : public arrow::io::InputStream {
 public:
  explicit QuotedStream(std::shared_ptr<arrow::io::InputStream> stream) : stream_(std::move(stream)) {}

  // The line of the quote that is open after the bytes read so far, or 0. Callable from any thread.
  std::uint64_t open_since() const { return open_since_.load(); }

  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t read, stream_->Read(size, out));
    ARROW_RETURN_NOT_OK(watch({static_cast<const char*>(out), static_cast<std::size_t>(read)}, size));
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, stream_->Read(size));
    ARROW_RETURN_NOT_OK(
        watch({reinterpret_cast<const char*>(buffer->data()), static_cast<std::size_t>(buffer->size())}, size));
    return buffer;
  }
  arrow::Status Close() override { return stream_->Close(); }
  bool closed() const override { return stream_->closed(); }
  arrow::Result<std::int64_t> Tell() const override { return stream_->Tell(); }

 private:
  arrow::Status watch(std::string_view bytes, std::int64_t wanted) {
    watch_.scan(bytes);
    open_since_ = watch_.open_since();
    if (!bytes.empty() || wanted == 0 || open_since_ == 0) return arrow::Status::OK();
    return arrow::Status::Invalid("the quote opened in line ", open_since_.load(), " is never closed");
  }

  std::shared_ptr<arrow::io::InputStream> stream_;
  QuoteWatch watch_;
  std::atomic<std::uint64_t> open_since_ = 0;
};

class TextRows final : public RowReader {
 public:
  TextRows(InputFile file, std::vector<std::string> header)
      : file_(std::move(file)), has_names_(header.empty()), columns_(std::move(header)) {
    if (!has_names_) return;
    check_column_count();
    const OpenInput input = open_input(file_);
    // Only the first line matters here; bad rows are reported when they are read again.
    arrow::csv::ReadOptions read = read_options();
    const auto reader = open(input, read, arrow::csv::ConvertOptions::Defaults(), nullptr);
    for (const auto& field : reader->schema()->fields()) columns_.push_back(field->name());
  }

  const std::vector<std::string>& columns() const override { return columns_; }

  void choose(const FieldColumns& columns) override {
    chosen_ = columns;
    // By number, not by name: names may occur twice.
    arrow::csv::ReadOptions read = read_options();
    read.skip_rows = has_names_ ? 1 : 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) read.column_names.push_back(std::to_string(i));
    arrow::csv::ConvertOptions convert = arrow::csv::ConvertOptions::Defaults();
    for (const auto& column : columns) {
      if (!column) continue;
      const std::string name = std::to_string(*column);
      if (convert.column_types.emplace(name, arrow::binary()).second) convert.include_columns.push_back(name);
    }
    input_ = open_input(file_);
    bad_rows_ = std::make_shared<BadRows>();
    reader_ = open(input_, read, convert, bad_rows_);
    line_ = has_names_ ? 1 : 0;
  }

  std::optional<RowBatch> next() override {
    if (!reader_) return std::nullopt;
    std::shared_ptr<arrow::RecordBatch> records;
    check(reader_->ReadNext(&records));
    RowBatch batch;
    if (records == nullptr) {
      reader_.reset();
      bad_rows_->take_all(batch.rejects);
      if (batch.rejects.empty()) return std::nullopt;
      return batch;
    }
    batch.rows = static_cast<std::size_t>(records->num_rows());
    TextArena unused;
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      if (!chosen_[field]) continue;
      const auto array = records->GetColumnByName(std::to_string(*chosen_[field]));
      batch.columns[field] = column_of(*array, unused, subject());
    }
    batch.lines.reserve(batch.rows);
    for (std::size_t row = 0; row < batch.rows; ++row) {
      line_ = bad_rows_->next_good(line_, batch.rejects);
      batch.lines.push_back(line_);
    }
    batch.owner = std::move(records);
    return batch;
  }

  std::uint64_t bytes_read() const override { return input_.bytes ? input_.bytes->load() : 0; }

 private:
  std::string subject() const { return file_.path.string(); }

  void check_column_count() const {
    constexpr std::int64_t kPiece = 64 << 10;
    const bool csv = file_.format == FileFormat::csv;
    const OpenInput input = open_input(file_);
    std::size_t columns = 1;
    bool quoted = false;
    for (std::int64_t read = 0; read < kBlockBytes; read += kPiece) {
      const auto piece = input.stream->Read(kPiece);
      check(piece.status());
      if ((*piece)->size() == 0) return;
      for (const char letter : (*piece)->ToString()) {
        if (csv && letter == '"') quoted = !quoted;
        if (letter == '\n' && !quoted) return;
        columns += letter == (csv ? ',' : '\t') && !quoted ? 1 : 0;
      }
      if (columns > kMostColumns) {
        fail(ErrorCode::bad_input, "{}: expected at most {} columns, found more", subject(), kMostColumns);
      }
    }
  }

  void check(const arrow::Status& status) const {
    if (status.ok()) return;
    // Arrow's message for a row that does not fit.
    if (status.message().find("straddl") == std::string::npos) fail_arrow(ErrorCode::bad_input, subject(), status);
    if (quoted_ && quoted_->open_since() > 0) {
      fail(ErrorCode::bad_input, "{}: the quote opened in line {} is not closed within {} MiB", subject(),
           quoted_->open_since(), kBlockBytes >> 20);
    }
    fail(ErrorCode::bad_input, "{}: expected rows of at most {} MiB, found a longer one behind row {}", subject(),
         kBlockBytes >> 20, line_);
  }

  // One thread, so that rows have numbers and batches are always the same.
  static arrow::csv::ReadOptions read_options() {
    arrow::csv::ReadOptions read = arrow::csv::ReadOptions::Defaults();
    read.use_threads = false;
    read.block_size = kBlockBytes;
    return read;
  }

  std::shared_ptr<arrow::csv::StreamingReader> open(const OpenInput& input, const arrow::csv::ReadOptions& read,
                                                    arrow::csv::ConvertOptions convert,
                                                    const std::shared_ptr<BadRows>& bad_rows) {
    const bool csv = file_.format == FileFormat::csv;
    arrow::csv::ParseOptions parse = arrow::csv::ParseOptions::Defaults();
    parse.delimiter = csv ? ',' : '\t';
    parse.quoting = csv;
    parse.newlines_in_values = csv;
    parse.ignore_empty_lines = false;
    parse.invalid_row_handler = [bad_rows](const arrow::csv::InvalidRow& row) {
      return bad_rows ? bad_rows->add(row) : arrow::csv::InvalidRowResult::Skip;
    };
    convert.check_utf8 = false;
    convert.default_column_type = arrow::binary();
    std::shared_ptr<arrow::io::InputStream> stream = input.stream;
    if (csv) stream = quoted_ = std::make_shared<QuotedStream>(input.stream);
    auto reader = arrow::csv::StreamingReader::Make(arrow::io::default_io_context(), stream, read, parse, convert);
    check(reader.status());
    return std::move(reader).ValueUnsafe();
  }

  InputFile file_;
  bool has_names_;
  std::vector<std::string> columns_;
  FieldColumns chosen_;
  OpenInput input_;
  std::shared_ptr<QuotedStream> quoted_;  // of a CSV
  std::shared_ptr<BadRows> bad_rows_;
  std::shared_ptr<arrow::csv::StreamingReader> reader_;
  std::uint64_t line_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> open_text_rows(const InputFile& file, const std::vector<std::string>& header) {
  return std::make_unique<TextRows>(file, header);
}

}  // namespace segue::data
