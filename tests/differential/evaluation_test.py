"""The metrics of `segue evaluate` against ranx, its matrix factorisation against the implicit package.

ranx (Bassani 2022) computes the metrics from the lists; implicit (Frederickson) starts from our initial factors and takes
the same number of exact least-squares steps.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["NUMBA_DISABLE_JIT"] = "1"  # compiling takes ten times as long as running on these few lists

import implicit.als
import numpy as np
import ranx
import scipy.sparse

METHODS = ["popularity", "co-count-10", "vstan"]
CUTOFFS = [10, 20, 100]
HEARD = 4


def write_playlists(path):
    """Random walks over 300 songs, with repeats, rarely played songs, and two snapshots of every playlist."""
    draw = random.Random(5)
    with path.open("w") as file:
        file.write("playlist_id\ttrack_ids\n")
        for playlist in range(120):
            at, songs = draw.randrange(300), []
            for _ in range(draw.randrange(2, 30)):
                at = (at + draw.choice([-2, -1, 1, 1, 2, 40])) % 300
                songs.append(draw.choice(songs) if songs and draw.random() < 0.15 else at)
            for snapshot in range(2):
                file.write(f"p{playlist}\t{' '.join(f's{song}' for song in songs[snapshot:])}\n")
        file.write("q\tonce twice never s1 s2\n")


def close(what, ours, theirs, tolerance=1e-6):
    assert abs(ours - theirs) <= tolerance, f"{what}: segue {ours}, other program {theirs}"


def check_metrics(segue, dump, folder):
    done = subprocess.run([segue, "evaluate", folder / "d", "--json", "--quiet", "--min-plays", "2", "--place-plays", "2", "--heard", str(HEARD),
                           "--baselines", ",".join(METHODS), "--tune-baselines", "off"], check=True, stdout=subprocess.PIPE)
    modes = json.loads(done.stdout)["runs"][0]["modes"]
    assert set(modes) == {"discovery", "repeat", "next"}, set(modes)
    checked = 0
    for name in METHODS:
        done = subprocess.run([dump, "lists", folder / "d", name, str(HEARD)], check=True, stdout=subprocess.PIPE)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        for mode, ours in modes.items():
            own = [line for line in lines if mode in line["modes"]]
            assert len(own) == ours["positions"] > 50, f"{mode}: {len(own)} positions"
            score = next(score for score in ours["models"] if score["name"] == name)
            run = ranx.Run({str(i): {str(song): 1000.0 - rank for rank, song in enumerate(line["list"])}
                            or {"none": 1.0} for i, line in enumerate(own)})
            target = ranx.Qrels({str(i): {str(line["target"]): 1} for i, line in enumerate(own)})
            later = ranx.Qrels({str(i): {str(song): 1 for song in line["later"]} for i, line in enumerate(own)})
            for cutoff in CUTOFFS:
                for metric, theirs in (("hit_rate", "hit_rate"), ("ndcg", "ndcg"), ("mrr", "mrr")):
                    close(f"{name} {mode} {metric}@{cutoff}", score[metric][str(cutoff)],
                          ranx.evaluate(target, run, f"{theirs}@{cutoff}"))
                close(f"{name} {mode} recall@{cutoff}", score["recall"][str(cutoff)],
                      ranx.evaluate(later, run, f"recall@{cutoff}"))
                checked += 4
    print(f"{checked} metrics agree with ranx")


def check_factors(dump, folder):
    iterations = 3
    done = subprocess.run([dump, "factors", folder / "d", str(iterations)], check=True, stdout=subprocess.PIPE)
    ours = json.loads(done.stdout)
    start = np.array(ours["start"], dtype=np.float32)
    counts = np.zeros((len(ours["queues"]), len(start)), dtype=np.float32)
    for queue, songs in enumerate(ours["queues"]):
        np.add.at(counts[queue], songs, 1)
    # implicit takes the confidence itself as its values; Hu et al. use 1 + alpha r.
    confidence = scipy.sparse.csr_matrix(np.where(counts > 0, 1 + ours["alpha"] * counts, 0).astype(np.float32))
    model = implicit.als.AlternatingLeastSquares(factors=start.shape[1], regularization=ours["regularisation"], alpha=1,
                                                 iterations=iterations, use_cg=False, use_native=True, use_gpu=False,
                                                 num_threads=1)
    model.item_factors = start.copy()
    model.user_factors = np.zeros((len(counts), start.shape[1]), dtype=np.float32)
    model.fit(confidence, show_progress=False)
    for name, mine, theirs in (("queues", ours["queue_factors"], model.user_factors),
                               ("songs", ours["song_factors"], model.item_factors)):
        difference = np.abs(np.array(mine) - theirs).max()
        size = np.abs(theirs).max()
        assert size > 0.1 and difference < 1e-3 * size, f"{name}: differ by {difference}, the largest factor is {size}"
        print(f"factors of {name} agree with implicit within {difference:.1e} of {size:.2f}")


def main():
    segue, dump = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_playlists(folder / "lists.tsv")
        subprocess.run([segue, "ingest", folder / "lists.tsv", "-o", folder / "d", "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        check_metrics(segue, dump, folder)
        check_factors(dump, folder)


if __name__ == "__main__":
    main()
