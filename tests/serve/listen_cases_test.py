"""Ingest and the service take the same listens, and find the same song for each.

    listen_cases_test.py SEGUE MAKE_MODEL

A log of one listen a case becomes a dataset and a model; then the same listens are submitted to a server of that model.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import pyarrow.ipc

from server import Server

SEGUE = os.path.abspath(sys.argv[1])
FIRST = 1_700_000_000
LISTENBRAINZ_BYTES = 10_000  # of a listen, less what is around it: the protocol refuses longer ones
COMMON = {"artist": "Common", "title": "Common"}  # in every queue, so that each has two songs

# Each is one listen. Names differ from case to case, so that every accepted one is a song of its own.
TAKEN = [
    {"artist": "Plain", "title": "Song"},
    {"artist": "  Spaces ", "title": "\tAround \n"},
    {"artist": "STRASSE", "title": "Ｗｉｄｅ"},
    {"artist": "Letters", "title": "x" * 1200},
    {"artist": "Wide letters", "title": "🎵" * 1200},
    {"artist": "y" * 1200, "title": "Of a long artist"},
    {"artist": "Long release", "title": "Of it", "release": "z" * 1200},
    {"artist": "Longest", "title": "x" * 65_536},
    {"artist": "!!!", "title": "Pardon My Freedom"},
    {"artist": "???", "title": "Question"},
    {"artist": "🎵", "title": "🎶"},
    {"artist": "Sigur Rós", "title": "( )"},
    {"artist": ".", "title": ".."},
    {"artist": "N.W.A", "title": "Express Yourself"},
    {"artist": "N.W.A.", "title": "Straight Outta"},
    {"artist": "فيروز", "title": "زهرة"},
    {"song_id": "i" * 1024},
    {"song_id": "é" * 512},
    {"song_id": "id without an artist", "title": "Title"},
    {"song_id": "id with spaces as names", "artist": " ", "title": "\u3000"},
    {"artist": "Long user", "title": "One", "user": "u" * 1024},
    {"artist": "Long user of wide letters", "title": "Two", "user": "é" * 512},
]
REFUSED = [
    {"artist": "Too long", "title": "x" * 65_537},
    {"artist": "x" * 65_537, "title": "Too long"},
    {"artist": "Too long release", "title": "Of it", "release": "x" * 65_537},
    {"artist": "Wide, too long", "title": "é" * 32_769},
    {"song_id": "j" * 1025},
    {"song_id": "ë" * 513},
    {"artist": "Too long user", "title": "One", "user": "v" * 1025},
    {"artist": "Zero", "title": "a\0b"},
    {"artist": "No title"},
    {"title": "No artist"},
    {"artist": " ", "title": "Space"},
    {"artist": "\u3000", "title": "Wide space"},
    {"artist": "Space", "title": "\t"},
    {"artist": "", "title": ""},
]
CASES = [{"user": f"user {i}", **case} for i, case in enumerate(TAKEN + REFUSED)]


def shown(case):
    return {key: value if len(value) < 40 else f"{value[:8]}... ({len(value)})" for key, value in case.items()}


def run(*words):
    done = subprocess.run([SEGUE, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stdout + done.stderr)


def write_log(path):
    with path.open("w") as log:
        for case in CASES:
            for i, song in enumerate((case, COMMON, case, COMMON)):
                print(json.dumps({**song, "user": case["user"], "time": FIRST + 200 * i}), file=log)


def ingested(dataset):
    """The id of the song of each user's queue that is not the common one."""
    table = [pyarrow.ipc.open_file(dataset / f"{name}.arrow").read_all().to_pydict() for name in ("songs", "queues")]
    ids, queues = table[0]["id"], table[1]
    common = next(i for i, title in enumerate(table[0]["title"]) if title == COMMON["title"])
    return {user: next((ids[song] for song in songs if song != common), None)
            for user, songs in zip(queues["user"], queues["songs"])}


def song_found(server, token, user, listened_at):
    path = f"/v1/users/{urllib.parse.quote(user, safe='')}/history?history=1000"
    status, _, history = server.ask("GET", path, token=token)
    assert status == 200, history
    items = [item for item in history["items"] if item["listened_at"] == listened_at]
    return items[0]["song"] and items[0]["song"]["id"] if items else None


def faults_of_listens(server, token, ids):
    for case in CASES:
        status, _, reply = server.ask("POST", "/v1/listens", {"listens": [{**case, "listened_at": FIRST}]}, token)
        wanted = ids.get(case["user"])
        if (status == 200) != (wanted is not None):
            yield f"{shown(case)}: ingest {'takes' if wanted else 'refuses'} it, the service replies {status} {reply}"
        elif wanted and (found := song_found(server, token, case["user"], FIRST)) != wanted:
            yield f"{shown(case)}: {wanted[:40]} by ingest, {found} by the service"


