#include "segue/data/log/input/archive.h"

#include <algorithm>
#include <array>
#include <exception>

#include <archive.h>
#include <archive_entry.h>
#include <arrow/io/interfaces.h>

#include "segue/base/error.h"
#include "segue/data/arrow/arrow_status.h"

namespace segue::data {

namespace {

using namespace std::string_view_literals;

constexpr std::array kFirstBytes = {
    "PK\x03\x04"sv,         "PK\x05\x06"sv,      "\x1f\x8b"sv, "\x28\xb5\x2f\xfd"sv, "\xfd\x37\x7a\x58\x5a\x00"sv,
    "7z\xbc\xaf\x27\x1c"sv, "\x04\x22\x4d\x18"sv};

struct Closer {
  void operator()(archive* opened) const { archive_read_free(opened); }
};
using Archive = std::unique_ptr<archive, Closer>;

// What libarchive reads from: a stream, or a file that it may seek in.
class ArchiveBytes {
 public:
  ArchiveBytes(PeekableStream& stream, std::shared_ptr<arrow::io::RandomAccessFile> file)
      : stream_(stream), file_(std::move(file)), buffer_(256 << 10, '\0') {}

  bool seekable() const { return file_ != nullptr; }
  // Our own error behind a failure of libarchive.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

  static la_ssize_t read(archive*, void* self, const void** bytes) {
    auto& reader = *static_cast<ArchiveBytes*>(self);
    *bytes = reader.buffer_.data();
    return reader.guarded([&] {
      if (reader.file_) return reader.read_file();
      return static_cast<la_ssize_t>(reader.stream_.read(reader.buffer_.data(), reader.buffer_.size()));
    });
  }

  static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence) {
    auto& reader = *static_cast<ArchiveBytes*>(self);
    return reader.guarded([&]() -> la_int64_t {
      const std::int64_t size = arrow_value(ErrorCode::io_failed, "archive", reader.file_->GetSize());
      const std::int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? reader.position_ : size;
      reader.position_ = base + offset;
      return reader.position_;
    });
  }

 private:
  la_ssize_t read_file() {
    const auto read = arrow_value(
        ErrorCode::io_failed, "archive",
        file_->ReadAt(position_, static_cast<std::int64_t>(buffer_.size()), static_cast<void*>(buffer_.data())));
    position_ += read;
    return read;
  }

  template <class Body>
  auto guarded(Body body) -> decltype(body()) {
    try {
      return body();
    } catch (...) {
      error_ = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }

  PeekableStream& stream_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::int64_t position_ = 0;
  std::string buffer_;
  std::exception_ptr error_;
};

class MemberStream final : public ByteStream {
 public:
  MemberStream(archive* opened, const ArchiveBytes& reader, std::string name)
      : archive_(opened), source_(reader), name_(std::move(name)) {}

  std::size_t read(char* out, std::size_t size) override {
    const la_ssize_t read = archive_read_data(archive_, out, size);
    if (read >= 0) return static_cast<std::size_t>(read);
    source_.rethrow();
    const char* why = archive_error_string(archive_);
    fail(ErrorCode::bad_input, "{}: {}", name_, why == nullptr ? "cannot be unpacked" : why);
  }

 private:
  archive* archive_;
  const ArchiveBytes& source_;
  std::string name_;
};

}  // namespace

// XLSX, DOCX and the like are zips with these parts; ODS has its type first.
bool is_office_document(std::string_view first_bytes) {
  constexpr std::size_t kHeaderBytes = 30;
  constexpr std::size_t kNameSize = 26;
  if (!first_bytes.starts_with("PK\x03\x04") || first_bytes.size() < kHeaderBytes) return false;
  const std::size_t size =
      static_cast<unsigned char>(first_bytes[kNameSize]);  // names over 255 bytes are none of these
  const std::string_view name = first_bytes.substr(kHeaderBytes, size);
  if (name == "mimetype") return first_bytes.find("application/vnd.oasis.opendocument") != std::string_view::npos;
  constexpr std::array<std::string_view, 7> kParts = {
      "[Content_Types].xml", "_rels/", "docProps/", "xl/", "word/", "ppt/", "customXml/"};
  return std::ranges::any_of(kParts, [&](std::string_view part) { return name.starts_with(part); });
}

bool is_container(std::string_view first_bytes) {
  if (is_office_document(first_bytes)) return false;
  for (const std::string_view mark : kFirstBytes) {
    if (first_bytes.starts_with(mark)) return true;
  }
  if (first_bytes.size() >= 4 && first_bytes.starts_with("BZh") && first_bytes[3] >= '1' && first_bytes[3] <= '9') {
    return true;
  }
  constexpr std::size_t kTarMark = 257;
  return first_bytes.size() > kTarMark && first_bytes.substr(kTarMark).starts_with("ustar");
}

void for_each_member(PeekableStream& stream, const std::shared_ptr<arrow::io::RandomAccessFile>& file,
                     const std::string& name,
                     const std::function<void(const std::string& member, std::unique_ptr<ByteStream>)>& visit) {
  const Archive opened(archive_read_new());
  ArchiveBytes reader(stream, file);
  const auto check = [&](int status) {
    if (status >= ARCHIVE_WARN || status == ARCHIVE_EOF) return;
    reader.rethrow();
    const char* why = archive_error_string(opened.get());
    fail(ErrorCode::bad_input, "{}: {}", name, why == nullptr ? "cannot be unpacked" : why);
  };
  archive_read_support_filter_gzip(opened.get());
  archive_read_support_filter_zstd(opened.get());
  archive_read_support_filter_xz(opened.get());
  archive_read_support_filter_bzip2(opened.get());
  archive_read_support_filter_lz4(opened.get());
  archive_read_support_format_zip(opened.get());
  archive_read_support_format_7zip(opened.get());
  archive_read_support_format_tar(opened.get());
  archive_read_support_format_raw(opened.get());
  archive_read_support_format_empty(opened.get());
  archive_read_set_read_callback(opened.get(), &ArchiveBytes::read);
  if (reader.seekable()) archive_read_set_seek_callback(opened.get(), &ArchiveBytes::seek);
  archive_read_set_callback_data(opened.get(), &reader);
  check(archive_read_open1(opened.get()));
  archive_entry* entry = nullptr;
  for (;;) {
    const int status = archive_read_next_header(opened.get(), &entry);
    check(status);
    if (status == ARCHIVE_EOF) break;
    const bool raw = archive_format(opened.get()) == ARCHIVE_FORMAT_RAW;
    if (!raw && archive_entry_filetype(entry) != AE_IFREG) continue;
    const char* path = archive_entry_pathname_utf8(entry);
    if (path == nullptr) path = archive_entry_pathname(entry);
    const std::string member = raw || path == nullptr ? "" : path;
    std::string subject = name;
    if (!raw) subject.append("/").append(member);
    visit(member, std::make_unique<MemberStream>(opened.get(), reader, std::move(subject)));
    // A damaged rest of a compressed file is found only at its end.
    if (raw) check(archive_read_data_skip(opened.get()));
  }
}

}  // namespace segue::data
