// The routes that AudioMuse-AI's plugins for music servers call, so that Navidrome, Jellyfin and Lyrion can ask Segue
// without new code on their side. docs/music-servers.md lists who calls what and how the replies differ.
//
// A list continues what the listener just heard: their session, as their player submitted it (listenbrainz/), and then
// the song asked about. It repeats nothing that the listener was given before (given_songs.h). Errors have the form
// that the plugins read, {"error": "..."}.
#pragma once

#include <vector>

#include "segue/serve/api/routes.h"
#include "segue/serve/http/router.h"
#include "segue/serve/lists/list_parts.h"

namespace segue::serve {

std::vector<Route> audiomuse_routes(const ListParts& parts);

// {"error": "..."}
extern const ErrorForm kAudioMuseErrors;

}  // namespace segue::serve
