"""No reply suggests a song that was blocked, whatever changes meanwhile.

Clients ask all routes that suggest something to play, while 1,000 changes are made: songs are blocked, limited to
another market, taken back and put back by PUT and DELETE, and by tables that are replaced; the model is swapped 20
times. A song may not be in a reply if its block was acknowledged before the request was sent and nobody began to lift
it before the reply was there. A table that cannot be read changes nothing. Then the server is killed right after it
acknowledged a block, ten times: the song is still blocked when it is back. On PostgreSQL a second server has to know of
a block within two seconds. New songs (PUT /v1/songs/{id}) are followed by a kill in the same way: those acknowledged
are served when it is back, found and recommended, and the model on disk is as it was; a second server serves them too.
The third argument is the kind of store: sqlite or postgresql.
"""

import datetime
import gzip
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import pyarrow
import pyarrow.parquet

from postgres import store_of_kind
from server import Server, eventually

SEGUE, _, STORE = sys.argv[1:4]
SEED = int(os.environ.get("SEGUE_SEED", "7"))
# The stores differ in what a change costs, not in what a server does with it.
CHANGES, SWAPS, KILLS, CLIENTS = (1000, 20, 10, 4) if STORE == "sqlite" else (300, 6, 10, 4)
BY_CHANGE, BY_TABLE, SONGS = range(0, 40), range(40, 60), 100
TABLE_EVERY = 12  # changes
FORMS = ("csv", "parquet", "gzip", "arrow", "json")
SHARED_WITHIN = 2  # seconds
NEW_SONGS = 4


def song_id(song):
    return f"00000000-0000-4000-8000-{song:012d}"


def song_of(text):
    return int(text.rsplit("/", 1)[-1].rsplit("-", 1)[-1])


def train(folder, seed):
    """A model of songs with MusicBrainz ids, by ten artists, that are played in the order of their numbers."""
    chance = random.Random(seed)
    log = folder / f"log{seed}.csv"
    with log.open("w") as out:
        out.write("user,ts,recording_mbid,artist,title,tags\n")
        for user in range(60):
            for play in range(60):
                song = (user * 7 + play + chance.randrange(3)) % SONGS
                at = 1600000000 + user * 1000 + play * 200
                out.write(f"u{user},{at},{song_id(song)},Artist {song % 10},Title {song},jazz\n")
    dataset, model = folder / f"dataset{seed}", folder / f"model{seed}"
    for command in (["ingest", log, "-o", dataset],
                    ["train", dataset, "-o", model, "--dim", 16, "--epochs", 2, "--min-plays", 1, "--threads", 1],
                    ["map", model]):
        subprocess.run([SEGUE, *map(str, command), "--quiet"], check=True, timeout=300)
    return model


def replace(path, table):
    """Writes the file beside its place and renames it, as those who make such tables do."""
    beside = path.with_name("next-" + path.name)
    beside.write_bytes(table if isinstance(table, bytes) else table.encode())
    os.replace(beside, path)


def table_of(songs, blocked, form):
    """The table in one of the formats that it may have, which only its bytes tell."""
    columns = {"id": [song_id(song) for song in songs], "blocked": [song in blocked for song in songs],
               "markets": [["DE", "US"]] * len(songs), "until": [datetime.date(2100, 1, 1)] * len(songs)}
    lines = ["id,blocked,markets,until", *(f"{id},{is_blocked},DE;US,2100-01-01"
                                           for id, is_blocked in zip(columns["id"], columns["blocked"]))]
    text = "\n".join(lines).encode()
    if form == "csv":
        return text
    if form == "gzip":
        return gzip.compress(text)
    if form == "json":
        rows = [dict(zip(columns, row)) for row in zip(*columns.values())]
        return "\n".join(json.dumps(row, default=str) for row in rows).encode()
    out = pyarrow.BufferOutputStream()
    table = pyarrow.table(columns)
    if form == "parquet":
        pyarrow.parquet.write_table(table, out)
    else:
        with pyarrow.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
    return out.getvalue().to_pybytes()


