#include "segue/recommend/playlist.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/recommend/replies.h"

namespace segue::recommend {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// RFC 3986: characters that never need encoding.
bool is_unreserved(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

bool is_reserved(char c) {
  return std::string_view(":/?#[]@!$&'()*+,;=").find(c) != std::string_view::npos;
}

std::string percent_encoded(std::string_view text, bool keeps_reserved) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c) || (keeps_reserved && (is_reserved(c) || c == '%'))) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// scheme ":" something, of characters allowed in a URI. A single letter is a drive, not a scheme.
bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon + 1 == text.size() || !is_letter(text[0])) return false;
  const auto in_scheme = [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
  if (!std::ranges::all_of(text.substr(0, colon), in_scheme)) return false;
  for (std::size_t i = colon; i < text.size(); ++i) {
    const auto is_hex = [&](std::size_t at) {
      return at < text.size() && (is_digit(text[at]) || (is_letter(text[at]) && (text[at] | 0x20) <= 'f'));
    };
    if (text[i] == '%' ? !(is_hex(i + 1) && is_hex(i + 2)) : !(is_unreserved(text[i]) || is_reserved(text[i]))) {
      return false;
    }
  }
  // At most one '#'. Brackets are only allowed around an address, which is rarer than a wrong bracket.
  return std::ranges::count(text, '#') <= 1 && text.find_first_of("[]") == std::string_view::npos;
}

// Valid text of one line: C0 controls, DEL, C1 controls, line and paragraph separators and the two noncharacters that
// XML forbids become spaces, invalid UTF-8 U+FFFD.
std::string one_line(std::string_view text) {
  std::string line;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    char32_t code = length <= 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t j = 1; length > 0 && j < length; ++j) {
      const unsigned char next = i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0;
      if ((next & 0xC0) != 0x80) length = 0;
      code = code << 6 | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (length == 0 || overlong || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) {
      line += "\xEF\xBF\xBD";
      ++i;
      continue;
    }
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
                         code == 0xFFFE || code == 0xFFFF;
    line += control ? std::string_view(" ") : text.substr(i, length);
    i += length;
  }
  return line;
}

