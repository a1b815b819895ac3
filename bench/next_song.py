"""Next-song hit rate and training speed of Segue against gensim, on playlists, with the same options.

    .venv/bin/python bench/next_song.py build/release/bin/segue PLAYLISTS.tsv.gz [--architecture cbow] [--seeds 5] [--threads 1 2]

Each seed holds out another tenth of the playlists. Both train on the rest with the same options (Segue's
defaults). Asked is the song after every song of the held-out playlists: all songs with a vector are ranked by cosine to
the song before, the last ten songs heard are left out, and a song that was not in training is a miss for both
(HitRate@10). The numbers of one seed come from the same split, so the difference between the two is paired.
"""

import argparse
import csv
import gzip
import json
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import numpy as np
import pyarrow.ipc
from gensim.models import Word2Vec

OPTIONS = {"architecture": "skipgram", "dim": 128, "window": 5, "negatives": 5, "negative_exponent": 0.75, "subsample": 1e-3, "min_plays": 5,
           "epochs": 5, "learning_rate": 0.025, "min_learning_rate": 1e-4}


def read_playlists(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        column = next(rows).index("track_ids")
        return [row[column].split() for row in rows]


def without_repeats(songs):
    return [song for i, song in enumerate(songs) if i == 0 or song != songs[i - 1]]


def hit_rate(ids, vectors, held_out, k=10, mask=10):
    """Share of the positions of `held_out` whose song is among the k nearest (cosine) of the song before it."""
    row_of = {song: row for row, song in enumerate(ids)}
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    asked = hits = 0
    queries, targets, masked = [], [], []

    def answer():
        nonlocal hits
        scores = unit[queries] @ unit.T
        for i, rows in enumerate(masked):
            target_score = scores[i, targets[i]]
            scores[i, rows] = -np.inf
            hits += int((scores[i] > target_score).sum() < k)
        queries.clear(), targets.clear(), masked.clear()

    for songs in held_out:
        for i in range(1, len(songs)):
            asked += 1
            recent = songs[max(0, i - mask):i]
            # An unknown song before, an unknown song after, or one just heard can only be a miss.
            if songs[i] not in row_of or songs[i - 1] not in row_of or songs[i] in recent:
                continue
            queries.append(row_of[songs[i - 1]])
            targets.append(row_of[songs[i]])
            masked.append([row_of[song] for song in recent if song in row_of])
            if len(queries) == 512:
                answer()
    if queries:
        answer()
    return hits / asked


def train_segue(program, playlists, seed, threads, folder):
    source = folder / "train.tsv"
    with source.open("w", encoding="utf-8") as file:
        file.write("playlist_id\ttrack_ids\n")
        for i, songs in enumerate(playlists):
            file.write(f"{i}\t{' '.join(songs)}\n")
    subprocess.run([program, "ingest", source, "-o", folder / "d", "--min-session", "1", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    flags = [word for name, value in OPTIONS.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    subprocess.run([program, "train", folder / "d", "-o", folder / "m", "--seed", str(seed), "--threads", str(threads),
                    "--quiet", *flags], check=True, stdout=subprocess.DEVNULL)
    manifest = json.loads((folder / "m" / "manifest.json").read_text())
    seconds = sum(epoch["seconds"] for epoch in manifest["history"])
    with pyarrow.ipc.open_file(folder / "m" / "songs.arrow") as file:
        ids = file.read_all()["id"].to_pylist()
    return ids, np.load(folder / "m" / "vectors.npy"), seconds


def train_gensim(playlists, seed, threads):
    model = Word2Vec(vector_size=OPTIONS["dim"], window=OPTIONS["window"], negative=OPTIONS["negatives"],
                     ns_exponent=OPTIONS["negative_exponent"], sample=OPTIONS["subsample"],
                     min_count=OPTIONS["min_plays"], epochs=OPTIONS["epochs"], alpha=OPTIONS["learning_rate"],
                     min_alpha=OPTIONS["min_learning_rate"], sg=int(OPTIONS["architecture"] == "skipgram"), hs=0, seed=seed, workers=threads)
    model.build_vocab(playlists)
    start = time.perf_counter()
    model.train(playlists, total_examples=model.corpus_count, epochs=model.epochs)
    return model.wv.index_to_key, model.wv.vectors, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("playlists")
    parser.add_argument("--architecture", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    OPTIONS["architecture"] = arguments.architecture
    playlists = [without_repeats(songs) for songs in read_playlists(arguments.playlists)]
    for threads in arguments.threads:
        rows = []
        for seed in range(1, arguments.seeds + 1):
            shuffled = random.Random(seed).sample(playlists, len(playlists))
            held_out, rest = shuffled[:len(shuffled) // 10], shuffled[len(shuffled) // 10:]
            plays = sum(map(len, rest)) * OPTIONS["epochs"]
            with tempfile.TemporaryDirectory() as folder:
                ids, vectors, seconds = train_segue(arguments.program, rest, seed, threads, pathlib.Path(folder))
            ours = hit_rate(ids, vectors, held_out)
            ids, vectors, theirs_seconds = train_gensim(rest, seed, threads)
            theirs = hit_rate(ids, vectors, held_out)
            rows.append((ours, theirs, plays / seconds, plays / theirs_seconds))
            print(f"threads {threads} seed {seed}: HitRate@10 segue {ours:.4f} gensim {theirs:.4f}; "
                  f"plays/s segue {rows[-1][2]:,.0f} gensim {rows[-1][3]:,.0f}", flush=True)
        differences = [row[0] - row[1] for row in rows]
        spread = statistics.stdev(differences) if len(rows) > 1 else 0.0
        print(f"threads {threads}: HitRate@10 segue {statistics.mean(row[0] for row in rows):.4f} "
              f"gensim {statistics.mean(row[1] for row in rows):.4f}, difference {statistics.mean(differences):+.4f} "
              f"± {spread / len(rows) ** 0.5:.4f} (standard error); speed ratio "
              f"{statistics.median(row[2] / row[3] for row in rows):.1f}", flush=True)


if __name__ == "__main__":
    main()
