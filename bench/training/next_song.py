"""Next-song hit rate and training speed of Segue and gensim, on playlists, with the same options.

    .venv/bin/python bench/training/next_song.py build/release/bin/segue PLAYLISTS.tsv.gz
        [--architecture cbow] [--seeds 5] [--threads 1 2]

Each seed holds out another tenth of the playlists. Both train on the rest with the same options (Segue's defaults). The
test is every song after the first of the held-out playlists: all songs with a vector are ranked by cosine to the song
before, the last ten songs heard are omitted, and a song that was not in training is a miss for both (HitRate@10). The
numbers of one seed come from the same split, so the difference between the two is paired.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

from gensim.models import Word2Vec

import corpora
import hit_rate
import peers

OPTIONS = {"architecture": "skipgram", "dim": 128, "window": 5, "negatives": 5, "negative_exponent": 0.75, "subsample": 1e-3, "min_plays": 5,
           "epochs": 5, "learning_rate": 0.025, "min_learning_rate": 1e-4}


def train_segue(program, playlists, seed, threads, folder):
    corpora.write_table(playlists, folder / "train.tsv")
    subprocess.run([program, "ingest", folder / "train.tsv", "-o", folder / "d", "--min-session", "1", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    flags = [word for name, value in OPTIONS.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    subprocess.run([program, "train", "--fit-blend", "off", folder / "d", "-o", folder / "m", "--seed", str(seed), "--threads", str(threads),
                    "--quiet", *flags], check=True, stdout=subprocess.DEVNULL)
    manifest = json.loads((folder / "m" / "manifest.json").read_text())
    seconds = sum(epoch["seconds"] for epoch in manifest["history"])
    return *peers.model_vectors(folder / "m"), seconds


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
    playlists = corpora.read_playlists(arguments.playlists)
    for threads in arguments.threads:
        rows = []
        for seed in range(1, arguments.seeds + 1):
            held_out, rest = corpora.split(playlists, seed)
            questions = hit_rate.every_song(held_out)
            plays = sum(map(len, rest)) * OPTIONS["epochs"]
            with tempfile.TemporaryDirectory() as folder:
                ids, vectors, seconds = train_segue(arguments.program, rest, seed, threads, pathlib.Path(folder))
            ours = hit_rate.hit_rate(ids, vectors, questions)
            ids, vectors, theirs_seconds = train_gensim(rest, seed, threads)
            theirs = hit_rate.hit_rate(ids, vectors, questions)
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
