"""AudioMuse-AI's plugins work against `segue serve`: the requests that they send, and what they read of the replies.

A request is written as the plugin writes it, parameters that Segue has no use for included, and a reply is read as the
plugin reads it. docs/music-servers.md lists both.
"""

import pathlib
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import json

from postgres import store_of_kind
from server import Server, make_model

SEGUE, MAKE_MODEL, STORE = sys.argv[1:4]
SONGS = 1000


class Plugin:
    """An HTTP client that sends a bearer token, as all of the plugins do."""

    def __init__(self, server, secret):
        self.server, self.secret = server, secret

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server.url + path, data=data, method=method)
        if self.secret:
            request.add_header("Authorization", f"Bearer {self.secret}")
        request.add_header("Accept", "application/json")
        if data:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def get(self, path, **query):
        return self.send("GET", f"{path}?{urllib.parse.urlencode(query)}")

    def got(self, path, **query):
        status, body = self.get(path, **query)
        assert status == 200, (path, query, status, body)
        return body


class Navidrome(Plugin):
    def track(self, item):
        for name in ("item_id", "title", "author", "album"):
            assert isinstance(item[name], str), item
        assert isinstance(item["distance"], (int, float)), item
        return item["item_id"]

    def similar_songs(self, song, count):
        found = self.got("/api/similar_tracks", item_id=song, n=count, eliminate_duplicates="true",
                         radius_similarity="true")
        return [self.track(item) for item in found]

    def sonic_path(self, start, end, count):
        found = self.got("/api/find_path", start_song_id=start, end_song_id=end, count=count, max_steps=count,
                         path_fix_size="false", mood_pct=100)
        return [self.track(item) for item in found["path"]]

    def similar_artists(self, artist, count, songs):
        found = self.got("/api/similar_artists", artist=artist, n=count, include_component_matches=str(songs).lower())
        for one in found:
            assert isinstance(one["artist"], str) and isinstance(one["artist_id"], (str, type(None))), one
            matches = one.get("component_matches") or []
            assert bool(matches) == songs, one
            for match in matches:
                for song in match["artist1_representative_songs"] + match["artist2_representative_songs"]:
                    assert isinstance(song["item_id"], str) and isinstance(song["title"], str), song
        return [one["artist"] for one in found]


class Jellyfin(Plugin):
    def test_connection(self):
        return self.get("/api/active_tasks")[0]

    def instant_mix(self, song, count):
        return [item["item_id"] for item in self.got("/api/similar_tracks", n=count, item_id=song)]

    def fingerprint(self, user):
        found = self.got("/api/sonic_fingerprint/generate", jellyfin_user_identifier=user)
        for item in found:
            assert isinstance(item["title"], str) and isinstance(item["author"], str), item
            assert isinstance(item["distance"], (int, float)), item
        return [item["item_id"] for item in found]


class Lyrion(Plugin):
    """Takes a JSON object with a true "error" for a failure, whatever its status, and shows the text."""

    def decode(self, status, body):
        if isinstance(body, dict) and body.get("error"):
            assert isinstance(body["error"], str), body
            raise LookupError(body["error"])
        assert status == 200, (status, body)
        return body

    def extract_tracks(self, body):
        if isinstance(body, list):
            return body
        return next((body[name] for name in ("results", "path", "query_results") if isinstance(body.get(name), list)), [])

    def tracks(self, status, body):
        found = self.extract_tracks(self.decode(status, body))
        assert all(isinstance(item["title"], str) and isinstance(item["author"], str) for item in found), found
        return [item["item_id"] for item in found]

    def ping(self):
        return self.decode(*self.get("/api/health"))["status"]

    def search(self, artist):
        return self.tracks(*self.get("/api/search_tracks", artist=artist))

    def similar(self, song, count):
        return self.tracks(*self.get("/api/similar_tracks", item_id=song, n=count, eliminate_duplicates="true",
                                     radius_similarity="true", mood_similarity="true"))

    def path(self, start, end, steps):
        return self.tracks(*self.get("/api/find_path", start_song_id=start, end_song_id=end, max_steps=steps))

    def fingerprint(self, count):
        return self.tracks(*self.get("/api/sonic_fingerprint/generate", n=count))

    def alchemy(self, add, subtract, count):
        items = [{"id": song, "op": "ADD", "type": "song"} for song in add]
        items += [{"id": song, "op": "SUBTRACT", "type": "song"} for song in subtract]
        return self.tracks(*self.send("POST", "/api/alchemy", {"items": items, "n": count}))


