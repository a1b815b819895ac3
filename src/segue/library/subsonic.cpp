#include <array>
#include <random>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "segue/base/error.h"
#include "segue/library/music_servers.h"
#include "segue/library/server_json.h"
#include "segue/library/server_paths.h"

namespace segue::library {

namespace {

constexpr std::size_t kSongsAPage = 500;  // the most that servers give at once
constexpr std::string_view kVersionOfApi = "1.16.1";

std::string md5_of(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_md5(), nullptr) != 1) {
    fail(ErrorCode::unavailable, "MD5 is not available, which the Subsonic API needs");
  }
  std::string hex;
  for (unsigned i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string random_salt() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

class Subsonic {
 public:
  Subsonic(HttpClient& server, const std::string& user, const std::string& password)
      : server_(server), user_(user), salt_(random_salt()), token_(md5_of(password + salt_)) {}

  // The member of the reply that a call is about; empty if the reply has none, as for a search without a result.
  json::object ask(std::string_view call, std::vector<std::pair<std::string, std::string>> query,
                   std::string_view member) {
    query.insert(
        query.end(),
        {{"u", user_}, {"t", token_}, {"s", salt_}, {"v", std::string(kVersionOfApi)}, {"c", "segue"}, {"f", "json"}});
    const std::string path = fmt::format("/rest/{}.view", call);
    const std::string subject = server_.address() + path;
    const std::string body = server_.get(path, query, {});
    json::value reply;
    try {
      reply = parse_json(body, subject);
    } catch (const Error&) {
      fail(ErrorCode::bad_input, "{}: expected a reply of the Subsonic API, found no JSON", subject);
    }
    const json::object* const whole = reply.if_object();
    const json::object* const response = whole ? object_in(value_at(*whole, "subsonic-response")) : nullptr;
    if (response == nullptr) {
      fail(ErrorCode::bad_input, "{}: expected a reply of the Subsonic API, found other JSON", subject);
    }
    if (text_at(*response, "status") != "ok") refuse(*response, subject);
    const json::object* const found = object_in(value_at(*response, member));
    return found ? *found : json::object{};
  }

 private:
  [[noreturn]] void refuse(const json::object& response, const std::string& subject) const {
    constexpr int kWrongPassword = 40;
    constexpr int kNotAllowed = 50;
    const json::object* const error = object_in(value_at(response, "error"));
    const int code = error ? static_cast<int>(amount_at(*error, "code")) : 0;
    const std::string message = error ? text_at(*error, "message") : "";
    const bool refused = code >= kWrongPassword && code <= kNotAllowed;
    fail(refused ? ErrorCode::unauthorised : ErrorCode::bad_input, "{}: the server answered \"{}\" ({})", subject,
         message, code);
  }

  HttpClient& server_;
  std::string user_;
  std::string salt_;
  std::string token_;
};

LibraryItem subsonic_item(const json::object& song, const ServerPaths& paths, ServerReport& report) {
  LibraryItem item;
  item.id = text_at(song, "id");
  item.title = text_at(song, "title");
  item.artist = text_at(song, "artist");
  if (item.artist.empty()) item.artist = text_at(song, "displayArtist");
  item.album = text_at(song, "album");
  item.artist_id = text_at(song, "artistId");
  item.recording_mbid = text_at(song, "musicBrainzId");
  item.isrc = first_text_at(song, "isrc");
  item.length_ms = milliseconds(1000 * amount_at(song, "duration"));
  item.size = static_cast<std::uint64_t>(std::max(0.0, amount_at(song, "size")));
  item.path = local_path(text_at(song, "path"), paths, report);
  return item;
}

// Adds the songs of a list; returns how many it had.
std::size_t add_songs(const json::object& reply, const ServerPaths& paths, std::vector<LibraryItem>& items,
                      ServerReport& report) {
  const json::array* const songs = array_in(value_at(reply, "song"));
  if (songs == nullptr) return 0;
  for (const json::value& song : *songs) {
    const json::object* const object = song.if_object();
    if (object == nullptr) continue;
    const std::string type = text_at(*object, "type");
    if (!type.empty() && type != "music") continue;  // a podcast, an audio book
    LibraryItem item = subsonic_item(*object, paths, report);
    if (!item.id.empty()) items.push_back(std::move(item));
  }
  return songs->size();
}

void check_stop(const HttpClient& server, const std::stop_token& stop) {
  if (stop.stop_requested()) fail(ErrorCode::interrupted, "{}: stopped before all songs were read", server.address());
}

}  // namespace

std::vector<LibraryItem> read_subsonic(HttpClient& server, const std::string& user, const std::string& password,
                                       const ServerPaths& paths, Progress& progress, const std::stop_token& stop,
                                       ServerReport& report) {
  Subsonic subsonic(server, user, password);
  std::vector<LibraryItem> items;
  progress.begin("songs", 0, "songs");
  // A search for nothing finds all, in OpenSubsonic.
  for (std::size_t offset = 0, found = 1; found > 0; offset += found) {
    check_stop(server, stop);
    found = add_songs(subsonic.ask("search3",
                                   {{"query", ""},
                                    {"artistCount", "0"},
                                    {"albumCount", "0"},
                                    {"songCount", std::to_string(kSongsAPage)},
                                    {"songOffset", std::to_string(offset)}},
                                   "searchResult3"),
                      paths, items, report);
    progress.update(items.size(), "");
  }
  // Older servers find nothing then: album by album.
  for (std::size_t offset = 0, found = items.empty() ? 1 : 0; found > 0; offset += found) {
    const json::object list = subsonic.ask(
        "getAlbumList2",
        {{"type", "alphabeticalByName"}, {"size", std::to_string(kSongsAPage)}, {"offset", std::to_string(offset)}},
        "albumList2");
    const json::array* const albums = array_in(value_at(list, "album"));
    found = albums == nullptr ? 0 : albums->size();
    for (std::size_t i = 0; i < found; ++i) {
      check_stop(server, stop);
      const json::object* const album = (*albums)[i].if_object();
      if (album == nullptr) continue;
      add_songs(subsonic.ask("getAlbum", {{"id", text_at(*album, "id")}}, "album"), paths, items, report);
      progress.update(items.size(), "");
    }
  }
  progress.end();
  if (items.empty()) fail(ErrorCode::bad_input, "{}: the server has no songs", server.address());
  return items;
}

}  // namespace segue::library
