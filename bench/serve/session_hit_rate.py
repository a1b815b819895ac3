"""How much a listener's session helps `similar_tracks` to predict the next song.

    .venv/bin/python bench/serve/session_hit_rate.py build/release/bin/segue

Every tenth of the bundled playlists is held out, a model is trained on the others, and `segue serve` serves it. For each
of --listeners held-out playlists, one song is the one to predict and the one before it is asked about, once by a
listener who has just submitted the --session songs up to it, and once by one who has submitted none. Prints Markdown:
the share of listeners whose next song is among the first 10, 20 and 100.
"""

import argparse
import gzip
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "serve"))
from server import Server

SECONDS_A_SONG = 200


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("segue")
    parser.add_argument("--listeners", type=int, default=300)
    parser.add_argument("--session", type=int, default=6, help="songs, the one asked about included")
    parser.add_argument("--draw", type=int, default=1, help="another number draws other songs")
    return parser.parse_args()


def train(segue, folder):
    """The model of nine tenths of the playlists, and the songs of the others."""
    demo = ROOT / "data" / "demo"
    lines = gzip.decompress((demo / "playlists.tsv.gz").read_bytes()).decode().splitlines(keepends=True)
    (folder / "playlists.tsv").write_text("".join(line for i, line in enumerate(lines) if i % 10))

    def run(*arguments):
        subprocess.run([segue, *map(str, arguments), "--quiet"], check=True)

    run("ingest", folder / "playlists.tsv", "--columns", "playlist,time,name,songs", "--songs", demo / "songs.tsv.gz",
        "--songs-columns", "id,title,artist", "-o", folder / "dataset")
    run("train", folder / "dataset", "-o", folder / "model", "--epochs", 20, "--window", 10, "--subsample", "1e-4")
    return folder / "model", [line.rstrip("\n").split("\t")[3].split() for line in lines[::10]]


def rank_of(server, secret, seed, wanted):
    query = urllib.parse.urlencode({"item_id": seed, "n": 100, "eliminate_duplicates": "true"})
    status, _, body = server.ask("GET", f"/api/similar_tracks?{query}", token=secret)
    if status == 404:
        return None  # a song that no playlist of the model has
    assert status == 200, body
    ids = [item["item_id"] for item in body]
    return ids.index(wanted) if wanted in ids else len(ids)


def ranks(server, playlists, options):
    """For each listener, the place of the next song without and with their session."""
    draw = random.Random(options.draw)
    service = server.token("", "read", "submit")
    found = []
    for playlist in playlists:
        if len(found) == options.listeners:
            break
        if len(playlist) <= options.session:
            continue
        at = draw.randrange(options.session, len(playlist))
        session, wanted = playlist[at - options.session:at], playlist[at]
        if wanted in session:
            continue
        name = f"listener{len(found)}"
        first = int(time.time()) - SECONDS_A_SONG * len(session)
        listens = [{"user": name, "listened_at": first + SECONDS_A_SONG * i, "song_id": song}
                   for i, song in enumerate(session)]
        assert server.ask("POST", "/v1/listens", {"listens": listens}, service)[0] == 200
        pair = [rank_of(server, server.token(user, "read"), session[-1], wanted) for user in (f"{name} anew", name)]
        if None not in pair:
            found.append(pair)
    return found


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model, playlists = train(options.segue, folder)
        server = Server(options.segue, model, folder / "listens.sqlite", "--address-requests", 0)
        with server.running():
            found = ranks(server, playlists, options)
    print(f"{len(found)} listeners\n\n| next song among the first | 10 | 20 | 100 |\n|---|---|---|---|")
    for i, label in enumerate(("without a session", f"after a session of {options.session} songs")):
        shares = [sum(pair[i] < most for pair in found) / len(found) for most in (10, 20, 100)]
        print(f"| {label} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")


if __name__ == "__main__":
    main()
