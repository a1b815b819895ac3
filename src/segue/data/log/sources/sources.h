// The sources, grouped in files by the product they come from.
#pragma once

#include "segue/data/log/sources/source.h"

namespace segue::data {

const Source& spotify_account();
const Source& spotify_extended();
const Source& spotify_playlists();
const Source& listenbrainz();
const Source& listenbrainz_spark();
const Source& lastfm_csv();
const Source& lastfm_bare();
const Source& lastfm_json();
const Source& lastfm_stats();
const Source& maloja();
const Source& koito();
const Source& pano_scrobbler();
const Source& scrobbler_log();
const Source& apple_music();
const Source& apple_music_daily();
const Source& tidal();
const Source& deezer();
const Source& youtube_music();
const Source& million_playlists();
const Source& jspf();
const Source& player_playlist();

}  // namespace segue::data
