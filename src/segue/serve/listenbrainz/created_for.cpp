// GET /1/user/{user}/playlists/createdfor, /1/playlist/{playlist}
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/listenbrainz/list_routes.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/periodic.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostPlaylistsOfReply = 100;

TypedReply<ListenBrainzPlaylistsReply> created_for(const ListParts& parts, const Exchange& exchange) {
  const std::string& user = own_user(exchange);
  ListenBrainzPlaylistsReply reply;
  reply.count = count_parameter(exchange, "count", kListensByDefault, kMostPlaylistsOfReply);
  reply.offset = count_parameter(exchange, "offset", 0, kNoLimit);
  const ModelPointer served = model_for(parts.service, exchange, user);
  const std::vector<ListedPlaylist> all = periodic_playlists(parts, served, user);
  reply.playlist_count = all.size();
  for (std::size_t i = reply.offset; i < all.size() && reply.playlists.size() < reply.count; ++i) {
    reply.playlists.push_back(jspf_of(all[i], JspfSongs::without));
  }
  return json_reply(reply);
}

// Somebody else's playlist is as unknown as one that does not exist.
TypedReply<ListenBrainzPlaylistReply> playlist(const ListParts& parts, const Exchange& exchange) {
  const std::string& sent = exchange.at("playlist");
  const std::string id = canonical_uuid(sent);
  if (id.empty()) {
    fail(ErrorCode::wrong_use, "Provided playlist ID is invalid: expected a UUID, found {}",
         data::printable(sent, kShownBytes));
  }
  std::optional<ListedPlaylist> kept = kept_playlist(parts.service.store, id);
  const Identity& who = exchange.who;
  const bool is_visible =
      kept && (who.admin || (who.user.empty() && !who.token_id.empty()) || list_listener(exchange).user == kept->user);
  if (!is_visible) fail(ErrorCode::not_found, "Cannot find playlist: {}", id);
  // It stays as it was made, but for songs that the catalogue has withdrawn since, for as long as it does.
  CatalogueControl& catalogue = parts.service.catalogue;
  const data::Audience audience = catalogue.audience_of({});
  std::erase_if(kept->songs, [&](const ListedSong& song) { return !catalogue.offers(song.id, audience); });
  return json_reply(jspf_of(*kept));
}

}  // namespace

std::vector<Route> created_for_routes(const ListParts& parts) {
  std::vector<Route> routes;
  routes.push_back(
      {.path = "/1/user/{user}/playlists/createdfor",
       .id = "getUserCreatedPlaylists",
       .tag = "ListenBrainz",
       .summary = "The playlists of this week and day, made for a user, without their songs",
       .query = {count_description("count", "Playlists to return; more than 100 is taken as 100", kListensByDefault),
                 count_description("offset", "Playlists to skip", 0)},
       .handle = [parts](const Exchange& exchange) { return created_for(parts, exchange); }});
  routes.push_back({.path = "/1/playlist/{playlist}",
                    .id = "getPlaylist",
                    .tag = "ListenBrainz",
                    .summary = "A playlist that was made for a user, as JSPF",
                    .handle = [parts](const Exchange& exchange) { return playlist(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
