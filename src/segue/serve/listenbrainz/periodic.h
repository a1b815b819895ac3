// The playlists that are made for a user every week and every day.
//
//   weekly-jams         songs that the user knows and has not heard lately
//   weekly-exploration  songs that the user never played
//   daily-jams          songs that the user knows, for today
//
// A playlist is made when somebody first asks in its week or day, and kept in the store: for the rest of that time
// everybody gets the same one, whatever is played, reloaded or restarted meanwhile. The one before it is kept too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "segue/serve/listenbrainz/jspf.h"
#include "segue/serve/lists/list_parts.h"
#include "segue/serve/models.h"

namespace segue::serve {

// Those that are kept, the newest first, with those of now made first if they are missing. A user whose listens the
// model does not know has none. Throws as the store and the recommender do.
std::vector<ListedPlaylist> periodic_playlists(const ListParts& parts, const ModelPointer& served,
                                               const std::string& user);

// A playlist that was made by periodic_playlists(); nothing if none of this id is kept.
std::optional<ListedPlaylist> kept_playlist(store::ListenStore& store, std::string_view id);

}  // namespace segue::serve
