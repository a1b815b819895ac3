#include "segue/data/text/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"

namespace segue::data {

namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080U;
constexpr std::uint64_t kLowBits = 0x0101010101010101U;

std::uint64_t load_word(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) { return static_cast<unsigned char>(letter) < 0x80; });
}

bool ascii_space(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

// The code points of valid UTF-8, one by one.
template <class Visit>
void for_each_code_point(std::string_view text, Visit visit) {
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t at = 0;
  while (at < size) visit(next_code_point(text, at));
}

void append_space(std::string& out) {
  if (!out.empty() && out.back() != ' ') out += ' ';
}

void trim_end(std::string& out) {
  if (!out.empty() && out.back() == ' ') out.pop_back();
}

std::string normalized(const icu::Normalizer2* (*form)(UErrorCode&), std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = form(status);
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(text.size()));
  if (U_SUCCESS(status)) {
    normalizer->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                              status);
  }
  if (U_FAILURE(status)) fail(ErrorCode::io_failed, "ICU cannot normalise a text: {}", u_errorName(status));
  return out;
}

// Letters that decomposition keeps apart although people type one for the other.
std::string_view typed_alike(UChar32 code_point) {
  switch (code_point) {
    case 0x0671:  // alef wasla
      return "\u0627";
    case 0x0649:  // alef maqsura
    case 0x06CC:  // Farsi yeh
      return "\u064A";
    case 0x0629:  // teh marbuta
      return "\u0647";
    case 0x06A9:  // keheh
      return "\u0643";
    case 0x00F8:
      return "o";
    case 0x0142:
      return "l";
    case 0x0111:
      return "d";
    case 0x0131:
      return "i";
    case 0x00E6:
      return "ae";
    case 0x0153:
      return "oe";
    default:
      return {};
  }
}

constexpr UChar32 kTatweel = 0x0640;

bool is_dropped(UChar32 code_point) {
  return u_charType(code_point) == U_NON_SPACING_MARK || code_point == kTatweel || code_point == '\'' ||
         code_point == 0x2019 || code_point == 0x02BC;
}

// search_fold of each ASCII character: itself in lower case, a space, or 0 for nothing.
constexpr std::array<char, 128> kAsciiForSearch = [] {
  std::array<char, 128> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto letter = static_cast<char>(i);
    const char lower = ascii_lower(letter);
    const bool kept = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    table[i] = kept ? lower : letter == '\'' ? '\0' : ' ';
  }
  return table;
}();

void search_fold_ascii(std::string_view text, std::string& out) {
  for (const char letter : text) {
    const char folded = kAsciiForSearch[static_cast<unsigned char>(letter)];
    if (folded == ' ') {
      append_space(out);
    } else if (folded != '\0') {
      out += folded;
    }
  }
}

}  // namespace

std::int32_t next_code_point(std::string_view text, std::int32_t& at) {
  UChar32 code_point = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
  U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), code_point);
#pragma GCC diagnostic pop
  return code_point;
}

void append_code_point(std::string& out, std::int32_t code_point) {
  char buffer[U8_MAX_LENGTH];
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(buffer, size, code_point);
  out.append(buffer, static_cast<std::size_t>(size));
}

TextFault fault_of(std::string_view text) {
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint64_t word = load_word(at);
    // A zero byte or one above 0x7F: check the rest byte by byte.
    if ((((word - kLowBits) & ~word) | word) & kHighBits) break;
  }
  bool plain = true;
  for (std::size_t i = 0; i < left && plain; ++i) plain = static_cast<signed char>(at[i]) > 0;
  if (plain) return TextFault::none;

  if (std::memchr(at, 0, left) != nullptr) return TextFault::nul_byte;
  const std::string_view rest(at, left);
  for (std::size_t begin = 0; begin < rest.size();) {
    // U8_NEXT counts in 32 bits.
    const std::string_view piece = rest.substr(begin, std::size_t{1} << 30);
    const auto size = static_cast<std::int32_t>(piece.size());
    std::int32_t i = 0;
    while (i < size) {
      const std::int32_t before = i;
      if (next_code_point(piece, i) < 0) {
        if (begin + piece.size() < rest.size() && size - before < U8_MAX_LENGTH) {
          i = before;
          break;  // truncated by the piece, not by the text
        }
        return TextFault::invalid_utf8;
      }
    }
    begin += static_cast<std::size_t>(i);
  }
  return TextFault::none;
}

std::string printable(std::string_view text, std::size_t most_bytes) {
  text = text.substr(0, std::size_t{1} << 20);
  std::string out;
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t at = 0;
  while (at < size) {
    const UChar32 code_point = next_code_point(text, at);
    const std::size_t before = out.size();
    append_code_point(out, code_point < 0 ? 0xFFFD : code_point);
    if (out.size() > most_bytes) {
      out.resize(before);
      break;
    }
  }
  return out;
}

std::string fold_name(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (is_ascii(text)) {
    for (const char letter : text) {
      if (ascii_space(letter)) {
        append_space(out);
      } else {
        out += ascii_lower(letter);
      }
    }
  } else {
    for_each_code_point(normalized(icu::Normalizer2::getNFKCCasefoldInstance, text), [&](UChar32 code_point) {
      if (u_isUWhiteSpace(code_point)) {
        append_space(out);
      } else {
        append_code_point(out, code_point);
      }
    });
  }
  trim_end(out);
  return out;
}

std::string search_fold(std::string_view text) {
  std::string out;
  search_fold(text, out);
  return out;
}

void search_fold(std::string_view text, std::string& out) {
  out.clear();
  if (is_ascii(text)) {
    search_fold_ascii(text, out);
    trim_end(out);
    return;
  }
  // Case first: folding can produce letters that decompose.
  const std::string folded = normalized(icu::Normalizer2::getNFKCCasefoldInstance, text);
  for_each_code_point(normalized(icu::Normalizer2::getNFKDInstance, folded), [&](UChar32 code_point) {
    if (is_dropped(code_point)) return;
    if (const std::string_view alike = typed_alike(code_point); !alike.empty()) {
      out += alike;
    } else if (const std::int32_t digit = u_charDigitValue(code_point); digit >= 0) {
      out += static_cast<char>('0' + digit);
    } else if (u_isalnum(code_point) || u_charType(code_point) == U_COMBINING_SPACING_MARK) {
      append_code_point(out, code_point);
    } else {
      append_space(out);
    }
  });
  trim_end(out);
}

void compared_name(std::string_view name, std::string& out) {
  search_fold(name, out);
  if (out.empty() && !name.empty()) out = fold_name(name);
}

std::string compared_name(std::string_view name) {
  std::string out;
  compared_name(name, out);
  return out;
}

bool is_uuid(std::string_view id) {
  if (id.size() != 36) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f') || (id[i] >= 'A' && id[i] <= 'F');
    if (dash ? id[i] != '-' : !hex) return false;
  }
  return true;
}

}  // namespace segue::data