def check_as_navidrome(plugin):
    songs = plugin.similar_songs("song-2", 10)
    assert len(songs) == 10 and len(set(songs)) == 10 and "song-2" not in songs, songs
    path = plugin.sonic_path("song-2", "song 0", 8)
    assert path[0] == "song-2" and path[-1] == "song 0" and len(path) <= 8, path
    assert len(plugin.similar_artists("Björk", 2, False)) == 2
    assert "Björk" not in plugin.similar_artists("Björk", 3, True)


def check_as_jellyfin(server, now):
    plugin = Jellyfin(server, server.token("", "read", "submit"))
    assert plugin.test_connection() == 200
    assert Jellyfin(server, "nobody's").test_connection() == 401
    assert len(plugin.instant_mix("song-2", 199)) >= 10
    assert plugin.fingerprint("new") == []
    listens = [{"user": "eve", "listened_at": now - 5000 + 200 * i, "artist": "Björk", "title": f"Jóga {i}"}
               for i in range(2, 12)]
    assert plugin.send("POST", "/v1/listens", {"listens": listens})[0] == 200
    assert len(plugin.fingerprint("eve")) >= 10
    status, body = Jellyfin(server, server.token("bob", "read")).get(
        "/api/sonic_fingerprint/generate", jellyfin_user_identifier="eve")
    assert status == 403 and "user eve" in body["error"], (status, body)


def check_as_lyrion(server):
    plugin = Lyrion(server, server.token("dan", "read", "submit"))
    assert Lyrion(server, None).ping() == "ok"
    found = plugin.search("Björk")
    assert len(found) == 20, found
    assert len(plugin.similar(found[0], 40)) >= 10
    assert plugin.path(found[0], found[1], 10)[0] == found[0]
    assert plugin.fingerprint(25) == []
    mixed = plugin.alchemy(found[:2], [found[2]], 25)
    assert len(mixed) >= 10 and not set(mixed) & set(found[:3]), mixed
    for broken in (lambda: plugin.similar("unknown", 3), lambda: plugin.alchemy(["unknown"], [], 3),
                   lambda: plugin.tracks(*plugin.send("POST", "/api/hyperbolic/similar", {"item_id": found[0]})),
                   lambda: Lyrion(server, "nobody's").similar(found[0], 3)):
        try:
            broken()
        except LookupError as error:
            assert str(error), "no text to show"
            continue
        raise AssertionError("the plugin was not told of a failure")


def submit(server, secret, listens):
    payload = [{"listened_at": time_, "track_metadata": {
        "artist_name": "Björk", "track_name": f"Jóga {number}"}} for time_, number in listens]
    status, _, body = server.ask("POST", "/1/submit-listens", {"listen_type": "import", "payload": payload}, secret)
    assert (status, body) == (200, {"status": "ok"}), body


def check_session(server, now):
    """A listen that a scrobbler submitted is heard in the next list, and not repeated in it."""
    secret = server.token("fay", "read", "submit")
    plugin = Navidrome(server, secret)
    submit(server, secret, [(now - 1000 + 200 * i, i + 2) for i in range(5)])
    heard = {f"song-{4 * i + 2}" if (4 * i + 2) % 3 else f"song {4 * i + 2}" for i in range(1, 6)}
    listened = plugin.similar_songs("song 0", 10)
    plain = Navidrome(server, server.token("gus", "read")).similar_songs("song 0", 10)
    assert listened != plain, listened
    assert not heard & set(listened), (heard, listened)


def check_autoplay(server):
    """A player that asks for the next song after each one, 200 times."""
    plugin = Navidrome(server, server.token("hal", "read"))
    playing, played = "song-1", {"song-1"}
    for _ in range(200):
        playing = plugin.similar_songs(playing, 1)[0]
        assert playing not in played, f"{playing} was played before"
        played.add(playing)


def check_forgotten(server):
    secret = server.token("ida", "read", "submit")
    plugin = Navidrome(server, secret)
    first = plugin.similar_songs("song-2", 5)
    assert plugin.similar_songs("song-2", 5) != first
    status, _, body = server.ask("DELETE", "/v1/users/ida", token=secret)
    assert status == 200, body
    plugin.secret = server.token("ida", "read")
    assert plugin.similar_songs("song-2", 5) == first


def main():
    with tempfile.TemporaryDirectory() as folder, store_of_kind(STORE, folder) as store:
        model = make_model(MAKE_MODEL, pathlib.Path(folder) / "model", SONGS)
        server = Server(SEGUE, model, store)
        with server.running():
            now = int(time.time())
            check_as_navidrome(Navidrome(server, server.token("ann", "read")))
            check_as_jellyfin(server, now)
            check_as_lyrion(server)
            check_session(server, now)
            check_autoplay(server)
            check_forgotten(server)
    print("AudioMuse-AI's plugins for Navidrome, Jellyfin and Lyrion work against segue serve")


if __name__ == "__main__":
    main()
