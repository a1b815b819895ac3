"""The same script on gensim and on segue.word2vec: how long training takes, and how good and fast the vectors are.

    PYTHONPATH=build/release/python .venv/bin/python bench/python/gensim_script.py [--rows 1100000] [--threads 2]

Training: the demo playlists, a tenth of them held out (all snapshots of a playlist together). The hit rate is the share
of held-out songs among the 20 nearest to the mean of the 5 songs before. Search: `most_similar` among N random vectors
of 128 numbers, the first call and the median of five more.
"""

import argparse
import gzip
import pathlib
import random
import statistics
import time

import gensim.models
import numpy as np

import segue.keyed_vectors
import segue.word2vec

DEMO = pathlib.Path(__file__).resolve().parents[2] / "data/demo/playlists.tsv.gz"


def split():
    with gzip.open(DEMO, "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    names = sorted({row[0] for row in rows})
    random.Random(1).shuffle(names)
    held_out = set(names[: len(names) // 10])
    queues = [[row[3].split(" ") for row in rows if (row[0] in held_out) == wanted] for wanted in (False, True)]
    return queues


def hit_rate(vectors, queues):
    hits = positions = 0
    for queue in queues:
        known = [song for song in queue if song in vectors]
        for at in range(5, len(known), 2):
            positions += 1
            hits += known[at] in {song for song, _ in vectors.most_similar(known[at - 5 : at], topn=20)}
    return hits / positions, positions


def timed(work):
    begun = time.perf_counter()
    made = work()
    return made, time.perf_counter() - begun


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_100_000)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    training, held_out = split()
    kinds = {"segue": segue.word2vec.Word2Vec, "gensim": gensim.models.Word2Vec}
    for sg, name in ((0, "CBOW"), (1, "skip-gram")):
        for who, kind in kinds.items():
            options = {"vector_size": 64, "window": 10, "sg": sg, "epochs": 10, "workers": given.threads}
            model, seconds = timed(lambda: kind(training, **options))
            rate, positions = hit_rate(model.wv, held_out)
            print(f"{name:9} {who:6} {seconds:5.1f} s   hit rate@20 {rate:.4f} of {positions}", flush=True)

    vectors = np.random.default_rng(0).normal(size=(given.rows, 128)).astype(np.float32)
    keys = [f"s{row}" for row in range(given.rows)]
    theirs = gensim.models.KeyedVectors(128)
    theirs.add_vectors(keys, vectors)
    for who, songs in (("segue", segue.keyed_vectors.KeyedVectors(keys, vectors)), ("gensim", theirs)):
        _, first = timed(lambda: songs.most_similar("s5"))
        more = [timed(lambda: songs.most_similar(f"s{row}"))[1] for row in range(6, 11)]
        print(f"search    {who:6} first {first:.3f} s   then {statistics.median(more):.3f} s", flush=True)


if __name__ == "__main__":
    main()
