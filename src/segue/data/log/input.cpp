#include "segue/data/log/input.h"

#include <algorithm>

#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/log/input_stream.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

// Arrow starts its threads when it first needs them, and may never return if the system refuses one. With ReadAhead's.
constexpr std::size_t kThreadsOfReaders = 12;

// A file that counts the bytes read. Reads come from one thread at a time.
class CountingFile final : public arrow::io::InputStream {
 public:
  explicit CountingFile(std::shared_ptr<arrow::io::ReadableFile> file) : file_(std::move(file)) {}

  const std::shared_ptr<std::atomic<std::uint64_t>>& count() const { return count_; }

  arrow::Result<std::int64_t> Read(std::int64_t size, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t read, file_->Read(size, out));
    count_->fetch_add(static_cast<std::uint64_t>(read), std::memory_order_relaxed);
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, file_->Read(size));
    count_->fetch_add(static_cast<std::uint64_t>(buffer->size()), std::memory_order_relaxed);
    return buffer;
  }
  arrow::Status Close() override { return file_->Close(); }
  bool closed() const override { return file_->closed(); }
  arrow::Result<std::int64_t> Tell() const override { return file_->Tell(); }

 private:
  std::shared_ptr<arrow::io::ReadableFile> file_;
  std::shared_ptr<std::atomic<std::uint64_t>> count_ = std::make_shared<std::atomic<std::uint64_t>>(0);
};

// Takes `extension` off the end of `name`, whatever its case.
bool take_extension(std::string& name, std::string_view extension) {
  if (name.size() <= extension.size()) return false;
  const std::size_t rest = name.size() - extension.size();
  if (!is_ignoring_case(std::string_view(name).substr(rest), extension)) return false;
  name.resize(rest);
  return true;
}

std::string first_bytes(const InputFile& file, std::size_t count) {
  const std::string subject = file.path.string();
  const OpenInput input = open_input(file);
  std::string bytes(count, '\0');
  const auto read =
      arrow_value(ErrorCode::bad_input, subject, input.stream->Read(static_cast<std::int64_t>(count), bytes.data()));
  bytes.resize(static_cast<std::size_t>(read));
  return bytes;
}

FileCompression compression_of(InputFile& file, std::string& name) {
  if (take_extension(name, ".gz")) return FileCompression::gzip;
  if (take_extension(name, ".zst") || take_extension(name, ".zstd")) return FileCompression::zstd;
  file.compression = FileCompression::none;
  const std::string bytes = first_bytes(file, 4);
  if (bytes.starts_with("\x1f\x8b")) return FileCompression::gzip;
  if (bytes == "\x28\xb5\x2f\xfd") return FileCompression::zstd;
  return FileCompression::none;
}

FileFormat format_of_file(const InputFile& file, std::string name) {
  if (take_extension(name, ".csv")) return FileFormat::csv;
  if (take_extension(name, ".tsv") || take_extension(name, ".tab")) return FileFormat::tsv;
  for (const std::string_view extension : {".jsonl", ".ndjson", ".json"}) {
    if (take_extension(name, extension)) return FileFormat::json_lines;
  }
  if (take_extension(name, ".parquet") || take_extension(name, ".pq")) return FileFormat::parquet;
  const std::string bytes = first_bytes(file, 64 << 10);
  if (bytes.starts_with("PAR1")) return FileFormat::parquet;
  if (bytes.starts_with("{")) return FileFormat::json_lines;
  return bytes.substr(0, bytes.find('\n')).find('\t') != std::string::npos ? FileFormat::tsv : FileFormat::csv;
}

InputFile look_into(const fs::path& path) {
  InputFile file;
  file.path = path;
  std::error_code error;
  file.bytes = fs::file_size(path, error);
  if (error) fail_errno(path.string(), error.value());
  if (file.bytes == 0) fail(ErrorCode::bad_input, "{}: expected rows, found an empty file", path.string());
  std::string name = path.filename().string();
  file.compression = compression_of(file, name);
  file.format = format_of_file(file, name);
  if (file.format == FileFormat::parquet && file.compression != FileCompression::none) {
    fail(ErrorCode::bad_input, "{}: Parquet compresses inside; expected it without {} around", path.string(),
         file.compression == FileCompression::gzip ? "gzip" : "zstd");
  }
  return file;
}

}  // namespace

OpenInput open_input(const InputFile& file) {
  const std::string subject = file.path.string();
  const auto counting = std::make_shared<CountingFile>(
      arrow_value(ErrorCode::io_failed, subject, arrow::io::ReadableFile::Open(subject)));
  OpenInput input{counting, counting->count()};
  if (file.compression != FileCompression::none) {
    const auto type = file.compression == FileCompression::gzip ? arrow::Compression::GZIP : arrow::Compression::ZSTD;
    // The codec need not outlive the stream, which makes its decompressor right away.
    const auto codec = arrow_value(ErrorCode::io_failed, subject, arrow::util::Codec::Create(type));
    input.stream =
        arrow_value(ErrorCode::bad_input, subject, arrow::io::CompressedInputStream::Make(codec.get(), counting));
  }
  return input;
}

std::vector<InputFile> find_inputs(std::span<const std::string> paths) {
  std::vector<InputFile> files;
  for (const fs::path path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) fail(ErrorCode::not_found, "{}: no such file or folder", path.string());
    if (!fs::is_directory(status)) {
      files.push_back(look_into(path));
      continue;
    }
    std::vector<fs::path> inside;
    for (const auto& entry : fs::directory_iterator(path)) {
      const bool hidden = entry.path().filename().string().starts_with('.');
      if (entry.is_regular_file() && !hidden) inside.push_back(entry.path());
    }
    if (inside.empty()) fail(ErrorCode::bad_input, "{}: expected files, found a folder without any", path.string());
    std::ranges::sort(inside);
    for (const fs::path& file : inside) files.push_back(look_into(file));
  }
  return files;
}

std::unique_ptr<RowReader> open_rows(const InputFile& file, const std::vector<std::string>& header) {
  require_threads(kThreadsOfReaders);
  switch (file.format) {
    case FileFormat::json_lines:
      return open_json_rows(file);
    case FileFormat::parquet:
      return open_parquet_rows(file);
    case FileFormat::csv:
    case FileFormat::tsv:
      break;
  }
  return open_text_rows(file, header);
}

}  // namespace segue::data
