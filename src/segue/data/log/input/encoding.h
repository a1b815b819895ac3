// Texts in other encodings as UTF-8.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "segue/data/log/input/byte_stream.h"

namespace segue::data {

enum class Encoding { utf8, utf16_little, utf16_big, windows_1252 };

inline constexpr std::array<std::string_view, 4> kEncodingNames = {"UTF-8", "UTF-16 (little endian)",
                                                                   "UTF-16 (big endian)", "Windows-1252"};

// By the byte order mark, else by the first bytes: every second one zero is UTF-16; bytes that are not UTF-8, and none
// beyond ASCII that are, is Windows-1252, the encoding of old exports (its letters are those of Latin-1).
Encoding encoding_of(std::string_view first_bytes);

// The stream as UTF-8 without a byte order mark. Bytes that the encoding does not have become U+FFFD.
std::unique_ptr<ByteStream> as_utf8(std::unique_ptr<ByteStream> stream, Encoding encoding);

}  // namespace segue::data
