#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/library/music_servers.h"
#include "segue/library/server_json.h"
#include "segue/library/server_paths.h"

namespace segue::library {

namespace {

constexpr std::size_t kItemsAPage = 1000;
constexpr double kTicksAMillisecond = 10'000;

// "A, B" of a list of texts.
std::string joined_texts(const json::object& object, std::string_view key) {
  std::string text;
  const json::array* const list = array_in(value_at(object, key));
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (!(*list)[i].is_string()) continue;
    if (!text.empty()) text += ", ";
    text += std::string((*list)[i].get_string());
  }
  return text;
}

LibraryItem audio_item(const json::object& audio, const ServerPaths& paths, ServerReport& report) {
  LibraryItem item;
  item.id = text_at(audio, "Id");
  item.title = text_at(audio, "Name");
  item.artist = joined_texts(audio, "Artists");
  if (item.artist.empty()) item.artist = text_at(audio, "AlbumArtist");
  item.album = text_at(audio, "Album");
  const json::array* const artists = array_in(value_at(audio, "ArtistItems"));
  if (artists != nullptr && !artists->empty() && artists->front().is_object()) {
    item.artist_id = text_at(artists->front().get_object(), "Id");
  }
  if (const json::object* const ids = object_in(value_at(audio, "ProviderIds"))) {
    // Older servers keep the recording's id as that of the track.
    item.recording_mbid = text_at(*ids, "MusicBrainzRecording");
    if (item.recording_mbid.empty()) item.recording_mbid = text_at(*ids, "MusicBrainzTrack");
  }
  item.length_ms = milliseconds(amount_at(audio, "RunTimeTicks") / kTicksAMillisecond);
  item.path = local_path(text_at(audio, "Path"), paths, report);
  return item;
}

}  // namespace

std::vector<LibraryItem> read_jellyfin(HttpClient& server, const std::string& token, const ServerPaths& paths,
                                       Progress& progress, const std::stop_token& stop, ServerReport& report) {
  const std::vector<std::string> headers = {
      fmt::format("Authorization: MediaBrowser Client=\"segue\", Device=\"segue\", DeviceId=\"segue\", Version=\"1\", "
                  "Token=\"{}\"",
                  token),
      "X-Emby-Token: " + token, "Accept: application/json"};
  const std::string subject = server.address() + "/Items";
  std::vector<LibraryItem> items;
  progress.begin("songs", 0, "songs");
  for (std::size_t offset = 0, found = 1; found > 0; offset += found) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "{}: stopped before all songs were read", subject);
    const std::vector<std::pair<std::string, std::string>> query = {{"IncludeItemTypes", "Audio"},
                                                                    {"Recursive", "true"},
                                                                    {"Fields", "Path,ProviderIds"},
                                                                    {"SortBy", "SortName"},
                                                                    {"EnableImages", "false"},
                                                                    {"EnableUserData", "false"},
                                                                    {"StartIndex", std::to_string(offset)},
                                                                    {"Limit", std::to_string(kItemsAPage)}};
    json::value reply;
    const std::string body = server.get("/Items", query, headers);
    try {
      reply = parse_json(body, subject);
    } catch (const Error&) {
      fail(ErrorCode::bad_input, "{}: expected a reply of Jellyfin, found no JSON", subject);
    }
    const json::object* const whole = reply.if_object();
    const json::array* const list = whole ? array_in(value_at(*whole, "Items")) : nullptr;
    if (list == nullptr) fail(ErrorCode::bad_input, "{}: expected a reply of Jellyfin, found other JSON", subject);
    found = list->size();
    for (const json::value& value : *list) {
      const json::object* const audio = value.if_object();
      if (audio == nullptr) continue;
      LibraryItem item = audio_item(*audio, paths, report);
      if (!item.id.empty()) items.push_back(std::move(item));
    }
    progress.update(items.size(), "");
  }
  progress.end();
  if (items.empty()) fail(ErrorCode::bad_input, "{}: the server has no songs", server.address());
  return items;
}

}  // namespace segue::library
