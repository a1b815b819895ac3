"""The plugin for Navidrome works against `segue serve`: every call that Navidrome makes, with the members that it sends.

Navidrome finds songs of a reply by the id of its own library, so Segue has a library of it. docs/navidrome.md.
"""

import contextlib
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

from navidrome_host import Host, PluginError
from server import Server, make_model

SEGUE, MAKE_MODEL, PACKAGE = sys.argv[1:4]
SONGS = 200
ROOT = pathlib.Path(__file__).resolve().parents[2]
ARTISTS = {"Kendrick Lamar": "HUMBLE", "أم كلثوم": "إنت عمري", "Björk": "Jóga", "Bill Evans": "Waltz for Debby"}
EXPORTS = """nd_on_init nd_get_similar_songs_by_track nd_get_similar_songs_by_album nd_get_similar_songs_by_artist
    nd_get_similar_artists nd_get_artist_top_songs nd_get_sonic_similar_tracks nd_find_sonic_path
    nd_scrobbler_is_authorized nd_scrobbler_now_playing nd_scrobbler_scrobble nd_scrobbler_playback_report""".split()


class Track:
    """A song of Navidrome's library: two of three that the model has (the small model of tests/support)."""

    def __init__(self, number):
        names = list(ARTISTS.items())
        self.artist, title = names[number % 4]
        self.title = title if number < 4 else f"{title} {number // 4 + 1}"
        self.album = f"Album {number % 4}"
        self.id = f"nd{number:04}"

    def subsonic(self):
        return {"id": self.id, "title": self.title, "artist": self.artist, "album": self.album, "isDir": False,
                "duration": 200, "artistId": f"ar-{self.artist}"}

    def by_track(self, count=10):
        return {"id": self.id, "name": self.title, "artist": self.artist, "count": count}

    def reference(self):
        return {"id": self.id, "name": self.title, "artist": self.artist, "album": self.album, "duration": 200,
                "durationMs": 200000, "artists": [{"id": "a1", "name": self.artist, "role": "artist"}]}

    def played(self):
        return {"id": self.id, "title": self.title, "album": self.album, "artist": self.artist,
                "albumArtist": self.artist, "artists": [{"id": "a1", "name": self.artist}], "albumArtists": [],
                "duration": 200.5, "trackNumber": 1, "discNumber": 1, "mbzRecordingId": "no uuid"}


LIBRARY = {track.id: track for track in map(Track, (number for number in range(SONGS - 1) if number % 3 != 1))}
TRACKS = list(LIBRARY.values())
ELSEWHERE = Track(1)  # known to the model, not in the library


