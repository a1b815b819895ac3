#include "segue/data/log/formats/formats.h"

#include <algorithm>
#include <cstdio>

#include <arrow/io/file.h>
#include <unistd.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/log/formats/arrow_rows.h"
#include "segue/data/log/formats/delimited_rows.h"
#include "segue/data/log/formats/json_rows.h"
#include "segue/data/log/formats/playlist_rows.h"
#include "segue/data/log/input/archive.h"
#include "segue/data/log/input/encoding.h"

namespace segue::data {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kFormatSampleBytes = 256 << 10;

struct Foreign {
  std::string_view first_bytes;
  std::string_view name;
};
constexpr std::array kForeign = {
    Foreign{"SQLite format 3\0"sv, "a SQLite database; export the table of listens as CSV"},
    Foreign{"PK\x03\x04"sv, "an archive inside a file that is no archive"},
    Foreign{"%PDF"sv, "a PDF document"},
    Foreign{"\x89PNG"sv, "a picture"},
    Foreign{"\xff\xd8\xff"sv, "a picture"},
    Foreign{"GIF8"sv, "a picture"},
    Foreign{"ID3"sv, "a piece of music"},
    Foreign{"fLaC"sv, "a piece of music"},
    Foreign{"OggS"sv, "a piece of music"},
    Foreign{"ORC"sv, "an ORC file; save it as Parquet"},
    Foreign{"Obj\x01"sv, "an Avro file; save it as Parquet"},
    Foreign{"\xd0\xcf\x11\xe0"sv, "a document of old Microsoft Office; save it as CSV"},
    Foreign{"bplist00"sv, "a binary property list"},
    Foreign{"\x7f"
            "ELF"sv,
            "a program"},
};

[[noreturn]] void foreign(const std::string& name, std::string_view what) {
  fail(ErrorCode::bad_input, "{}: expected a log, found {}", name, what);
}

std::string_view without_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \r\n");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

bool starts_ignoring_case(std::string_view text, std::string_view lower_case) {
  return is_ignoring_case(text.substr(0, lower_case.size()), lower_case);
}

// A stream that belongs to somebody else.
class BorrowedStream final : public ByteStream {
 public:
  explicit BorrowedStream(ByteStream& stream) : stream_(stream) {}
  std::size_t read(char* out, std::size_t size) override { return stream_.read(out, size); }

 private:
  ByteStream& stream_;
};

// The rest of the stream as a file: Parquet is read from its end. The file has no name and goes away by itself.
std::shared_ptr<arrow::io::RandomAccessFile> as_file(ByteStream& stream, const std::string& name) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) fail_errno(name + ": a temporary file", errno);
  std::string piece(1 << 20, '\0');
  bool written = true;
  for (std::size_t read = 0; written && (read = stream.read(piece.data(), piece.size())) > 0;) {
    written = std::fwrite(piece.data(), 1, read, file) == read;
  }
  written = written && std::fflush(file) == 0;
  const int error = errno;
  const int descriptor = written ? ::dup(::fileno(file)) : -1;
  std::fclose(file);
  if (descriptor < 0) fail_errno(name + ": a temporary file", error);
  return arrow_value(ErrorCode::io_failed, name, arrow::io::ReadableFile::Open(descriptor));
}

std::shared_ptr<arrow::io::RandomAccessFile> file_of(Input& input) {
  return input.file != nullptr ? input.file : as_file(input.stream, input.name);
}

}  // namespace

FileFormat format_of(std::string_view first_bytes, const std::string& name) {
  if (first_bytes.starts_with("PAR1")) return FileFormat::parquet;
  if (first_bytes.starts_with("ARROW1")) return FileFormat::arrow;
  if (is_office_document(first_bytes)) {
    foreign(name,
            "a workbook of Excel or another Office document; save the sheet of listens as CSV "
            "(in Deezer's export it is 10_listeningHistory)");
  }
  for (const Foreign& kind : kForeign) {
    if (first_bytes.starts_with(kind.first_bytes)) foreign(name, kind.name);
  }
  const std::string_view text = without_space(first_bytes);
  if (text.empty()) fail(ErrorCode::bad_input, "{}: expected rows, found none", name);
  if (text.starts_with('{') || text.starts_with('[')) return FileFormat::json;
  if (text.starts_with("#EXTM3U")) return FileFormat::m3u8;
  if (starts_ignoring_case(text, "<!doctype html") || starts_ignoring_case(text, "<html")) {
    foreign(name, "a web page; choose JSON or CSV where it was exported");
  }
  if (text.starts_with('<')) {
    if (text.substr(0, 4096).find("<playlist") != std::string_view::npos) return FileFormat::xspf;
    foreign(name, "XML");
  }
  const std::string_view first_line = text.substr(0, std::min(text.find('\n'), std::size_t{4096}));
  if (first_line.find('\0') != std::string_view::npos) foreign(name, "binary data");
  return FileFormat::text;
}

OpenedRows open_rows(Input& input, const std::vector<std::string>& header) {
  OpenedRows opened;
  const std::string_view sample = input.stream.peek(kFormatSampleBytes);
  if (is_office_document(sample)) format_of(sample, input.name);  // refuses it; other bytes in another encoding
  const Encoding encoding = encoding_of(sample);
  if (encoding == Encoding::utf8 && (sample.starts_with("PAR1") || sample.starts_with("ARROW1"))) {
    opened.format = format_of(sample, input.name);
    opened.rows = opened.format == FileFormat::parquet ? open_parquet_rows(file_of(input), input.name)
                                                       : open_arrow_rows(file_of(input), input.name);
    return opened;
  }
  if (encoding != Encoding::utf8) {
    opened.note = fmt::format("read as {}", kEncodingNames[static_cast<std::size_t>(encoding)]);
  }
  auto text = std::make_unique<PeekableStream>(as_utf8(std::make_unique<BorrowedStream>(input.stream), encoding));
  opened.format = format_of(text->peek(64 << 10), input.name);
  switch (opened.format) {
    case FileFormat::json:
      opened.rows = std::make_unique<JsonRows>(std::move(text), input.name);
      break;
    case FileFormat::m3u8:
      opened.rows = open_m3u8_rows(*text, input.name);
      break;
    case FileFormat::xspf:
      opened.rows = open_xspf_rows(*text, input.name);
      break;
    case FileFormat::text:
    case FileFormat::parquet:
    case FileFormat::arrow:
      opened.rows = std::make_unique<DelimitedRows>(std::move(text), input.name, header);
      break;
  }
  return opened;
}

}  // namespace segue::data
