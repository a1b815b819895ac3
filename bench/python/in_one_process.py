"""Segue against gensim in one process, on the same lists, with the same options; and the cost of taking a large frame.

    PYTHONPATH=build/release/python .venv/bin/python bench/python/in_one_process.py [--playlists FILE] [--rows N]

Training: lists of song ids in memory become vectors; neither makes an index. A tenth of the playlists is held out; the
hit rate is that of bench/training/hit_rate.py for both. Without `--playlists`, the demo playlists: playlist, time,
name, ids with spaces.
The frame: N listens as a pyarrow table with texts for users and songs; the time of Dataset.from_frame, and how much
memory the process needed beyond the table.
"""

import argparse
import gzip
import pathlib
import random
import re
import sys
import time

import numpy as np
import pyarrow

import segue

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "training"))
import hit_rate  # noqa: E402
from corpora import split, without_repeats  # noqa: E402

DEMO = pathlib.Path(__file__).resolve().parents[2] / "data/demo/playlists.tsv.gz"
OPTIONS = {"dim": 100, "window": 5, "negatives": 5, "epochs": 5, "min_plays": 1, "subsample": 1e-3}


def read_lists(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [without_repeats(line.rstrip("\n").split("\t")[-1].split()) for line in file]


def by_segue(lists, threads):
    dataset = segue.Dataset.from_lists(lists, kind="playlists")
    model = segue.train(dataset, threads=threads, preset="none", fit_blend="off", index="exact", **OPTIONS)
    return model.ids, model.vectors


def by_gensim(lists, threads):
    from gensim.models import Word2Vec

    model = Word2Vec(
        lists,
        vector_size=OPTIONS["dim"],
        window=OPTIONS["window"],
        negative=OPTIONS["negatives"],
        sg=1,
        epochs=OPTIONS["epochs"],
        min_count=OPTIONS["min_plays"],
        sample=OPTIONS["subsample"],
        workers=threads,
        seed=1,
    )
    return model.wv.index_to_key, model.wv.vectors


def compare(path, threads):
    held_out, lists = split(read_lists(path), seed=1)
    questions = hit_rate.every_song(held_out)
    print(f"{sum(map(len, lists)):,} plays in {len(lists):,} lists, {threads} threads")
    for name, train in (("segue", by_segue), ("gensim", by_gensim)):
        start, start_cpu = time.perf_counter(), time.process_time()
        ids, vectors = train(lists, threads)
        seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        rate = hit_rate.hit_rate(ids, vectors, questions)
        print(f"{name:8} {seconds:7.2f} s, {cpu:7.2f} s of a CPU   hit rate at 10: {rate:.4f}")


def frame_of(rows):
    chance = np.random.default_rng(1)
    songs = np.minimum(chance.zipf(1.3, rows), 200_000)
    users = np.sort(chance.integers(0, rows // 100, rows))
    times = 1_600_000_000 + np.arange(rows) % 50_000_000
    return pyarrow.table(
        {
            "user": pyarrow.array(users).cast(pyarrow.string()),
            "song": pyarrow.array(songs).cast(pyarrow.string()),
            "time": times,
        }
    )


def memory_mib(name):
    status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024


def take_frame(rows):
    frame = frame_of(rows)
    pathlib.Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is what is in use now
    before = memory_mib("VmRSS")
    start = time.perf_counter()
    dataset = segue.Dataset.from_frame(frame)
    seconds = time.perf_counter() - start
    more = memory_mib("VmHWM") - before
    print(
        f"a table of {rows:,} rows, {frame.nbytes / 2**20:,.0f} MiB: {seconds:.2f} s, "
        f"{rows / seconds / 1e6:.1f} million rows a second, {more:,.0f} MiB more at the peak; {dataset}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--playlists", type=pathlib.Path, default=DEMO)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    random.seed(1)
    take_frame(given.rows)
    compare(given.playlists, given.threads)


if __name__ == "__main__":
    main()
