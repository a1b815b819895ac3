#include "segue/serve/song_links.h"

#include <algorithm>
#include <array>

#include "segue/base/error.h"

namespace segue::serve {

namespace {

constexpr std::array<std::string_view, 4> kUsualLinks = {
    "MusicBrainz=https://musicbrainz.org/search?type=recording&query={artist}%20{title}",
    "ListenBrainz=https://listenbrainz.org/search/?search_type=track&search_term={artist}%20{title}",
    "Spotify=https://open.spotify.com/search/{artist}%20{title}",
    "YouTube=https://www.youtube.com/results?search_query={artist}%20{title}",
};
constexpr std::array<std::string_view, 4> kPlaces = {"id", "artist", "title", "album"};

bool is_host_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '.' || letter == '-' || letter == ':' || letter == '[' || letter == ']';
}

// After the scheme's "://".
std::size_t start_of_host(std::string_view address) {
  return address.find("://") + 3;
}

void check_web_address(std::string_view option, std::string_view address) {
  const bool is_web = address.starts_with("https://") || address.starts_with("http://");
  const std::size_t end = is_web ? std::min(address.find('/', start_of_host(address)), address.size()) : 0;
  const std::string_view host = is_web ? address.substr(start_of_host(address), end - start_of_host(address)) : "";
  if (host.empty() || !std::ranges::all_of(host, is_host_letter)) {
    fail(ErrorCode::wrong_use, "{}: expected an address that begins with https://HOST/ or http://HOST/, found {}",
         option, address);
  }
}

void check_address(std::string_view option, std::string_view address) {
  check_web_address(option, address);
  for (std::size_t open = address.find('{'); open != std::string_view::npos; open = address.find('{', open + 1)) {
    const std::size_t close = address.find('}', open);
    const std::string_view place = address.substr(open + 1, close == std::string_view::npos ? 0 : close - open - 1);
    if (std::ranges::find(kPlaces, place) != kPlaces.end()) continue;
    fail(ErrorCode::wrong_use, "{}: expected {{id}}, {{artist}}, {{title}} or {{album}} in an address, found {}",
         option, address.substr(open, close == std::string_view::npos ? close : close - open + 1));
  }
}

SongLink link_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) {
    fail(ErrorCode::wrong_use, "--song-link: expected NAME=ADDRESS or none, found {}", text);
  }
  const std::string_view address = text.substr(equals + 1);
  check_address("--song-link", address);
  return {std::string(text.substr(0, equals)), std::string(address)};
}

}  // namespace

SongLinks song_links(const std::vector<std::string>& named, std::string_view cover, std::string_view subsonic) {
  SongLinks all;
  if (!subsonic.empty()) {
    check_web_address("--subsonic", subsonic);
    all.subsonic = subsonic.substr(0, subsonic.find_last_not_of('/') + 1);
  }
  if (!cover.empty()) check_address("--song-cover", cover);
  all.cover = cover;
  if (named == std::vector<std::string>{"none"}) return all;
  for (const std::string& text : named) all.links.push_back(link_of(text));
  for (const std::string_view text : kUsualLinks) {
    if (named.empty()) all.links.push_back(link_of(text));
  }
  return all;
}

std::string origin_of(std::string_view address) {
  return std::string(address.substr(0, address.find('/', start_of_host(address))));
}

}  // namespace segue::serve
