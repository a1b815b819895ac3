// Bytes as a short text for addresses and headers: base64url of the bytes and of their checksum, which finds texts that
// were cut short or mistyped. It is no signature: anybody can make one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace segue {

// A hash of a text that is the same in every process, whatever the standard library: FNV-1a, mixed.
std::uint64_t stable_hash(std::string_view text);

std::string sealed_text(std::string bytes);
// The bytes; nothing for a text that sealed_text() does not make.
std::optional<std::string> opened_text(std::string_view text);

// Appends the lowest `count` bytes of a number, the highest first.
void append_number(std::string& bytes, std::uint64_t number, std::size_t count);
// Appends a number in as few bytes as it needs, seven bits in each (LEB128).
void append_varint(std::string& bytes, std::uint64_t number);

// Reads from the front what these append; after the end everything is 0 or empty. Views the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number(std::size_t count);
  std::uint64_t varint();
  std::string_view text(std::size_t count);
  bool at_end() const { return rest_.empty(); }
  // Whether everything was read, and nothing beyond.
  bool ended_well() const { return rest_.empty() && !is_short_; }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

}  // namespace segue
