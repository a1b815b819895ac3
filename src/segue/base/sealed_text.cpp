#include "segue/base/sealed_text.h"

#include <array>

#include "segue/base/random.h"

namespace segue {

namespace {

constexpr std::size_t kChecksumBytes = 4;
constexpr unsigned kBitsOfByte = 8;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kBitsOfLetter = 6;
constexpr unsigned char kNoLetter = 0xFF;
constexpr std::array<unsigned char, 256> kValues = [] {  // by letter
  std::array<unsigned char, 256> values{};
  values.fill(kNoLetter);
  for (std::size_t i = 0; i < kLetters.size(); ++i)
    values[static_cast<unsigned char>(kLetters[i])] = static_cast<unsigned char>(i);
  return values;
}();
constexpr unsigned kBitsOfVarint = 7;  // in each byte; the eighth says that another follows

std::uint64_t checksum_of(std::string_view bytes) {
  return stable_hash(bytes) >> 32;
}

std::string base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char byte : bytes) {
    bits = bits << kBitsOfByte | static_cast<unsigned char>(byte);
    for (count += kBitsOfByte; count >= kBitsOfLetter; count -= kBitsOfLetter) {
      text += kLetters[bits >> (count - kBitsOfLetter) & 63];
    }
  }
  if (count > 0) text += kLetters[bits << (kBitsOfLetter - count) & 63];
  return text;
}

// Nothing for other letters. Several texts may give the same bytes.
std::optional<std::string> bytes_of(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const unsigned char value = kValues[static_cast<unsigned char>(letter)];
    if (value == kNoLetter) return std::nullopt;
    bits = bits << kBitsOfLetter | value;
    count += kBitsOfLetter;
    if (count < kBitsOfByte) continue;
    count -= kBitsOfByte;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

}  // namespace

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return mix64(hash);
}

std::string sealed_text(std::string bytes) {
  append_number(bytes, checksum_of(bytes), kChecksumBytes);
  return base64url(bytes);
}

std::optional<std::string> opened_text(std::string_view text) {
  std::optional<std::string> bytes = bytes_of(text);
  if (!bytes || bytes->size() <= kChecksumBytes) return std::nullopt;
  bytes->resize(bytes->size() - kChecksumBytes);
  if (sealed_text(*bytes) != text) return std::nullopt;
  return bytes;
}

void append_number(std::string& bytes, std::uint64_t number, std::size_t count) {
  for (std::size_t i = count; i-- > 0;) bytes += static_cast<char>(number >> (kBitsOfByte * i) & 0xFF);
}

void append_varint(std::string& bytes, std::uint64_t number) {
  for (; number >> kBitsOfVarint != 0; number >>= kBitsOfVarint) bytes += static_cast<char>((number & 0x7F) | 0x80);
  bytes += static_cast<char>(number);
}

std::uint64_t ByteReader::number(std::size_t count) {
  std::uint64_t value = 0;
  for (const char byte : text(count)) value = value << kBitsOfByte | static_cast<unsigned char>(byte);
  return value;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += kBitsOfVarint) {
    const std::uint64_t byte = number(1);
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

std::string_view ByteReader::text(std::size_t count) {
  if (count > rest_.size()) is_short_ = true;
  const std::string_view found = rest_.substr(0, count);
  rest_.remove_prefix(found.size());
  return found;
}

}  // namespace segue
