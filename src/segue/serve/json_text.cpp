#include "segue/serve/json_text.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

namespace segue {

namespace {

// What a byte is escaped to: 0 for none, 'u' for \u00XX, else the letter behind the backslash.
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

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
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
  fmt::format_to(std::back_inserter(out), "{:.6g}", std::isfinite(number) ? number : 0.0F);
}

void append_json(std::string& out, std::uint64_t number) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

void append_song_members(std::string& out, const Catalogue& songs, std::uint32_t row) {
  const Song song = songs.song(row);
  out += "\"id\":";
  append_json(out, song.id);
  out += ",\"row\":";
  append_json(out, std::uint64_t{row});
  out += ",\"title\":";
  append_json(out, song.title);
  out += ",\"artist\":";
  append_json(out, song.artist);
  out += ",\"album\":";
  append_json(out, song.album);
  out += ",\"plays\":";
  append_json(out, song.plays);
}

ItemsWriter::ItemsWriter() : out_("{\"items\":[") {}

std::string& ItemsWriter::item() {
  out_ += first_ ? "{" : ",{";
  first_ = false;
  return out_;
}

std::string& ItemsWriter::member(std::string_view name) {
  if (open_) out_ += ']';
  open_ = false;
  out_ += ',';
  append_json(out_, name);
  out_ += ':';
  return out_;
}

std::string ItemsWriter::take() {
  if (open_) out_ += ']';
  out_ += '}';
  return std::move(out_);
}

}  // namespace segue
