// The sources, grouped in files by the product they come from.
#pragma once

#include "segue/data/log/sources/source.h"

namespace segue::data {

extern const Source kSpotifyAccount;
extern const Source kSpotifyExtended;
extern const Source kSpotifyPlaylists;
extern const Source kListenBrainz;
extern const Source kListenBrainzSpark;
extern const Source kLastfmCsv;
extern const Source kLastfmBare;
extern const Source kLastfmJson;
extern const Source kLastfmStats;
extern const Source kMaloja;
extern const Source kKoito;
extern const Source kPanoScrobbler;
extern const Source kScrobblerLog;
extern const Source kAppleMusic;
extern const Source kAppleMusicDaily;
extern const Source kTidal;
extern const Source kDeezer;
extern const Source kYouTubeMusic;
extern const Source kMillionPlaylists;
extern const Source kJspf;
extern const Source kPlayerPlaylist;

}  // namespace segue::data
