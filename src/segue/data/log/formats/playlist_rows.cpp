#include "segue/data/log/formats/playlist_rows.h"

#include <algorithm>
#include <array>
#include <deque>

#include <expat.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"

namespace segue::data {

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;

struct SongOfFile {
  std::string id;
  std::string title;
  std::string artist;
  std::string album;
};

struct PlaylistFile {
  std::string name;
  std::vector<SongOfFile> songs;
};

std::string read_all(ByteStream& text, const std::string& name) {
  std::string all;
  std::string piece(64 << 10, '\0');
  while (const std::size_t read = read_full(text, piece.data(), piece.size())) {
    all.append(piece, 0, read);
    if (all.size() > kMostBytes) {
      fail(ErrorCode::bad_input, "{}: expected a playlist of at most {} MiB", name, kMostBytes >> 20);
    }
  }
  return all;
}

// "…/lists/Road trip.m3u8" -> "Road trip".
std::string stem_of(const std::string& name) {
  const std::string base = name.substr(name.find_last_of('/') + 1);
  const std::size_t dot = base.find_last_of('.');
  return dot == std::string::npos || dot == 0 ? base : base.substr(0, dot);
}

class PlaylistRow final : public RowReader {
 public:
  explicit PlaylistRow(PlaylistFile list) : list_(std::make_shared<PlaylistFile>(std::move(list))) {}

  const std::vector<std::string>& columns() const override { return columns_; }
  void choose(const FieldColumns& columns) override { chosen_ = columns; }

  std::optional<RowBatch> next() override {
    if (done_) return std::nullopt;
    done_ = true;
    RowBatch batch;
    batch.rows = 1;
    batch.lines = {1};
    batch.owner = list_;
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      if (chosen_[field]) batch.columns[field] = column(*chosen_[field]);
    }
    return batch;
  }

 private:
  RowColumn column(std::size_t index) const {
    RowColumn column;
    column.present = true;
    if (index == 0) {
      column.cells = {Cell::of_text(list_->name)};
      return column;
    }
    for (const SongOfFile& song : list_->songs) {
      const std::string& text = index == 1 ? song.id : index == 2 ? song.title : index == 3 ? song.artist : song.album;
      column.cells.push_back(Cell::of_text(text));
    }
    column.list_begin = {0, static_cast<std::uint32_t>(column.cells.size())};
    return column;
  }

  std::shared_ptr<const PlaylistFile> list_;
  std::vector<std::string> columns_ = {"playlist", "songs", "title", "artist", "album"};
  FieldColumns chosen_;
  bool done_ = false;
};

// Elements of XSPF, by their local names.
class XspfReader {
 public:
  explicit XspfReader(const std::string& name) : name_(name), parser_(XML_ParserCreateNS(nullptr, '\n')) {
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, &XspfReader::on_start, &XspfReader::on_end);
    XML_SetCharacterDataHandler(parser_, &XspfReader::on_text);
    list_.name = stem_of(name);
  }
  ~XspfReader() { XML_ParserFree(parser_); }
  XspfReader(const XspfReader&) = delete;
  XspfReader& operator=(const XspfReader&) = delete;

  PlaylistFile read(const std::string& text) {
    if (XML_Parse(parser_, text.data(), static_cast<int>(text.size()), 1) == XML_STATUS_ERROR) {
      fail(ErrorCode::bad_input, "{}:{}: {}", name_, XML_GetCurrentLineNumber(parser_),
           XML_ErrorString(XML_GetErrorCode(parser_)));
    }
    return std::move(list_);
  }

 private:
  static std::string_view local(const XML_Char* name) {
    const std::string_view whole(name);
    const std::size_t between = whole.find_last_of('\n');
    return between == std::string_view::npos ? whole : whole.substr(between + 1);
  }
  static void on_start(void* self, const XML_Char* name, const XML_Char**) {
    auto& reader = *static_cast<XspfReader*>(self);
    reader.path_.emplace_back(local(name));
    reader.text_.clear();
    if (reader.path_.back() == "track") reader.list_.songs.emplace_back();
  }
  static void on_end(void* self, const XML_Char*) {
    auto& reader = *static_cast<XspfReader*>(self);
    reader.take_value();
    reader.path_.pop_back();
    reader.text_.clear();
  }
  static void on_text(void* self, const XML_Char* text, int size) {
    static_cast<XspfReader*>(self)->text_.append(text, static_cast<std::size_t>(size));
  }

  void take_value() {
    const std::string& element = path_.back();
    const std::string parent = path_.size() < 2 ? "" : path_[path_.size() - 2];
    if (parent == "playlist" && element == "title" && !text_.empty()) list_.name = text_;
    if (parent != "track" || list_.songs.empty()) return;
    SongOfFile& song = list_.songs.back();
    if (element == "title") song.title = text_;
    if (element == "creator") song.artist = text_;
    if (element == "album") song.album = text_;
    if ((element == "identifier" || element == "location") && song.id.empty()) song.id = song_id_of_location(text_);
  }

  std::string name_;
  XML_Parser parser_;
  std::vector<std::string> path_;
  std::string text_;
  PlaylistFile list_;
};

}  // namespace

