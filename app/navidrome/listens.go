//go:build wasip1

// What is played, sent to Segue: plays that count as such for Navidrome, songs that were skipped, the song of the moment.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strings"
)

// Errors of a scrobbler begin with one of these; Navidrome drops the play, or keeps it and tries again.
const (
	notAuthorized = "scrobbler(not_authorized)"
	retryLater    = "scrobbler(retry_later)"
	unrecoverable = "scrobbler(unrecoverable)"
)

type scrobblerError struct {
	kind string
	error
}

func (e scrobblerError) Unwrap() error { return e.error }

// A play is kept while the server cannot be reached or does not know the token or the route, which can be mended, and
// dropped if Segue refuses it for good.
func scrobblerErrorOf(err error) error {
	switch status := statusOf(err); {
	case err == nil:
		return nil
	case status == 403:
		return scrobblerError{notAuthorized, err}
	case status == 0 || status == 401 || status == 404 || status == 429 || status >= 500:
		return scrobblerError{retryLater, err}
	default:
		return scrobblerError{unrecoverable, err}
	}
}

type playedTrack struct {
	ID        string      `json:"id"`
	Title     string      `json:"title"`
	Album     string      `json:"album"`
	Artist    string      `json:"artist"`
	Artists   []artistRef `json:"artists"`
	Duration  float64     `json:"duration"` // seconds
	Recording string      `json:"mbzRecordingId"`
}

// A listen as POST /v1/listens takes it.
type listen struct {
	User      string `json:"user"`
	At        int64  `json:"listened_at"` // the start, in seconds since 1970
	Artist    string `json:"artist"`
	Title     string `json:"title"`
	Album     string `json:"release,omitempty"`
	Recording string `json:"recording_mbid,omitempty"`
	Skipped   bool   `json:"skipped,omitempty"`
}

// Navidrome's id is left out: the names identify the song, in this library and in the listens of others.
func listenOf(user string, track playedTrack, at int64) listen {
	return listen{
		User:      user,
		At:        at,
		Artist:    creditOf(track.Artist, track.Artists),
		Title:     track.Title,
		Album:     track.Album,
		Recording: uuidOrNone(track.Recording),
	}
}

// Tags may hold anything, and Segue refuses a listen for a malformed id.
func uuidOrNone(text string) string {
	digits := strings.ReplaceAll(text, "-", "")
	isHex := strings.Trim(strings.ToLower(digits), "0123456789abcdef") == ""
	if len(text) != 36 || len(digits) != 32 || !isHex {
		return ""
	}
	return text
}

func (s service) submit(listens []listen) error {
	if listens == nil {
		listens = []listen{}
	}
	var counts struct {
		Added int `json:"added"`
	}
	return s.post("/v1/listens", map[string]any{"listens": listens}, &counts)
}

type userRequest struct {
	User string `json:"username"`
}

// Whether plays of this user are to be sent. Navidrome keeps a play that cannot be delivered, but only of users for whom
// this is true: so it is false only if Segue says that the token belongs to somebody else.
func isAuthorized(request userRequest) (bool, error) {
	segue, err := configured()
	if err != nil {
		return false, err
	}
	var history map[string]any
	err = segue.get("/v1/users/"+url.PathEscape(request.User)+"/history", url.Values{"history": {"1"}}, &history)
	if statusOf(err) == 403 {
		logged(hostLogDebug, "segue: plays of %s are not sent: %v", request.User, err)
		return false, nil
	}
	return true, nil
}

type nowPlayingRequest struct {
	User  string      `json:"username"`
	Track playedTrack `json:"track"`
}

// Only a user's token can say what plays now.
func nowPlaying(request nowPlayingRequest) (struct{}, error) {
	var none struct{}
	segue, err := configured()
	if err != nil {
		return none, scrobblerErrorOf(err)
	}
	info := map[string]any{"media_player": "Navidrome", "submission_client": "Segue"}
	if recording := uuidOrNone(request.Track.Recording); recording != "" {
		info["recording_mbid"] = recording
	}
	if seconds := int64(request.Track.Duration); seconds > 0 {
		info["duration"] = seconds
	}
	metadata := map[string]any{
		"artist_name":     creditOf(request.Track.Artist, request.Track.Artists),
		"track_name":      request.Track.Title,
		"release_name":    request.Track.Album,
		"additional_info": info,
	}
	body := map[string]any{"listen_type": "playing_now", "payload": []any{map[string]any{"track_metadata": metadata}}}
	var status map[string]any
	err = segue.post("/1/submit-listens", body, &status)
	if statusOf(err) == 403 {
		logged(hostLogDebug, "segue: what plays now is not sent: %v", err)
		return none, nil
	}
	return none, scrobblerErrorOf(err)
}