@contextlib.contextmanager
def subsonic_server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            is_first = "songOffset=0" in self.path
            songs = [track.subsonic() for track in TRACKS] if is_first else []
            reply = {"subsonic-response": {"status": "ok", "version": "1.16.1", "searchResult3": {"song": songs}}}
            body = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def make_library(folder):
    library, password = folder / "library.arrow", folder / "password"
    password.write_text("secret")
    with subsonic_server() as url:
        done = subprocess.run([SEGUE, "library", "from", "subsonic", url, "--user", "ann", "--password-file", password,
                               "-o", library], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return library


def known_songs(songs, count):
    """The songs of a reply, which Navidrome finds by id, under the names that it has for them."""
    assert 0 < len(songs) <= count, songs
    for song in songs:
        track = LIBRARY[song["id"]]
        assert (song["name"], song["artist"]) == (track.title, track.artist), song
    ids = [song["id"] for song in songs]
    assert len(set(ids)) == len(ids), ids
    return ids


def check_package(host, folder):
    again = folder / "again.ndp"
    subprocess.run([ROOT / "app/navidrome/package", again], check=True, timeout=300)
    assert again.read_bytes() == pathlib.Path(PACKAGE).read_bytes(), "a package built again differs"
    version = subprocess.run([SEGUE, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    assert version.split()[1] == host.manifest["version"], (version, host.manifest)
    settings = host.manifest["config"]["schema"]["properties"]
    page = (ROOT / "docs/navidrome.md").read_text()
    assert all(f"| `{name}` |" in page for name in settings), settings
    for name in EXPORTS:
        assert host.has(name), f"{name} is not exported"
    for name in ("nd_get_artist_biography", "nd_lyrics_get_lyrics", "nd_scheduler_callback"):
        assert not host.has(name), f"{name} is exported"


def check_similar_songs(host):
    track = TRACKS[3]
    songs = known_songs(host.call("nd_get_similar_songs_by_track", track.by_track())["songs"], 10)
    assert len(songs) == 10 and track.id not in songs, songs
    again = known_songs(host.call("nd_get_similar_songs_by_track", track.by_track())["songs"], 10)
    assert not set(songs) & set(again), "a list repeats songs of the one before"
    unknown_id = {**track.by_track(), "id": "an id that Segue does not have"}
    assert len(known_songs(host.call("nd_get_similar_songs_by_track", unknown_id)["songs"], 10)) == 10
    assert len(known_songs(host.call("nd_get_similar_songs_by_track", ELSEWHERE.by_track(3))["songs"], 3)) == 3
    nowhere = {"id": "x", "name": "No such song", "artist": "Nobody", "count": 3}
    assert host.call("nd_get_similar_songs_by_track", nowhere) == {"songs": []}

    by_artist = {"id": "ar", "name": "Björk", "count": 12}
    assert len(known_songs(host.call("nd_get_similar_songs_by_artist", by_artist)["songs"], 12)) > 5
    assert host.call("nd_get_similar_songs_by_artist", {**by_artist, "name": "Nobody"}) == {"songs": []}

    by_album = {"id": "al", "name": "Album 2", "artist": "Björk", "count": 12}
    host.requests.clear()
    assert len(known_songs(host.call("nd_get_similar_songs_by_album", by_album)["songs"], 12)) > 5
    assert len(host.requests) == 2, host.requests  # what the album has, and what to play after that
    unknown = {**by_album, "name": "Bonus: Disc 2:3"}
    assert len(known_songs(host.call("nd_get_similar_songs_by_album", unknown)["songs"], 12)) > 5
    assert host.call("nd_get_similar_songs_by_album", {**unknown, "artist": "Nobody"}) == {"songs": []}


def check_artists(host):
    artists = host.call("nd_get_similar_artists", {"id": "ar", "name": "Björk", "limit": 2})["artists"]
    assert len(artists) == 2 and all(artist["name"] in ARTISTS for artist in artists), artists
    assert {"name": "Björk"} not in artists
    assert host.call("nd_get_similar_artists", {"name": "Nobody", "limit": 2}) == {"artists": []}

    songs = host.call("nd_get_artist_top_songs", {"id": "ar", "name": "bJörk", "count": 3})["songs"]
    assert [song["name"] for song in songs] == ["Jóga", "Jóga 2", "Jóga 3"], songs  # by plays
    assert {song["artist"] for song in songs} == {"Björk"}, songs
    assert host.call("nd_get_artist_top_songs", {"name": "Nobody", "count": 3}) == {"songs": []}


def check_sonic(host):
    track, other = TRACKS[5], TRACKS[40]
    matches = host.call("nd_get_sonic_similar_tracks", {"song": track.reference(), "count": 8})["matches"]
    assert len(known_songs([match["song"] for match in matches], 8)) == 8
    assert all(0 <= match["similarity"] <= 1 for match in matches), matches
    assert len({match["similarity"] for match in matches}) > 1, matches

    path = host.call("nd_find_sonic_path", {"startSong": track.reference(), "endSong": other.reference(), "count": 6})
    ids = known_songs([match["song"] for match in path["matches"]], 6)
    assert ids[0] == track.id and ids[-1] == other.id, ids
    assert path["matches"][0]["similarity"] == 1, path
    unknown_ids = {"startSong": {**track.reference(), "id": "x"}, "endSong": {**other.reference(), "id": "y"}, "count": 6}
    by_names = host.call("nd_find_sonic_path", unknown_ids)["matches"]
    assert [match["song"]["id"] for match in by_names][::len(by_names) - 1] == [track.id, other.id], by_names
    nowhere = {**other.reference(), "id": "x", "name": "No such song"}
    assert host.call("nd_find_sonic_path", {**unknown_ids, "endSong": nowhere}) == {"matches": []}


def stored(server, secret, user):
    """(listened_at, title) of the listens of a user, newest first."""
    status, _, body = server.ask("GET", f"/v1/users/{user}/history?history=50", token=secret)
    assert status == 200, body
    return [(item["listened_at"], item["title"]) for item in body["items"]]


def exported_skips(store, user):
    """(listened_at, title) of the skips of a user, as `segue ingest` gets them."""
    with tempfile.TemporaryDirectory() as folder:
        lines = pathlib.Path(folder) / "listens.jsonl"
        done = subprocess.run([SEGUE, "listens", "export", user, "--store", store, "-o", lines], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        rows = [json.loads(line) for line in lines.read_text().splitlines()]
    return [(row["listened_at"], row["title"]) for row in rows if row.get("skipped")]


def check_scrobbles(host, server, secret, user, now):
    track = TRACKS[7]
    assert host.call("nd_scrobbler_is_authorized", {"username": user}) is True
    assert host.call("nd_scrobbler_scrobble", {"username": user, "track": track.played(), "timestamp": now - 300}) == {}
    assert stored(server, secret, user)[0] == (now - 300, track.title)
    _, _, history = server.ask("GET", f"/v1/users/{user}/history?history=1", token=secret)
    assert history["items"][0]["song"]["title"] == track.title, "the model does not know what was played"
    assert host.call("nd_scrobbler_now_playing", {"username": user, "track": track.played(), "position": 3}) == {}


class Player:
    """Sends reports of one player, and reads which skips they became."""

    def __init__(self, host, store, user, name="player"):
        self.host, self.store, self.user, self.name = host, store, user, name

    def report(self, state, track, position, at, rate=1.0):
        reply = self.host.call("nd_scrobbler_playback_report", {
            "username": self.user, "track": track.played(), "state": state, "positionMs": int(1000 * position),
            "playbackRate": rate, "playerId": self.name, "playerName": "Some player", "timestamp": at})
        assert reply == {}, reply

    def skips(self):
        return exported_skips(self.store, self.user)


def check_skips(host, server, now):
    player = Player(host, server.store, "ann")
    first, second, third, fourth = TRACKS[10:14]
    at = now - 3000
    player.report("starting", first, 0, at)
    player.report("playing", first, 0, at)
    assert player.skips() == []
    player.report("stopped", first, 12, at + 12)
    expected = [(at, first.title)]
    assert player.skips() == expected

    player.report("playing", second, 0, at + 100)
    player.report("stopped", second, 31, at + 131)  # long enough
    player.report("playing", third, 0, at + 140)
    player.report("stopped", third, 190, at + 145)  # after a jump to its end
    player.report("playing", second, 0, at + 146)
    player.report("expired", second, 0, at + 500)  # nobody knows how far it got
    assert player.skips() == expected

    player.report("playing", second, 0, at + 600)
    player.report("playing", third, 0, at + 608)  # the next song without the end of the one before
    expected.append((at + 600, second.title))
    assert player.skips() == expected
    player.report("playing", third, 60, at + 638)  # at another place of the song
    player.report("playing", fourth, 0, at + 640)
    assert player.skips() == expected
    player.report("paused", fourth, 5, at + 645)
    player.report("playing", first, 0, at + 1645)  # after a long pause at the fifth second
    expected.append((at + 640, fourth.title))
    assert player.skips() == expected

    other = Player(host, server.store, "ann", "another player")
    other.report("playing", second, 0, at + 1646)
    assert other.skips() == expected, "players are taken for one"
    player.report("stopped", first, 198, at + 1843)
    assert player.skips() == expected
    assert not set(player.skips()) & set(stored(server, host.config["token"], "ann")), "a skip counts as a listen"

    host.config["skips"] = False
    other.report("stopped", second, 3, at + 1649)
    del host.config["skips"]
    assert other.skips() == expected

    skipped = {title for _, title in expected}
    songs = [host.call("nd_get_similar_songs_by_track", track.by_track(20))["songs"] for track in TRACKS[:2]]
    assert not skipped & {song["name"] for some in songs for song in some}, "a song comes back that was just skipped"


def failure(host, function, request):
    try:
        reply = host.call(function, request)
    except PluginError as error:
        return str(error)
    raise AssertionError(f"{function} replied {reply}")


def calls(user="ann"):
    """A request for each export."""
    track = TRACKS[0]
    report = {"username": user, "track": track.played(), "state": "stopped", "positionMs": 3000, "playbackRate": 1,
              "playerId": "p", "playerName": "p", "timestamp": 1_700_000_000}
    return {
        "nd_on_init": {},
        "nd_get_similar_songs_by_track": track.by_track(),
        "nd_get_similar_songs_by_album": {"name": "Album 2", "artist": "Björk", "count": 3},
        "nd_get_similar_songs_by_artist": {"name": "Björk", "count": 3},
        "nd_get_similar_artists": {"name": "Björk", "limit": 3},
        "nd_get_artist_top_songs": {"name": "Björk", "count": 3},
        "nd_get_sonic_similar_tracks": {"song": track.reference(), "count": 3},
        "nd_find_sonic_path": {"startSong": track.reference(), "endSong": TRACKS[9].reference(), "count": 3},
        "nd_scrobbler_now_playing": {"username": user, "track": track.played(), "position": 0},
        "nd_scrobbler_scrobble": {"username": user, "track": track.played(), "timestamp": 1_700_000_000},
        "nd_scrobbler_playback_report": report,
    }


def check_fails_everywhere(host, expected, kind):
    """Every call fails with this message, and a play is kept or dropped as `kind` says."""
    for function, request in calls().items():
        message = failure(host, function, request)
        assert expected in message, (function, message)
        assert host.config.get("token", "-") not in message, message
        is_play = function.startswith("nd_scrobbler_")
        assert message.startswith(f"scrobbler({kind}): segue: " if is_play else "segue: "), (function, message)
    assert ("ERROR", message.partition(": ")[2]) in host.log(), host.log()


def check_settings(host, server, secret):
    host.config = {}
    check_fails_everywhere(host, "setting url: expected the address of segue serve, such as http://192.168.1.5:8080, "
                                 'found ""', "retry_later")
    for url in ("127.0.0.1:8080", "ftp://127.0.0.1", "http://"):
        host.config = {"url": url, "token": secret}
        assert f'found "{url.rstrip("/")}"' in failure(host, "nd_on_init", {})
    host.config = {"url": server.url, "token": " "}
    assert "setting token: expected a token of segue token create, found none" in failure(host, "nd_on_init", {})
    host.config = {"url": server.url, "token": "nobody's"}
    check_fails_everywhere(host, f"{server.url} does not know the token (setting token): ", "retry_later")
    assert host.call("nd_scrobbler_is_authorized", {"username": "ann"}) is True  # Navidrome keeps what is played
    host.config = {"url": f" {server.url}// ", "token": f" {secret}\n"}
    assert host.call("nd_on_init", {}) == {}
    with subsonic_server() as url:  # another server at this address
        host.config = {"url": url, "token": secret}
        assert f"{url} does not answer as segue serve does (setting url)" in failure(
            host, "nd_get_similar_artists", calls()["nd_get_similar_artists"])


def check_tokens(host, server):
    """A listener's token serves that listener, and a token that may not submit sends nothing."""
    secret = server.token("bob", "read", "submit")
    host.config = {"url": server.url, "token": secret}
    assert host.call("nd_on_init", {}) == {}
    assert host.call("nd_scrobbler_is_authorized", {"username": "bob"}) is True
    assert host.call("nd_scrobbler_is_authorized", {"username": "ann/../bob"}) is False
    check_scrobbles(host, server, secret, "bob", int(time.time()))
    _, _, playing = server.ask("GET", "/1/user/bob/playing-now", token=secret)
    assert playing["payload"]["listens"][0]["track_metadata"]["track_name"] == TRACKS[7].title, playing
    message = failure(host, "nd_scrobbler_scrobble", calls("ann")["nd_scrobbler_scrobble"])
    assert message.startswith("scrobbler(not_authorized): segue: ") and "user ann" in message, message

    host.config["token"] = server.token("bob", "read")
    assert host.call("nd_on_init", {}) == {}
    assert any(level == "WARN" and "plays are not sent" in text for level, text in host.log()), host.log()
    assert len(host.call("nd_get_similar_artists", {"name": "Björk", "limit": 3})["artists"]) == 3


def check_bad_input(host):
    for text in ("null", "[]", '{"limit": "x"}', '"' + "x" * 100_000 + '"'):
        with contextlib.suppress(PluginError):  # an answer or an error, and no crash: the next call works
            host.call("nd_get_similar_artists", json.loads(text))
    future = {**calls()["nd_scrobbler_scrobble"], "timestamp": int(time.time()) + 90_000}
    assert failure(host, "nd_scrobbler_scrobble", future).startswith("scrobbler(unrecoverable): segue: ")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        host = Host(PACKAGE, folder)
        model = make_model(MAKE_MODEL, folder / "model", SONGS)
        server = Server(SEGUE, model, folder / "listens.sqlite", "--library", make_library(folder))
        with server.running():
            now = int(time.time())
            secret = server.token("", "read", "submit")
            host.config = {"url": server.url, "token": secret}
            check_package(host, folder)
            assert host.call("nd_on_init", {}) == {}
            check_artists(host)
            check_sonic(host)
            check_scrobbles(host, server, secret, "ann", now)
            host.config["token"] = server.token("ann", "read", "submit")
            check_similar_songs(host)
            check_skips(host, server, now)
            check_bad_input(host)
            check_tokens(host, server)
            check_settings(host, server, secret)
            host.config = {"url": server.url, "token": secret}
        check_fails_everywhere(host, f"{host.config['url']} cannot be reached (setting url; is segue serve running?): ",
                               "retry_later")
        assert host.call("nd_scrobbler_is_authorized", {"username": "ann"}) is True
    print("the plugin for Navidrome works against segue serve")


if __name__ == "__main__":
    main()
