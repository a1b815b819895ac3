#include "segue/base/json_text.h"

#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "segue/base/json.h"

namespace segue {

namespace {

// How a byte is escaped: 0 for not at all, 'u' for \u00XX, otherwise the letter after the backslash.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes{};
  for (std::size_t i = 0; i < 0x20; ++i) escapes[i] = 'u';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes[0x7F] = 'u';
  return escapes;
}();

// Whether any of eight bytes may need escaping: 0x00 to 0x1F, '"', '\\' or 0x7F. (x - 0x01...) & ~x & 0x80... is
// nonzero if a byte of x is 0, and (x - 0x20...) & ~x & 0x80... if one is below 0x20; otherwise both are zero.
bool may_need_escapes(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x80 * kOnes;
  const auto zeros = [](std::uint64_t x) { return (x - kOnes) & ~x; };
  return (((bytes - 0x20 * kOnes) & ~bytes) | zeros(bytes ^ '"' * kOnes) | zeros(bytes ^ '\\' * kOnes) |
          zeros(bytes ^ 0x7F * kOnes)) &
         kHighs;
}

// The number of bytes from `begin` that need no escaping, a multiple of eight.
std::size_t plain_bytes(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  for (std::uint64_t bytes = 0; at + sizeof bytes <= text.size(); at += sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if (may_need_escapes(bytes)) break;
  }
  return at - begin;
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = plain_bytes(text, 0); i < text.size(); ++i) {
    const char escape = kEscapes[static_cast<unsigned char>(text[i])];
    if (escape == 0) continue;
    out.append(text, begin, i - begin);
    begin = i + 1;
    if (escape == 'u') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(text[i]));
    } else {
      out += '\\';
      out += escape;
    }
  }
  out.append(text, begin);
  out += '"';
}

void append_json(std::string& out, float number) {
  // The same text as "{:.6g}", faster for the usual numbers, which need no exponent.
  static constexpr std::array kPowers = {1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  static constexpr int kFirstPower = -4;
  static constexpr int kDigits = 6;
  const double size = std::abs(static_cast<double>(number));
  if (!(size >= 1e-4 && size < 999'999)) {
    fmt::format_to(std::back_inserter(out), "{:.6g}", std::isfinite(number) ? number : 0.0F);
    return;
  }
  int exponent = kFirstPower;  // of the first digit
  while (size >= kPowers[static_cast<std::size_t>(exponent + 1 - kFirstPower)]) ++exponent;
  auto digits = std::lrint(size * kPowers[static_cast<std::size_t>(kDigits - 1 - exponent - kFirstPower)]);
  if (digits == 1'000'000) {
    digits = 100'000;
    ++exponent;
  }
  std::array<char, kDigits> text{};
  for (std::size_t i = text.size(); i-- > 0; digits /= 10) text[i] = static_cast<char>('0' + digits % 10);
  int last = kDigits;
  while (last > exponent + 1 && last > 1 && text[static_cast<std::size_t>(last - 1)] == '0') --last;
  if (number < 0) out += '-';
  if (exponent < 0) {
    out.append("0.000", static_cast<std::size_t>(1 - exponent));
    out.append(text.data(), static_cast<std::size_t>(last));
  } else {
    const int whole = exponent + 1;
    out.append(text.data(), static_cast<std::size_t>(whole));
    if (last > whole) {
      out += '.';
      out.append(text.data() + whole, static_cast<std::size_t>(last - whole));
    }
  }
}

void append_json(std::string& out, std::uint64_t number) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

void append_json(std::string& out, std::int64_t number) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

void append_json(std::string& out, double number) {
  fmt::format_to(std::back_inserter(out), "{}", std::isfinite(number) ? number : 0.0);
}

void append_json(std::string& out, bool value) {
  out += value ? "true" : "false";
}

void append_json(std::string& out, const json::object& object) {
  out += json::serialize(object);
}

void append_json(std::string& out, const json::value& value) {
  out += json::serialize(value);
}

void append_json_members(std::string& out, const json::object& object) {
  for (const auto& member : object) {
    out += ',';
    append_json(out, std::string_view(member.key()));
    out += ':';
    append_json(out, member.value());
  }
}

}  // namespace segue
