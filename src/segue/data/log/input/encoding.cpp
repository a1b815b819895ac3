#include "segue/data/log/input/encoding.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <unicode/ucnv.h>

#include "segue/base/error.h"

namespace segue::data {

namespace {

constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";

const char* converter_name(Encoding encoding) {
  switch (encoding) {
    case Encoding::utf16_little:
      return "UTF-16LE";
    case Encoding::utf16_big:
      return "UTF-16BE";
    case Encoding::windows_1252:
      return "windows-1252";
    case Encoding::utf8:
      break;
  }
  return "UTF-8";
}

// The length of the valid UTF-8 sequence of several bytes at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (lead < 0xc2 || length == 0 || length > text.size()) return 0;
  const auto follows = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; };
  return std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), follows) ? length : 0;
}

bool looks_like_windows_1252(std::string_view text) {
  bool any = false;
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    if (sequence_length(text.substr(i)) > 0) return false;
    if (text.size() - i < 4) break;  // the end of the sample may cut a sequence
    // Letters; control characters, symbols, and the bytes that damage brings are none.
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0xc0 || byte >= 0xfe) return false;
    any = true;
    ++i;
  }
  return any;
}

class TranscodedStream final : public ByteStream {
 public:
  TranscodedStream(std::unique_ptr<ByteStream> stream, Encoding encoding) : stream_(std::move(stream)) {
    UErrorCode error = U_ZERO_ERROR;
    from_ = ucnv_open(converter_name(encoding), &error);
    to_ = ucnv_open("UTF-8", &error);
    if (U_FAILURE(error))
      fail(ErrorCode::io_failed, "ICU cannot convert {}: {}", converter_name(encoding), u_errorName(error));
  }
  ~TranscodedStream() override {
    ucnv_close(from_);
    ucnv_close(to_);
  }
  TranscodedStream(const TranscodedStream&) = delete;
  TranscodedStream& operator=(const TranscodedStream&) = delete;

  std::size_t read(char* out, std::size_t size) override {
    while (begin_ == text_.size()) {
      if (ended_) return 0;
      convert_more();
    }
    const std::size_t taken = std::min(size, text_.size() - begin_);
    std::memcpy(out, text_.data() + begin_, taken);
    begin_ += taken;
    return taken;
  }

 private:
  static constexpr std::size_t kPiece = 64 << 10;

  void convert_more() {
    bytes_.resize(kPiece);
    bytes_.resize(read_full(*stream_, bytes_.data(), kPiece));
    ended_ = bytes_.size() < kPiece;
    text_.resize(bytes_.size() * 3 + 16);
    begin_ = 0;
    const char* source = bytes_.data();
    char* target = text_.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_convertEx(to_, from_, &target, text_.data() + text_.size(), &source, bytes_.data() + bytes_.size(),
                   pivot_.data(), &pivot_source_, &pivot_target_, pivot_.data() + pivot_.size(), first_ ? 1 : 0,
                   ended_ ? 1 : 0, &error);
    if (U_FAILURE(error)) fail(ErrorCode::io_failed, "ICU cannot convert a text to UTF-8: {}", u_errorName(error));
    text_.resize(static_cast<std::size_t>(target - text_.data()));
    if (first_ && text_.starts_with(kUtf8Mark)) begin_ = kUtf8Mark.size();
    first_ = false;
  }

  std::unique_ptr<ByteStream> stream_;
  UConverter* from_ = nullptr;
  UConverter* to_ = nullptr;
  std::string bytes_;
  std::string text_;
  std::size_t begin_ = 0;
  std::vector<UChar> pivot_ = std::vector<UChar>(4096);
  UChar* pivot_source_ = pivot_.data();
  UChar* pivot_target_ = pivot_.data();
  bool first_ = true;
  bool ended_ = false;
};

}  // namespace

Encoding encoding_of(std::string_view first_bytes) {
  if (first_bytes.starts_with("\xff\xfe")) return Encoding::utf16_little;
  if (first_bytes.starts_with("\xfe\xff")) return Encoding::utf16_big;
  const std::string_view start = first_bytes.substr(0, 64);
  if (start.size() >= 8) {
    std::size_t zeros[2] = {0, 0};
    for (std::size_t i = 0; i < start.size(); ++i) zeros[i % 2] += start[i] == '\0' ? 1 : 0;
    const std::size_t most = start.size() / 2;
    if (zeros[0] == 0 && zeros[1] * 4 >= most * 3) return Encoding::utf16_little;
    if (zeros[1] == 0 && zeros[0] * 4 >= most * 3) return Encoding::utf16_big;
  }
  const std::size_t text = first_bytes.find_first_not_of(" \t\r\n");
  const bool json = text != std::string_view::npos && (first_bytes[text] == '{' || first_bytes[text] == '[');
  return !json && looks_like_windows_1252(first_bytes) ? Encoding::windows_1252 : Encoding::utf8;
}

std::unique_ptr<ByteStream> as_utf8(std::unique_ptr<ByteStream> stream, Encoding encoding) {
  if (encoding == Encoding::utf8) {
    auto text = std::make_unique<PeekableStream>(std::move(stream));
    if (text->peek(kUtf8Mark.size()) == kUtf8Mark) {
      char mark[3];
      read_full(*text, mark, sizeof(mark));
    }
    return text;
  }
  return std::make_unique<TranscodedStream>(std::move(stream), encoding);
}

}  // namespace segue::data
