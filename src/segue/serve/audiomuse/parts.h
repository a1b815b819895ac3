// Shared by the files of the routes for AudioMuse-AI's plugins.
#pragma once

#include <vector>

#include "segue/serve/api/parameters.h"
#include "segue/serve/audiomuse/audiomuse.h"
#include "segue/serve/audiomuse/item_ids.h"
#include "segue/serve/audiomuse/replies.h"

namespace segue::serve {

std::vector<Route> similar_track_routes(const ListParts& parts);   // similar_tracks, max_distance
std::vector<Route> mix_routes(const ListParts& parts);             // alchemy, sonic_fingerprint/generate
std::vector<Route> path_routes(const ListParts& parts);            // find_path
std::vector<Route> similar_artist_routes(const ListParts& parts);  // similar_artists
std::vector<Route> library_routes(const ListParts& parts);         // search_tracks, playlists
std::vector<Route> state_routes();                                 // health, active_tasks

AudioMuseTrackReply track_reply(const data::Catalogue& songs, const ItemIds& items, data::SongRow row);

}  // namespace segue::serve