class Blocks:
    """When which song was blocked: from the acknowledgement up to the moment that somebody begins to lift it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.spans = {song: [] for song in range(SONGS)}  # [begin, end or None]

    def begin(self, song):
        with self.lock:
            if not self.is_blocked(song):
                self.spans[song].append([time.monotonic(), None])

    def lift(self, song):
        with self.lock:
            if self.is_blocked(song):
                self.spans[song][-1][1] = time.monotonic()

    def is_blocked(self, song):
        return bool(self.spans[song]) and self.spans[song][-1][1] is None

    def forbid(self, song, sent, received):
        with self.lock:
            return any(begin < sent and (end is None or end > received) for begin, end in self.spans[song])


def items(reply, key="id"):
    return [item[key] for item in reply["items"]]


def tracks(reply):
    return [track["identifier"][0] for track in reply["playlist"]["track"]]


SEEDS = {"songs": [song_id(1), song_id(30)]}
# Who asks, what, and the songs in the reply that somebody might play.
QUESTIONS = [
    ("service", "GET", f"/v1/songs/{song_id(2)}/similar?k=30", None, items),
    ("service", "POST", "/v1/recommendations", {**SEEDS, "k": 40}, items),
    ("service", "POST", "/v1/recommendations", {"seeds": ["artist:Artist 3"], "k": 40, "mode": "any"}, items),
    ("ann", "GET", "/v1/users/ann/recommendations?k=40", None, items),
    ("service", "GET", "/v1/users/nobody/recommendations?k=40", None, items),
    ("service", "POST", "/v1/radio", {**SEEDS, "length": 30}, items),
    ("service", "POST", "/v1/journey", {"from": song_id(3), "to": song_id(47)}, items),
    ("service", "GET", "/v1/songs?q=title&limit=50", None, items),
    ("ann", "GET", f"/api/similar_tracks?item_id={song_id(4)}&n=30", None, lambda r: [one["item_id"] for one in r]),
    ("ann", "POST", "/api/alchemy", {"items": [{"id": song_id(5), "op": "ADD"}], "n": 30},
     lambda r: [one["item_id"] for one in r["results"]]),
    ("ann", "GET", "/api/sonic_fingerprint/generate?n=30", None, lambda r: [one["item_id"] for one in r]),
    ("service", "GET", f"/api/find_path?start_song_id={song_id(6)}&end_song_id={song_id(48)}", None,
     lambda r: [one["item_id"] for one in r["path"]]),
    ("service", "GET", f"/api/max_distance?item_id={song_id(7)}", None, lambda r: [r["farthest_item_id"]]),
    ("service", "GET", "/api/similar_artists?artist=Artist%201&include_component_matches=true", None,
     lambda r: [song["item_id"] for one in r for match in one["component_matches"]
                for side in ("artist1", "artist2") for song in match[f"{side}_representative_songs"]]),
    ("service", "GET", "/api/search_tracks?search_query=title&end=50", None, lambda r: [one["item_id"] for one in r]),
    ("service", "GET", "/api/playlists", None,
     lambda r: [song["item_id"] for one in r["servers"] for songs in one["playlists"].values() for song in songs]),
    ("ann", "GET", "/1/cf/recommendation/user/ann/recording?artist_type=raw&count=50", None,
     lambda r: [one["recording_mbid"] for one in r["payload"]["mbids"]]),
    ("ann", "GET", "/1/explore/lb-radio?prompt=artist:(Artist%202)&mode=easy", None,
     lambda r: tracks(r["payload"]["jspf"])),
    ("ann", "GET", "/1/explore/lb-radio?prompt=tag:(jazz)::nosim&mode=hard", None,
     lambda r: tracks(r["payload"]["jspf"])),
    ("ann", "GET", "/1/lb-radio/artist/Artist%203?mode=easy", None,
     lambda r: [one["recording_mbid"] for songs in r.values() for one in songs]),
    ("ann", "GET", f"/similar-recordings/json?recording_mbids={song_id(8)}", None,
     lambda r: [one["recording_mbid"] for one in r]),
    ("ann", "GET", "PLAYLIST", None, tracks),  # made for ann before the first change
]


class Client:
    def __init__(self, server, tokens, blocks, playlist, first):
        self.server, self.tokens, self.blocks, self.playlist = server, tokens, blocks, playlist
        self.next = first
        self.asked = [0] * len(QUESTIONS)
        self.songs = [0] * len(QUESTIONS)
        self.faults = []

    def run(self, over):
        connection = http.client.HTTPConnection(*self.server.address, timeout=60)
        while not over.is_set() and not self.faults:
            try:
                self.ask(connection, self.next % len(QUESTIONS))
            except Exception as error:  # it would end the thread in silence
                self.faults.append((QUESTIONS[self.next % len(QUESTIONS)][2], repr(error)))
            self.next += 1

    def ask(self, connection, number):
        who, method, path, body, songs_in = QUESTIONS[number]
        path = self.playlist if path == "PLAYLIST" else path
        sent = time.monotonic()
        connection.request(method, path, body and json.dumps(body), {"Authorization": f"Token {self.tokens[who]}"})
        reply = connection.getresponse()
        text = reply.read()
        received = time.monotonic()
        if reply.status != 200:
            self.faults.append((method, path, reply.status, text[:300]))
            return
        songs = [song_of(one) for one in songs_in(json.loads(text))]
        forbidden = [song for song in songs if self.blocks.forbid(song, sent, received)]
        if forbidden:
            self.faults.append((method, path, "blocked songs", forbidden))
        self.asked[number] += 1
        self.songs[number] += len(songs)


class Changer:
    def __init__(self, server, token, blocks, folder, chance):
        self.server, self.token, self.blocks, self.folder, self.chance = server, token, blocks, folder, chance
        self.in_table = set()
        self.tables = 0

    def send(self, method, path, body=None):
        status, _, reply = self.server.ask(method, path, body, self.token)
        assert status == 200, (method, path, status, reply)
        return reply

    def change_song(self):
        song = self.chance.choice(BY_CHANGE)
        path = f"/v1/catalogue/{song_id(song)}"
        if self.blocks.is_blocked(song):
            self.blocks.lift(song)
            if self.chance.random() < 0.5:
                self.send("DELETE", path)
            else:
                self.send("PUT", path, {"blocked": False})
            return
        change = self.chance.choice([{"blocked": True}, {"markets": ["DE"]}, {"blocked_markets": ["US"]},
                                     {"until": "2020-01-01"}, {"from": "2100-01-01T00:00:00Z"}])
        reply = self.send("PUT", path, change)
        self.blocks.begin(song)
        assert reply["available"] == (not {"blocked", "until", "from"} & set(change)), reply

    def write_table(self):
        blocked = set(self.chance.sample(BY_TABLE, len(BY_TABLE) // 2))
        for song in self.in_table - blocked:
            self.blocks.lift(song)
        form = FORMS[self.tables % len(FORMS)]
        self.tables += 1
        replace(self.folder / "catalogue", table_of(BY_TABLE, blocked, form))
        return blocked

    def replace_table(self, swap_to):
        blocked = self.write_table()
        if swap_to is not None:
            (self.folder / "link").symlink_to(swap_to)
            os.replace(self.folder / "link", self.folder / "current")
        self.send("POST", "/v1/admin/reload", {})
        for song in blocked - self.in_table:
            self.blocks.begin(song)
        self.in_table = blocked


def submit_listens(server, token):
    for i in range(60):
        song = (i * 3) % SONGS
        status, _, reply = server.ask("POST", "/1/submit-listens", {
            "listen_type": "single", "payload": [{"listened_at": 1700000000 + 300 * i, "track_metadata": {
                "artist_name": f"Artist {song % 10}", "track_name": f"Title {song}",
                "additional_info": {"recording_mbid": song_id(song)}}}]}, token)
        assert status == 200, reply


def playlist_of(server, token):
    status, _, reply = server.ask("GET", "/1/user/ann/playlists/createdfor", None, token)
    assert status == 200 and reply["playlists"], reply
    return "/1/playlist/" + reply["playlists"][0]["playlist"]["identifier"].rsplit("/", 1)[-1]


def check_under_load(server, tokens, models, folder, chance):
    blocks = Blocks()
    changer = Changer(server, tokens["service"], blocks, folder, chance)
    playlist = playlist_of(server, tokens["ann"])
    over = threading.Event()
    clients = [Client(server, tokens, blocks, playlist, 5 * i) for i in range(CLIENTS)]
    threads = [threading.Thread(target=client.run, args=(over,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        swaps = 0
        for change in range(CHANGES):
            if change % TABLE_EVERY:
                changer.change_song()
            else:
                swap = swaps < SWAPS and change % (CHANGES // SWAPS) < TABLE_EVERY
                swaps += swap
                changer.replace_table(models[swaps % 2] if swap else None)
            assert not any(client.faults for client in clients), [client.faults for client in clients]
        eventually("every route is asked",
                   lambda: all(sum(client.asked[i] for client in clients) > 1 for i in range(len(QUESTIONS))))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert swaps == SWAPS, swaps
    assert not any(client.faults for client in clients), [client.faults for client in clients]
    for i, question in enumerate(QUESTIONS):
        suggested = sum(client.songs[i] for client in clients)
        assert suggested > 0, f"{question[2]} never suggested a song: it proves nothing"
    return sum(sum(client.asked) for client in clients)


def metric(server, token, name):
    """The value of a sample of /metrics."""
    request = urllib.request.Request(server.url + "/metrics", headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        lines = [line.split() for line in reply.read().decode().splitlines()]
    return [float(line[1]) for line in lines if line[0] == name][0]


def check_bad_table(server, token, folder):
    """A table that cannot be read keeps the one before, is logged once and counted, however often it is looked at."""
    rows = metric(server, token, "segue_catalogue_rows")
    assert rows == len(BY_TABLE), rows
    assert metric(server, token, "segue_catalogue_changes_total") > CHANGES / 2
    replace(folder / "catalogue", f"id,blocked\n{song_id(1)},true\n{song_id(2)},maybe\n")
    refused = 'segue_catalogue_reloads_total{result="refused"}'
    eventually("the table is refused", lambda: metric(server, token, refused) == 1)
    facts = server.ask("GET", "/v1/catalogue", None, token)[2]
    assert "line 3: column blocked: expected true or false" in facts["refused"] and facts["rows"] == rows, facts
    status, _, reply = server.ask("POST", "/v1/admin/reload", {}, token)
    assert status == 409 and "line 3" in reply["error"]["message"], reply
    assert metric(server, token, refused) == 2
    server.process.send_signal(signal.SIGHUP)
    eventually("SIGHUP reads the table", lambda: metric(server, token, refused) == 3)
    # Found by itself, and by SIGHUP; whoever asked for the reload has the reply.
    eventually("both are logged", lambda: sum("catalogue refused" in line for line in server.log) == 2)
    replace(folder / "catalogue", f"id,blocked\n{song_id(0)},false\n")
    eventually("the next table is read", lambda: metric(server, token, "segue_catalogue_rows") == 1)


def check_kills(server, tokens):
    for song in range(KILLS):
        status, _, _ = server.ask("PUT", f"/v1/catalogue/{song_id(song)}", {"blocked": True}, tokens["service"])
        assert status == 200
        server.kill()
        server.start()
        for known in range(song + 1):
            _, _, reply = server.ask("GET", f"/v1/catalogue/{song_id(known)}", None, tokens["service"])
            assert reply["blocked"], (song, reply)
        _, _, reply = server.ask("POST", "/v1/recommendations", {**SEEDS, "k": 60}, tokens["service"])
        assert not {song_of(one) for one in items(reply)} & set(range(song + 1)), reply


def check_replica(server, other, tokens):
    """The longest time until another server on the same store knows of a change."""
    longest = 0
    with other.running():
        for song in range(20, 28):
            path = f"/v1/catalogue/{song_id(song)}"
            for method, body, blocked in (("PUT", {"blocked": True}, True), ("DELETE", None, False)):
                assert server.ask(method, path, body, tokens["service"])[0] == 200
                begin = time.monotonic()
                eventually("the other server knows of the change",
                           lambda: other.ask("GET", path, None, tokens["service"])[2]["blocked"] == blocked)
                longest = max(longest, time.monotonic() - begin)
    assert longest < SHARED_WITHIN, longest
    return longest


def new_id(song):
    return f"new-{song}"


def is_served(server, song, token):
    return server.ask("GET", f"/v1/songs/{new_id(song)}", None, token)[0] == 200


def check_new_songs(server, tokens, folder):
    """Puts songs, each followed by kill -9."""
    manifest = (folder / "current" / "manifest.json").read_bytes()
    token = tokens["service"]
    for song in range(NEW_SONGS):
        neighbour = 10 * song + 60
        queue = [song_id(neighbour), new_id(song), song_id(neighbour + 1)]
        body = {"title": f"Fresh {song}", "artist": f"Artist {song}", "tags": ["jazz"], "queues": [queue]}
        status, _, reply = server.ask("PUT", f"/v1/songs/{new_id(song)}", body, token)
        assert status == 200 and reply["near"] == 2 and reply["artist_songs"] == 10, reply
        server.kill()
        server.start()
        eventually("songs acknowledged are served again",
                   lambda: all(is_served(server, known, token) for known in range(song + 1)))
    status, _, reply = server.ask("GET", "/v1/songs?q=fresh", None, token)
    assert sorted(items(reply)) == [new_id(song) for song in range(NEW_SONGS)], reply
    _, _, reply = server.ask("GET", f"/v1/songs/{new_id(0)}/similar?k=5", None, token)
    assert len(reply["items"]) == 5, reply
    for share, least in ((None, 2), (0.3, 3)):
        body = {"songs": [song_id(5)], "k": 10, **({"new_song_share": share} if share else {})}
        status, _, reply = server.ask("POST", "/v1/recommendations", body, token)
        assert status == 200 and sum(item.get("new", False) for item in reply["items"]) >= least, reply
    assert (folder / "current" / "manifest.json").read_bytes() == manifest, "the model on disk was changed"


def check_stored_plays(server, tokens):
    """Listens that are stored place a song: what was played around it comes near it."""
    token = tokens["service"]
    played = 97
    for place, song in enumerate((song_id(played), new_id(1), song_id(played + 1))):
        payload = [{"user": "ann", "song_id": song, "listened_at": int(time.time()) - 7200 + 60 * place}]
        status, _, reply = server.ask("POST", "/v1/listens", {"listens": payload}, tokens["ann"])
        assert status == 200, reply
    # The next version makes the server look for listens at once.
    assert server.ask("PUT", f"/v1/songs/{new_id(NEW_SONGS)}", {"title": "Last"}, token)[0] == 200
    eventually("the play is placed", lambda: metric(server, token, "segue_new_song_plays_total") == 1)

    def is_recommended():
        status, _, reply = server.ask("POST", "/v1/recommendations", {"songs": [song_id(played)], "k": 10}, token)
        assert status == 200, reply
        return new_id(1) in items(reply)

    eventually("the song comes after what it was played after", is_recommended)


def check_new_songs_elsewhere(server, other, tokens):
    """Another server on the store serves the new songs, and no longer one that was removed."""
    token = tokens["service"]
    with other.running():
        eventually("the other server has the new songs", lambda: is_served(other, NEW_SONGS - 1, token))
        assert server.ask("DELETE", f"/v1/songs/{new_id(0)}", None, token)[0] == 200
        for one in (server, other):
            eventually("the removed song is gone", lambda: not is_served(one, 0, token))
    assert server.ask("DELETE", f"/v1/songs/{new_id(0)}", None, token)[0] == 404


def main():
    chance = random.Random(SEED)
    print("seed", SEED)
    with tempfile.TemporaryDirectory() as scratch, store_of_kind(STORE, scratch) as store:
        folder = pathlib.Path(scratch)
        models = [train(folder, 1), train(folder, 2)]
        (folder / "current").symlink_to(models[0])
        replace(folder / "catalogue", f"id,blocked\n{song_id(0)},false\n")
        options = ("--catalogue", folder / "catalogue", "--market", "US", "--watch", "300ms", "--new-song-share", 0.2,
                   "--token-requests", 0, "--user-requests", 0)
        server = Server(SEGUE, folder / "current", store, *options)
        tokens = {"service": server.token("", "read", "admin"), "ann": server.token("ann", "read", "submit")}
        with server.running():
            submit_listens(server, tokens["ann"])
            begin = time.monotonic()
            replies = check_under_load(server, tokens, models, folder, chance)
            print(f"{CHANGES} changes, {SWAPS} swaps, {replies} replies of {len(QUESTIONS)} kinds in "
                  f"{time.monotonic() - begin:.0f} s: no blocked song, none failed")
            check_bad_table(server, tokens["service"], folder)
            check_kills(server, tokens)
            print(f"{KILLS} kills right after a block: it holds")
            check_new_songs(server, tokens, folder)
            print(f"{NEW_SONGS} kills right after a new song: it is served")
            check_stored_plays(server, tokens)
            if STORE == "postgresql":
                longest = check_replica(server, Server(SEGUE, folder / "current", store, *options), tokens)
                print(f"another server on the store knows of a change within {longest:.2f} s")
                other = Server(SEGUE, folder / "current", store, *options, "--cache", folder / "other-cache")
                check_new_songs_elsewhere(server, other, tokens)


if __name__ == "__main__":
    main()