def faults_of_submitted(server, token, ids):
    """The same through the protocol of ListenBrainz, which needs artist and title and has no user."""
    for number, case in enumerate(CASES):
        size = len(json.dumps(case))
        if "artist" not in case or "title" not in case or "song_id" in case or size > LISTENBRAINZ_BYTES or \
                len(case["user"]) > 100:
            continue
        names = {f"{name}_name": case[key] for name, key in
                 (("artist", "artist"), ("track", "title"), ("release", "release")) if key in case}
        listen = {"listened_at": FIRST + number, "track_metadata": names}
        status, _, reply = server.ask("POST", "/1/submit-listens", {"listen_type": "single", "payload": [listen]})
        wanted = ids.get(case["user"])
        if (status == 200) != (wanted is not None):
            yield f"submitted {shown(case)}: ingest {'takes' if wanted else 'refuses'} it, found {status} {reply}"
        elif wanted and (found := song_found(server, token, "local", FIRST + number)) != wanted:
            yield f"submitted {shown(case)}: {wanted[:40]} by ingest, {found} by the service"


def faults_of_names(server, token):
    """Names that fold to nothing are found and filtered as they are."""
    for name in ("!!!", "???", "🎵", "( )", ".", "N.W.A", "N.W.A."):
        _, _, found = server.ask("GET", "/v1/songs?q=" + urllib.parse.quote(name), token=token)
        first = found["items"][0] if found["items"] else {"artist": None, "title": None}
        if name not in (first["artist"], first["title"]):
            yield f"q={name}: found {first}"
    for name in ("!!!", "🎵", "N.W.A"):
        for filter_, is_kept in (("only_artist", True), ("not_artist", False)):
            body = {"songs": ["common — common"], "k": 100, "filter": {filter_: [name]}, "artist_cap": 0}
            status, _, reply = server.ask("POST", "/v1/recommendations", body, token)
            artists = {item["artist"] for item in reply.get("items", ())}
            if status != 200 or (artists != {name} if is_kept else name in artists or len(artists) < 5):
                yield f"{filter_} {name}: {status}, artists {artists or reply}"


def faults_of_history(server, token, ids):
    """Listens of songs that the model does not know push none that it knows out of the history."""
    known = [song for song in ids.values() if song]
    user, path = "of podcasts", "/v1/users/of%20podcasts/recommendations?"
    podcasts = [{"user": user, "artist": "Podcast", "title": f"Episode {i}", "listened_at": FIRST + 1000 + i}
                for i in range(1200)]

    def submit(listens):
        for begin in range(0, len(listens), 500):
            status, _, reply = server.ask("POST", "/v1/listens", {"listens": listens[begin:begin + 500]}, token)
            assert status == 200, reply

    def recommended(query):
        status, _, reply = server.ask("GET", path + query, token=token)
        assert status == 200, reply
        return reply

    submit([{"user": user, "song_id": known[0], "listened_at": FIRST}])
    for newest in (1, len(podcasts)):
        submit(podcasts[:newest])
        for query in ("k=1&history=1", "k=1"):
            reply = recommended(query)
            if reply["listens"] != 1 or reply.get("fallback"):
                yield f"?{query} after {newest} unknown listens: {reply['listens']} listens, fallback {reply.get('fallback')}"
    # Whatever was played, however long ago, is nothing to discover.
    submit([{"user": user, "song_id": song, "listened_at": FIRST - 1000 + i} for i, song in enumerate(known[:-3])])
    found = {item["id"] for item in recommended("k=100&history=1")["items"]}
    if found & set(known[:-3]) or not found:
        yield f"to discover: {found}, of which were played {found & set(known[:-3])}"


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_log(folder / "log.jsonl")
        run("ingest", folder / "log.jsonl", "-o", folder / "dataset", "--identity", "id")
        run("train", folder / "dataset", "-o", folder / "model", "--subsample", 0, "--min-plays", 1, "--dim", 8,
            "--epochs", 1)
        ids = ingested(folder / "dataset")
        faults = [f"ingest {'refused' if taken else 'took'} {shown(case)}" for i, case in enumerate(CASES)
                  if (taken := i < len(TAKEN)) != (ids.get(case["user"]) is not None)]
        server = Server(SEGUE, folder / "model", folder / "listens.sqlite", "--open-loopback")
        token = server.token("", "read", "submit")
        with server.running():
            faults += faults_of_listens(server, token, ids)
            faults += faults_of_submitted(server, token, ids)
            faults += faults_of_names(server, token)
            faults += faults_of_history(server, token, ids)
    print("\n".join(faults), f"{len(CASES)} cases, {len(faults)} faults", sep="\n")
    sys.exit(len(faults) > 0)


if __name__ == "__main__":
    main()
