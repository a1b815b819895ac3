// GET /api/search_tracks, /api/playlists
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/serve/audiomuse/parts.h"
#include "segue/serve/guarded_store.h"
#include "segue/serve/offered_songs.h"

namespace segue::serve {

struct SearchTracksOptions {
  std::string search_query{};
  std::string title{};
  std::string artist{};
  std::uint32_t start = 0;
  std::uint32_t end = 0;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::SearchTracksOptions> {
  static constexpr std::string_view section = "search_tracks";
  static constexpr std::array rows = {
      option<&serve::SearchTracksOptions::search_query>("search_query", "Words of artist and title, or an id"),
      option<&serve::SearchTracksOptions::title>("title", "Without search_query: words of the title"),
      option<&serve::SearchTracksOptions::artist>("artist", "Without search_query: words of the artist"),
      option<&serve::SearchTracksOptions::start>("start", "How many of the found songs to skip", between(0, 10'000)),
      option<&serve::SearchTracksOptions::end>("end", "The number of the first song not to return; 0: 20 after start",
                                               between(0, 10'500)),
  };
};
SEGUE_CHECK_OPTIONS(serve::SearchTracksOptions);

}  // namespace segue

namespace segue::serve {

namespace {

constexpr std::uint32_t kFoundByDefault = 20;
constexpr std::uint32_t kMostFound = 500;
constexpr std::size_t kMostPlaylists = 100;
constexpr std::size_t kSongsOfPlaylist = 25;

ListReply<AudioMuseTrackReply> search_tracks(const ListParts& parts, const Exchange& exchange) {
  SearchTracksOptions options;
  read_query(exchange, options);
  std::string words = options.search_query;
  if (words.empty())
    words = options.artist + (options.artist.empty() || options.title.empty() ? "" : " ") + options.title;
  const std::uint32_t end =
      options.end == 0 ? options.start + kFoundByDefault : std::min(options.end, options.start + kMostFound);
  const ModelPointer served = model_for(parts.service, exchange);
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  std::vector<AudioMuseTrackReply> replies;
  if (words.empty() || end <= options.start) return json_list(replies);
  // What a library lacks or a catalogue does not offer is passed over, so more is looked for.
  const OfferedSongs offered(parts.service.catalogue, served, {}, served->playable());
  const std::uint32_t wanted = offered.keeps() != nullptr ? kMostFound : end;
  std::vector<data::SongRow> found = on_own_files([&] { return served->search.search(words, std::max(wanted, end)); });
  std::erase_if(found, [&](data::SongRow row) { return !offered.has(row); });
  if (found.size() > end) found.resize(end);
  for (std::size_t i = options.start; i < found.size(); ++i) {
    replies.push_back(track_reply(served->model.songs(), *items, found[i]));
  }
  return json_list(replies);
}

json::object song_of_playlist(const data::Catalogue& songs, const ItemIds& items, data::SongRow row) {
  const data::Song song = songs.song(row);
  return {{"item_id", items.id_of(row)}, {"title", song.title}, {"author", song.artist}};
}

// The most played songs of each region of the map, by the region's name.
json::object playlists_of_regions(const ServedModel& served, const ItemIds& items, const OfferedSongs& offered) {
  const layout::SongMap* const map = served.model.map();
  json::object playlists;
  if (map == nullptr) return playlists;
  std::map<std::string, json::array> by_name;
  for (data::SongRow row = 0; row < served.model.songs().size(); ++row) {
    const std::int32_t region = map->region[row];
    if (region == layout::kNoRegion || !offered.has(row)) continue;
    const std::string& label = map->regions[static_cast<std::size_t>(region)].label;
    if (label.empty() || (by_name.size() >= kMostPlaylists && !by_name.contains(label))) continue;
    json::array& list = by_name[label];
    if (list.size() < kSongsOfPlaylist) list.emplace_back(song_of_playlist(served.model.songs(), items, row));
  }
  for (auto& [name, list] : by_name) playlists[name] = std::move(list);
  return playlists;
}

TypedReply<AudioMusePlaylistsReply> playlists(const ListParts& parts, const Exchange& exchange) {
  const ModelPointer served = model_for(parts.service, exchange);
  const std::unique_ptr<ItemIds> items = item_ids(*served);
  AudioMusePlaylistsReply reply;
  reply.servers.emplace_back().playlists =
      playlists_of_regions(*served, *items, OfferedSongs(parts.service.catalogue, served, {}, served->playable()));
  return json_reply(reply);
}

}  // namespace

std::vector<Route> library_routes(const ListParts& parts) {
  std::vector<Parameter> words = parameters_of<SearchTracksOptions>();
  words.push_back(model_parameter());
  std::vector<Route> routes;
  routes.push_back({.path = "/api/search_tracks",
                    .id = "searchTracks",
                    .tag = "AudioMuse-AI",
                    .summary = "Searches songs by words of artist and title",
                    .may_block = true,
                    .query = std::move(words),
                    .handle = [parts](const Exchange& exchange) { return search_tracks(parts, exchange); }});
  routes.push_back({.path = "/api/playlists",
                    .id = "getPlaylists",
                    .tag = "AudioMuse-AI",
                    .summary = "The most played songs of each region of the map",
                    .may_block = true,
                    .query = {model_parameter()},
                    .handle = [parts](const Exchange& exchange) { return playlists(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
