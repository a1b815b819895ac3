//go:build wasip1

// Similar songs and artists, top songs and paths.
package main

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	mostInReply  = 1000 // of Segue's routes
	mostInPath   = 100
	songsOfWords = 500 // looked through for those of an artist
)

type artistRef struct {
	Name string `json:"name"`
}

// A song as Navidrome names it to a plugin, and a plugin to Navidrome: which finds it by id, or else by its names.
type songRef struct {
	ID      string      `json:"id,omitempty"`
	Name    string      `json:"name"`
	Artist  string      `json:"artist,omitempty"`
	Artists []artistRef `json:"artists,omitempty"`
	Album   string      `json:"album,omitempty"`
}

// All names, as catalogues write them. Navidrome's own text for display has bullets between them.
func creditOf(artist string, artists []artistRef) string {
	if len(artists) == 0 {
		return strings.ReplaceAll(artist, " • ", ", ")
	}
	names := make([]string, len(artists))
	for i, one := range artists {
		names[i] = one.Name
	}
	return strings.Join(names, ", ")
}

// A song of Segue's routes for music servers.
type track struct {
	ID       string  `json:"item_id"`
	Title    string  `json:"title"`
	Artist   string  `json:"author"`
	Album    string  `json:"album"`
	Distance float64 `json:"distance"`
}

func (t track) ref() songRef {
	return songRef{ID: t.ID, Name: t.Title, Artist: t.Artist, Album: t.Album}
}

type songsReply struct {
	Songs []songRef `json:"songs"`
}

func songsOf(tracks []track) songsReply {
	reply := songsReply{Songs: []songRef{}}
	for _, one := range tracks {
		reply.Songs = append(reply.Songs, one.ref())
	}
	return reply
}

// As many as asked for, and as Segue gives at once.
func counted(wanted int32, most int) string {
	return strconv.Itoa(min(max(int(wanted), 1), most))
}

type songsRequest struct {
	ID     string `json:"id"`
	Name   string `json:"name"` // of the track, album or artist
	Artist string `json:"artist"`
	Count  int32  `json:"count"`
}

func similarSongsByTrack(request songsRequest) (songsReply, error) {
	segue, err := configured()
	if err != nil {
		return songsReply{}, err
	}
	tracks, err := segue.after(songRef{ID: request.ID, Name: request.Name, Artist: request.Artist}, request.Count)
	return songsOf(tracks), err
}

// Songs to play after one, by its id if Segue has a library of this server, or else by its names.
func (s service) after(song songRef, count int32) ([]track, error) {
	var tracks []track
	query := url.Values{"item_id": {song.ID}, "n": {counted(count, mostInReply)}}
	err := s.get("/api/similar_tracks", query, &tracks)
	if isUnknown(err) {
		query.Del("item_id")
		query.Set("title", song.Name)
		query.Set("artist", creditOf(song.Artist, song.Artists))
		err = s.get("/api/similar_tracks", query, &tracks)
	}
	return tracks, err
}

type mixItem struct {
	ID        string `json:"id"`
	Operation string `json:"op"`
	Kind      string `json:"type"`
}

// Songs to play after all of these.
func (s service) mixed(items []mixItem, count int32) ([]track, error) {
	var reply struct {
		Results []track `json:"results"`
	}
	n := min(max(int(count), 1), mostInReply)
	err := s.post("/api/alchemy", map[string]any{"items": items, "n": n}, &reply)
	return reply.Results, err
}

func (s service) afterArtist(name string, count int32) ([]track, error) {
	return s.mixed([]mixItem{{name, "ADD", "artist"}}, count)
}

func similarSongsByArtist(request songsRequest) (songsReply, error) {
	segue, err := configured()
	if err != nil {
		return songsReply{}, err
	}
	tracks, err := segue.afterArtist(request.Name, request.Count)
	return songsOf(tracks), err
}

// After the songs of the album; if Segue does not know the album, after its artist's.
func similarSongsByAlbum(request songsRequest) (songsReply, error) {
	segue, err := configured()
	if err != nil {
		return songsReply{}, err
	}
	artist := creditOf(request.Artist, nil)
	songs, err := segue.songsOfAlbum(request.Name, artist)
	if err != nil {
		return songsReply{}, err
	}
	if len(songs) == 0 {
		tracks, err := segue.afterArtist(artist, request.Count)
		return songsOf(tracks), err
	}
	tracks, err := segue.mixed(songs, request.Count)
	return songsOf(tracks), err
}

// None if Segue does not know the album.
func (s service) songsOfAlbum(name, artist string) ([]mixItem, error) {
	var reply struct {
		TakenAs []struct {
			Songs []string `json:"songs"`
		} `json:"taken_as"`
	}
	seeds := []string{"album:" + artist + " - " + name}
	err := s.post("/v1/recommendations", map[string]any{"seeds": seeds, "k": 1, "mode": "any"}, &reply)
	if status := statusOf(err); status == 400 || status == 404 || status == 422 {
		return nil, nil
	}
	var items []mixItem
	for _, seed := range reply.TakenAs {
		for _, id := range seed.Songs {
			items = append(items, mixItem{id, "ADD", "song"})
		}
	}
	return items, err
}

