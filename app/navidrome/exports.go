//go:build wasip1

// The functions that Navidrome calls, by which it knows what a plugin can do: an agent for metadata, a provider of sonic
// similarity, a scrobbler. Each reads JSON, replies with JSON, and returns 0, or else another number and a message.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

func main() {} // never called: the host calls the exports

//go:wasmexport nd_on_init
func onInit() int32 { return answer(checkSettings) }

//go:wasmexport nd_get_similar_songs_by_track
func onSimilarSongsByTrack() int32 { return answer(similarSongsByTrack) }

//go:wasmexport nd_get_similar_songs_by_album
func onSimilarSongsByAlbum() int32 { return answer(similarSongsByAlbum) }

//go:wasmexport nd_get_similar_songs_by_artist
func onSimilarSongsByArtist() int32 { return answer(similarSongsByArtist) }

//go:wasmexport nd_get_similar_artists
func onSimilarArtists() int32 { return answer(similarArtists) }

//go:wasmexport nd_get_artist_top_songs
func onArtistTopSongs() int32 { return answer(artistTopSongs) }

//go:wasmexport nd_get_sonic_similar_tracks
func onSonicSimilarTracks() int32 { return answer(sonicSimilarTracks) }

//go:wasmexport nd_find_sonic_path
func onSonicPath() int32 { return answer(sonicPath) }

//go:wasmexport nd_scrobbler_is_authorized
func onIsAuthorized() int32 { return answer(isAuthorized) }

//go:wasmexport nd_scrobbler_now_playing
func onNowPlaying() int32 { return answer(nowPlaying) }

//go:wasmexport nd_scrobbler_scrobble
func onScrobble() int32 { return answer(scrobble) }

//go:wasmexport nd_scrobbler_playback_report
func onPlaybackReport() int32 { return answer(playbackReport) }

// Reads the input, calls, and writes the reply or the error, which is logged too: Navidrome shows errors of plugins only
// at its most detailed level. A song or artist that Segue does not know is no error but an empty reply.
func answer[Input, Reply any](call func(Input) (Reply, error)) int32 {
	reply, err := protected(call)
	if isUnknown(err) {
		logged(hostLogDebug, "segue: %v", err)
		err = nil
	}
	if err == nil {
		var text []byte
		if text, err = json.Marshal(reply); err == nil {
			output(text)
			return 0
		}
	}
	logged(hostLogError, "segue: %v", err)
	message := fmt.Sprintf("segue: %v", err)
	var refused scrobblerError
	if errors.As(err, &refused) {
		message = fmt.Sprintf("%s: %s", refused.kind, message)
	}
	hostSetError(lend([]byte(message)))
	return 1
}

func protected[Input, Reply any](call func(Input) (Reply, error)) (reply Reply, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("internal error: %v", fault)
		}
	}()
	var request Input
	if err := json.Unmarshal(input(), &request); err != nil {
		return reply, fmt.Errorf("unexpected input from Navidrome: %w", err)
	}
	return call(request)
}
