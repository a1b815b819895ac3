"""Simulated listeners of two models: an A/B test and an interleaved one on the same server, for `segue report`.

    .venv/bin/python bench/serve/listeners.py build/release/bin/segue FOLDER --listeners 300 --lists 5

Makes in FOLDER two models of the demo playlists, "plain" (8 numbers a song, one epoch) and "full" (as by default), and a
store. The models are made of every other playlist; a listener is one of the others: its first half was
played, its second half is what they like. They look at place p of a list with probability 1 / p^0.7, and click what they look at with probability 0.6 if
it is by an artist of the second half, else 0.03, times how much they like to click at all (lognormal, spread 1). Half of
them take part in the A/B test, the other half gets interleaved lists; each asks for `--lists` lists, from a history that
grows by a song each time. What was played is in the store too. Afterwards:

    segue report --store FOLDER/store.sqlite --judge FOLDER/plain --judge FOLDER/full
"""

import argparse
import contextlib
import gzip
import json
import math
import pathlib
import random
import re
import subprocess
import time
import urllib.error
import urllib.request

DEMO = pathlib.Path(__file__).parents[2] / "data" / "demo"
SHOWN = 10


def playlists():
    """The newest snapshot of each playlist, every line of the file, and the artists of each song."""
    with gzip.open(DEMO / "songs.tsv.gz", "rt") as file:
        artists = {row[0]: row[-1] for row in (line.rstrip("\n").split("\t") for line in file)}
    newest, lines = {}, []
    with gzip.open(DEMO / "playlists.tsv.gz", "rt") as file:
        for line in file:
            lines.append(line)
            playlist, date, _, songs = line.rstrip("\n").split("\t")
            newest[playlist] = max(newest.get(playlist, ("", "")), (date, songs))
    return {name: songs.split(" ") for name, (_, songs) in sorted(newest.items())}, lines, artists


@contextlib.contextmanager
def served(segue, folder, *options):
    process = subprocess.Popen(
        [segue, "serve", folder / "plain", "--name", "plain", "--also", f"full={folder / 'full'}", "--port", "0",
         "--store", folder / "store.sqlite", "--open-loopback", "--user-requests", "0", "--token-requests", "0",
         "--address-requests", "0", *options], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if found := re.search(r"http://[0-9.]+:[0-9]+", line):
            break
    yield found.group(0)
    process.terminate()
    process.stderr.read()
    process.wait()


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.headers, json.loads(reply.read())


def submit(url, name, listens):
    post(f"{url}/v1/listens",
         {"listens": [{"user": name, "listened_at": at, "song_id": song} for at, song in listens]})


def listen(url, name, songs, artists, lists, chance):
    half = len(songs) // 2
    liked = {artists.get(song) for song in songs[half:]}
    eager = math.exp(chance.gauss(0, 1) - 0.5)
    earlier = int(time.time()) - 7200
    submit(url, name, [(earlier + i, song) for i, song in enumerate(songs[:half][-50:])])
    for number in range(lists):
        headers, found = post(f"{url}/v1/recommendations",
                              {"songs": songs[:half + number][-50:], "k": SHOWN, "user": name})
        events = []
        for place, song in enumerate(found["items"], 1):
            event = {"list": headers["X-Segue-List"], "song": song["id"], "position": place, "user": name}
            events.append({**event, "event": "impression"})
            wanted = 0.6 if artists.get(song["id"]) in liked else 0.03
            if chance.random() < min(1, wanted * eager) / place ** 0.7:
                events.append({**event, "event": "click"})
                if chance.random() < 0.7:
                    events.append({**event, "event": "play", "played_ms": chance.choice([12_000, 95_000, 180_000])})
        post(f"{url}/v1/events", {"events": events})
        submit(url, name, [(int(time.time()), songs[half + number])])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("segue")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--listeners", type=int, default=300)
    parser.add_argument("--lists", type=int, default=5)
    arguments = parser.parse_args()
    folder = arguments.folder
    lists, lines, artists = playlists()
    chance = random.Random(1)
    names = [name for name in list(lists)[1::2] if len(lists[name]) >= 20]
    if not (folder / "full").exists():
        folder.mkdir(parents=True, exist_ok=True)
        seen = set(list(lists)[::2])
        (folder / "seen.tsv").write_text("".join(line for line in lines if line.split("\t")[0] in seen))
        for command in (["ingest", folder / "seen.tsv", "--columns", "playlist,time,name,songs", "--songs",
                         DEMO / "songs.tsv.gz", "--songs-columns", "id,title,artist", "-o", folder / "dataset"],
                        ["train", folder / "dataset", "-o", folder / "plain", "--dim", 8, "--epochs", 1],
                        ["train", folder / "dataset", "-o", folder / "full"]):
            subprocess.run([arguments.segue, *map(str, command), "--quiet"], check=True)
    for options, half in ((("--share", "plain=1", "--share", "full=1"), 0), (("--interleave", "plain,full"), 1)):
        with served(arguments.segue, folder, *options) as url:
            for number in range(half, arguments.listeners, 2):
                name = names[number // 2 % len(names)]
                with contextlib.suppress(urllib.error.HTTPError):  # the models know none of the songs
                    listen(url, f"{number}", lists[name], artists, arguments.lists, chance)


if __name__ == "__main__":
    main()