namespace {

// The pages of songs at services: what comes before the id in the address, and in the logs of the service.
struct SongPage {
  std::string_view address;
  std::string_view kind;
};
constexpr std::array<SongPage, 6> kSongPages = {{
    {"musicbrainz.org/recording/", ""},
    {"open.spotify.com/track/", "spotify:track:"},
    {"youtube.com/watch?v=", "youtube:"},
    {"youtu.be/", "youtube:"},
    {"deezer.com/track/", "deezer:"},
    {"tidal.com/browse/track/", "tidal:"},
}};

std::string song_id_of_page(std::string_view address) {
  for (const SongPage& page : kSongPages) {
    const std::size_t at = address.find(page.address);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = address.substr(at + page.address.size());
    const std::string_view id = rest.substr(0, rest.find_first_of("?&#/"));
    return id.empty() ? "" : std::string(page.kind).append(id);
  }
  return "";
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

ShownNames names_of_info(std::string_view info) {
  const std::size_t comma = info.find(',');
  if (comma == std::string_view::npos) return {};
  const std::string_view shown = info.substr(comma + 1);
  for (const std::string_view between : {" - ", " – "}) {
    const std::size_t dash = shown.find(between);
    if (dash != std::string_view::npos) return {shown.substr(0, dash), shown.substr(dash + between.size())};
  }
  return {"", shown};
}

std::string song_id_of_location(std::string_view location) {
  constexpr std::string_view kOwn = "segue:song:";
  location = trimmed(location, " \n");
  if (location.starts_with(kOwn)) return percent_decoded(location.substr(kOwn.size()));
  const std::size_t colon = location.find(':');
  if (colon == std::string_view::npos) return "";
  const std::string_view scheme = location.substr(0, colon);
  if (scheme == "file" || scheme.size() == 1) return "";
  if (scheme == "http" || scheme == "https") return song_id_of_page(location);
  return std::string(location);
}

std::unique_ptr<RowReader> open_m3u8_rows(ByteStream& text, const std::string& name) {
  const std::string all = read_all(text, name);
  PlaylistFile list;
  list.name = stem_of(name);
  SongOfFile next;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    std::string_view line = std::string_view(all).substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin = end + 1;
    if (line.starts_with("#EXTINF:")) {
      const ShownNames names = names_of_info(line.substr(8));
      if (!names.artist.empty()) next.artist = names.artist;
      if (!names.title.empty()) next.title = names.title;
    } else if (line.starts_with("#EXTALB:")) {
      next.album = line.substr(8);
    } else if (line.starts_with("#EXTART:")) {
      next.artist = line.substr(8);
    } else if (line.starts_with("#PLAYLIST:")) {
      list.name = line.substr(10);
    } else if (!line.empty() && !line.starts_with('#')) {
      next.id = song_id_of_location(line);
      // Without a title there is nothing else to know the song by.
      if (next.id.empty() && next.title.empty()) next.id = percent_decoded(line);
      list.songs.push_back(std::move(next));
      next = {};
    }
  }
  return std::make_unique<PlaylistRow>(std::move(list));
}

std::unique_ptr<RowReader> open_xspf_rows(ByteStream& text, const std::string& name) {
  return std::make_unique<PlaylistRow>(XspfReader(name).read(read_all(text, name)));
}

}  // namespace segue::data