std::string xml(std::string_view text) {
  std::string escaped;
  for (const char c : one_line(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':  // "]]>" is not allowed in text
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

void check_template(std::string_view location) {
  if (location.empty()) return;
  const auto has = [&](std::string_view name) { return location.find(name) != std::string_view::npos; };
  if (!has("{id}") && !has("{title}") && !has("{artist}")) {
    fail(ErrorCode::wrong_use, "expected a location with {{id}}, {{title}} or {{artist}}, found \"{}\"", location);
  }
  std::string filled(location);
  for (const std::string_view name : {"{id}", "{title}", "{artist}"}) replace(filled, name, "x");
  if (!is_uri(filled)) {
    fail(ErrorCode::wrong_use, "expected a template of a URI such as https://example.org/{{id}}, found \"{}\"",
         location);
  }
}

// RFC 8089. Slashes stay.
std::string file_uri(std::string_view path) {
  std::string uri = "file://";
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (begin > 0) uri += '/';
    uri += percent_encoded(path.substr(begin, end - begin), false);
    begin = end + 1;
  }
  return uri;
}

// The URI of a song, or "" if it has none.
std::string uri_of(const data::Song& song, std::string_view location) {
  if (location.empty()) return is_uri(song.id) ? std::string(song.id) : "";
  std::string filled;
  for (std::size_t i = 0; i < location.size();) {
    const std::string_view rest = location.substr(i);
    const auto put = [&](std::string_view name, std::string_view value) {
      if (!rest.starts_with(name)) return false;
      filled += percent_encoded(value, false);
      i += name.size();
      return true;
    };
    if (!put("{id}", song.id) && !put("{title}", song.title) && !put("{artist}", song.artist)) filled += location[i++];
  }
  return filled;
}

std::string identifier_of(const data::Song& song) {
  return is_uri(song.id) ? std::string(song.id) : "segue:song:" + percent_encoded(song.id, false);
}

// An id as a line of M3U8, percent-encoded if the line would change it (a line break would end it, a '#' make it a
// comment, spaces at its ends would be lost).
std::string m3u_line(std::string_view id) {
  if (id.empty()) return "%20";
  if (one_line(id) == id && id.front() != '#' && id.front() != ' ' && id.back() != ' ') return std::string(id);
  const std::string encoded = percent_encoded(id, true);
  return encoded.front() == '#' ? "%23" + encoded.substr(1) : encoded;
}

// What a playlist says of where its songs are.
class Places {
 public:
  Places(std::string_view location, const FindSongFile& find_file) : location_(location), find_file_(find_file) {}

  std::optional<SongFile> file(data::SongRow row) const {
    return find_file_ && location_.empty() ? find_file_(row) : std::nullopt;
  }
  std::string uri(const data::Song& song, const std::optional<SongFile>& file) const {
    return file ? file_uri(file->path) : uri_of(song, location_);
  }
  // A line of M3U8. Players take a path as it is, and a URI where the line would change it.
  std::string line(const data::Song& song, const std::optional<SongFile>& file) const {
    if (file) return m3u_line(file->path) == file->path ? file->path : file_uri(file->path);
    const std::string uri = uri_of(song, location_);
    return uri.empty() ? m3u_line(song.id) : uri;
  }

 private:
  std::string_view location_;
  const FindSongFile& find_file_;
};

// In whole seconds, as players expect it; -1 if unknown.
std::int64_t seconds_of(const std::optional<SongFile>& file) {
  return file && file->length_ms > 0 ? std::max<std::int64_t>(1, (std::int64_t{file->length_ms} + 500) / 1000) : -1;
}

std::string m3u8(const data::Catalogue& songs, const Playlist& playlist, const Places& places) {
  std::string text = "#EXTM3U\n";
  if (!playlist.title.empty()) text += fmt::format("#PLAYLIST:{}\n", one_line(playlist.title));
  for (const data::SongRow row : playlist.songs) {
    const data::Song song = songs.song(row);
    const std::optional<SongFile> file = places.file(row);
    // Players split "artist - title" at a plain hyphen.
    const std::string name = song.artist.empty()  ? one_line(song.title.empty() ? song.id : song.title)
                             : song.title.empty() ? one_line(song.artist)
                                                  : one_line(song.artist) + " - " + one_line(song.title);
    text += fmt::format("#EXTINF:{},{}\n{}\n", seconds_of(file), name, places.line(song, file));
  }
  return text;
}

std::string xspf(const data::Catalogue& songs, const Playlist& playlist, const Places& places) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n";
  const auto put = [&](std::string_view indent, std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format("{}<{}>{}</{}>\n", indent, name, xml(value), name);
  };
  put("  ", "title", playlist.title);
  put("  ", "creator", "Segue");
  text += "  <trackList>\n";
  for (const data::SongRow row : playlist.songs) {
    const data::Song song = songs.song(row);
    const std::optional<SongFile> file = places.file(row);
    text += "    <track>\n";
    put("      ", "location", places.uri(song, file));
    put("      ", "identifier", identifier_of(song));
    put("      ", "title", song.title);
    put("      ", "creator", song.artist);
    put("      ", "album", song.album);
    if (file && file->length_ms > 0) put("      ", "duration", std::to_string(file->length_ms));
    text += "    </track>\n";
  }
  return text + "  </trackList>\n</playlist>\n";
}

json::object jspf(const data::Catalogue& songs, const Playlist& playlist, const Places& places) {
  json::object list;
  if (!playlist.title.empty()) list["title"] = one_line(playlist.title);
  list["creator"] = "Segue";
  json::array& tracks = list["track"].emplace_array();
  for (const data::SongRow row : playlist.songs) {
    const data::Song song = songs.song(row);
    const std::optional<SongFile> file = places.file(row);
    json::object track;
    const std::string uri = places.uri(song, file);
    if (!uri.empty()) track["location"] = json::array{json::string(uri)};
    track["identifier"] = json::array{json::string(identifier_of(song))};
    if (!song.title.empty()) track["title"] = one_line(song.title);
    if (!song.artist.empty()) track["creator"] = one_line(song.artist);
    if (!song.album.empty()) track["album"] = one_line(song.album);
    if (file && file->length_ms > 0) track["duration"] = file->length_ms;
    tracks.push_back(std::move(track));
  }
  return {{"playlist", std::move(list)}};
}

PlaylistReply reply_of(const data::Catalogue& songs, const Playlist& playlist, const Places& places) {
  PlaylistReply reply;
  if (!playlist.title.empty()) reply.title = playlist.title;
  for (const data::SongRow row : playlist.songs) {
    const std::string uri = places.uri(songs.song(row), places.file(row));
    reply.items.push_back({{song_reply(songs, row)}, uri.empty() ? std::nullopt : std::optional(uri)});
  }
  return reply;
}

}  // namespace

std::string playlist_text(const data::Catalogue& songs, const Playlist& playlist, PlaylistFormat format,
                          std::string_view location, const FindSongFile& find_file) {
  check_template(location);
  const Places places(location, find_file);
  switch (format) {
    case PlaylistFormat::m3u8:
      return m3u8(songs, playlist, places);
    case PlaylistFormat::xspf:
      return xspf(songs, playlist, places);
    case PlaylistFormat::jspf:
      return pretty(jspf(songs, playlist, places));
    case PlaylistFormat::json:
      break;
  }
  return pretty(json::parse(json_text(reply_of(songs, playlist, places))));
}

std::string_view media_type(PlaylistFormat format) {
  switch (format) {
    case PlaylistFormat::m3u8:
      return "audio/x-mpegurl; charset=utf-8";
    case PlaylistFormat::xspf:
      return "application/xspf+xml";
    case PlaylistFormat::jspf:
      return "application/jspf+json";
    case PlaylistFormat::json:
      break;
  }
  return "application/json";
}

}  // namespace segue::recommend