type artistsRequest struct {
	Name  string `json:"name"`
	Limit int32  `json:"limit"`
}

type artistsReply struct {
	Artists []artistRef `json:"artists"`
}

func similarArtists(request artistsRequest) (artistsReply, error) {
	reply := artistsReply{Artists: []artistRef{}}
	segue, err := configured()
	if err != nil {
		return reply, err
	}
	var found []struct {
		Name string `json:"artist"`
	}
	query := url.Values{"artist": {request.Name}, "n": {counted(request.Limit, mostInReply)}}
	err = segue.get("/api/similar_artists", query, &found)
	for _, one := range found {
		reply.Artists = append(reply.Artists, artistRef{Name: one.Name})
	}
	return reply, err
}

type catalogueSong struct {
	Title  string  `json:"title"`
	Artist string  `json:"artist"`
	Album  string  `json:"album"`
	Plays  float64 `json:"plays"`
}

// Whether the artist is the whole credit, or one of the names between its commas.
func (song catalogueSong) isBy(artist string) bool {
	names := append(strings.Split(song.Artist, ", "), song.Artist)
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, artist) })
}

// The artist's songs that people play most.
func artistTopSongs(request songsRequest) (songsReply, error) {
	reply := songsReply{Songs: []songRef{}}
	segue, err := configured()
	if err != nil {
		return reply, err
	}
	var found struct {
		Items []catalogueSong `json:"items"`
	}
	query := url.Values{"q": {request.Name}, "limit": {strconv.Itoa(songsOfWords)}}
	if err := segue.get("/v1/songs", query, &found); err != nil {
		return reply, err
	}
	songs := slices.DeleteFunc(found.Items, func(song catalogueSong) bool { return !song.isBy(request.Name) })
	slices.SortStableFunc(songs, func(a, b catalogueSong) int { return cmp.Compare(b.Plays, a.Plays) })
	for _, song := range songs[:min(len(songs), max(int(request.Count), 1))] {
		reply.Songs = append(reply.Songs, songRef{Name: song.Title, Artist: song.Artist, Album: song.Album})
	}
	return reply, nil
}

type sonicMatch struct {
	Song       songRef `json:"song"`
	Similarity float64 `json:"similarity"` // from 0 to 1
}

type sonicReply struct {
	Matches []sonicMatch `json:"matches"`
}

func matchesOf(tracks []track) sonicReply {
	reply := sonicReply{Matches: []sonicMatch{}}
	for _, one := range tracks {
		similarity := min(max(1-one.Distance, 0), 1)
		reply.Matches = append(reply.Matches, sonicMatch{one.ref(), similarity})
	}
	return reply
}

type sonicRequest struct {
	Song  songRef `json:"song"`
	Count int32   `json:"count"`
}

func sonicSimilarTracks(request sonicRequest) (sonicReply, error) {
	segue, err := configured()
	if err != nil {
		return matchesOf(nil), err
	}
	tracks, err := segue.after(request.Song, request.Count)
	return matchesOf(tracks), err
}

type pathRequest struct {
	Start songRef `json:"startSong"`
	End   songRef `json:"endSong"`
	Count int32   `json:"count"`
}

func sonicPath(request pathRequest) (sonicReply, error) {
	segue, err := configured()
	if err != nil {
		return matchesOf(nil), err
	}
	tracks, err := segue.path(request.Start.ID, request.End.ID, request.Count)
	if isUnknown(err) {
		start, end := segue.idOf(request.Start), segue.idOf(request.End)
		if start != "" && end != "" {
			tracks, err = segue.path(start, end, request.Count)
		}
	}
	return matchesOf(tracks), err
}

func (s service) path(start, end string, count int32) ([]track, error) {
	var reply struct {
		Path []track `json:"path"`
	}
	const least = 2 // both ends
	query := url.Values{"start_song_id": {start}, "end_song_id": {end}, "max_steps": {counted(max(count, least), mostInPath)}}
	err := s.get("/api/find_path", query, &reply)
	return reply.Path, err
}

// Segue's id of a song with these names, "" if there is none.
func (s service) idOf(song songRef) string {
	var found []track
	artist := creditOf(song.Artist, song.Artists)
	query := url.Values{"artist": {artist}, "title": {song.Name}, "end": {"20"}}
	if err := s.get("/api/search_tracks", query, &found); err != nil {
		return ""
	}
	for _, one := range found {
		if strings.EqualFold(one.Title, song.Name) && strings.EqualFold(one.Artist, artist) {
			return one.ID
		}
	}
	return ""
}
