#include "segue/serve/audiomuse/audiomuse.h"

#include "segue/serve/audiomuse/parts.h"

namespace segue::serve {

namespace {

Reply write_plugin_error(int status, std::string_view, std::string_view message) {
  Reply reply = json_reply(AudioMuseErrorReply{message}, status).reply;
  if (status == 503 || status == 507) reply.headers.push_back({"Retry-After", "5"});
  return reply;
}

}  // namespace

// constinit: nothing runs at start-up, so nothing can throw.
// NOLINTNEXTLINE(bugprone-throwing-static-initialization)
constinit const ErrorForm kAudioMuseErrors = {&shape_of<AudioMuseErrorReply>(), write_plugin_error};

std::vector<Route> audiomuse_routes(const ListParts& parts) {
  std::vector<Route> routes;
  for (const auto& group : {similar_track_routes(parts), mix_routes(parts), path_routes(parts),
                            similar_artist_routes(parts), library_routes(parts), state_routes()}) {
    routes.insert(routes.end(), group.begin(), group.end());
  }
  for (Route& route : routes) {
    route.errors = &kAudioMuseErrors;
    route.ignores_others = true;
  }
  return routes;
}

AudioMuseTrackReply track_reply(const data::Catalogue& songs, const ItemIds& items, data::SongRow row) {
  const data::Song song = songs.song(row);
  return {items.id_of(row), song.title, song.artist, song.album, song.artist};
}

}  // namespace segue::serve