type scrobbleRequest struct {
	User  string      `json:"username"`
	Track playedTrack `json:"track"`
	At    int64       `json:"timestamp"`
}

func scrobble(request scrobbleRequest) (struct{}, error) {
	segue, err := configured()
	if err == nil {
		err = segue.submit([]listen{listenOf(request.User, request.Track, request.At)})
	}
	return struct{}{}, scrobblerErrorOf(err)
}

type playbackRequest struct {
	User       string      `json:"username"`
	Track      playedTrack `json:"track"`
	State      string      `json:"state"`
	PositionMs int64       `json:"positionMs"`
	Rate       float64     `json:"playbackRate"`
	Player     string      `json:"playerId"`
	At         int64       `json:"timestamp"` // of this report
}

// What a player reported last, kept between reports.
type playback struct {
	Track    playedTrack `json:"track"`
	Started  int64       `json:"started"`
	Position float64     `json:"position"` // in seconds
	Rate     float64     `json:"rate"`     // 0 while it is paused
	At       int64       `json:"at"`
}

func playbackOf(request playbackRequest) playback {
	position := float64(request.PositionMs) / 1000
	rate := request.Rate
	if rate <= 0 {
		rate = 1
	}
	now := playback{Track: request.Track, Started: request.At - int64(math.Round(position/rate)), Position: position,
		Rate: rate, At: request.At}
	if request.State == "paused" {
		now.Rate = 0
	}
	return now
}

// How far it is at a time, in seconds of the song.
func (p playback) positionAt(time int64) float64 {
	return p.Position + max(float64(time-p.At), 0)*p.Rate
}

// As segue ingest decides (--min-played), and Navidrome would count the play from half of the song on.
func isSkip(track playedTrack, position float64) bool {
	const minPlayed = 30
	if track.Duration <= 0 {
		return position < minPlayed
	}
	return position < min(minPlayed, track.Duration/2)
}

// A song is skipped if it stops early, or if the player reports another one before: many never say that a song stops.
func playbackReport(request playbackRequest) (struct{}, error) {
	var none struct{}
	if setting("skips") == "false" {
		return none, nil
	}
	const kept = 3600
	key := fmt.Sprintf("playing %s %s", request.User, request.Player)
	before, isKnown := lastReported(key)
	now := playbackOf(request)
	isSame := isKnown && before.Track.ID == request.Track.ID
	if isSame {
		now.Started = before.Started
	}
	switch request.State {
	case "starting", "playing", "paused":
		text, err := json.Marshal(now)
		if err == nil {
			err = remember(key, string(text), kept)
		}
		if err != nil {
			return none, err
		}
		if isKnown && !isSame && isSkip(before.Track, before.positionAt(request.At)) {
			return none, sendSkip(request.User, before)
		}
	case "stopped":
		if err := forget(key); err != nil {
			return none, err
		}
		if isSkip(now.Track, now.Position) {
			return none, sendSkip(request.User, now)
		}
	default: // expired: nobody knows how far it got
		return none, forget(key)
	}
	return none, nil
}

func lastReported(key string) (playback, bool) {
	var last playback
	text, err := remembered(key)
	if err != nil || text == "" || json.Unmarshal([]byte(text), &last) != nil {
		return playback{}, false
	}
	return last, true
}

// Navidrome does not repeat a report: a skip that cannot be delivered is lost.
func sendSkip(user string, skipped playback) error {
	sent := listenOf(user, skipped.Track, skipped.Started)
	sent.Skipped = true
	segue, err := configured()
	if err == nil {
		err = segue.submit([]listen{sent})
	}
	return scrobblerErrorOf(err)
}
