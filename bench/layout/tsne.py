"""t-SNE of Segue and others on the same vectors: CPU seconds, KL divergence and how many of the 10 nearest are kept.

    make bench
    .venv/bin/python bench/layout/tsne.py MODEL/vectors.npy
    .venv/bin/python bench/layout/tsne.py MODEL/vectors.npy --peers openTSNE --runs 3 --segue Segue= --segue fast="fast=true"

`--rows` songs are drawn, their vectors divided by their lengths and reduced to `--dim` numbers by principal components.
All start from the same exact nearest neighbours except sklearn, which takes none: it finds its own, and its CPU seconds
include that. Rtsne needs R and its package (Debian: r-cran-rtsne). All take turns. One judge measures the KL divergence
of every layout from the same affinities, over all pairs of points, in double precision.
"""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import scipy.sparse
import scipy.spatial

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/support"))
import table  # noqa: E402

KEPT = 10


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("vectors", type=pathlib.Path, help="a .npy, a row a song")
    add("--build", type=pathlib.Path, default=ROOT / "build/release/bin", help="where tsne_bench is")
    add("--peers", nargs="*", default=["openTSNE", "sklearn", "Rtsne"], choices=["openTSNE", "sklearn", "Rtsne"])
    add("--segue", action="append", metavar="NAME=OPTIONS", help="a mode of Segue: options of tsne_bench")
    add("--rows", type=int, default=20000)
    add("--dim", type=int, default=64)
    add("--perplexity", type=float, default=30)
    add("--iterations", type=int, default=750, help="250 of them with an exaggeration of 12")
    add("--threads", type=int, default=1)
    add("--runs", type=int, default=1)
    add("--keep", type=pathlib.Path, help="a folder for all files, including the layouts")
    return parser.parse_args()


def prepare(vectors, rows, dim):
    chosen = np.load(vectors, mmap_mode="r")
    if len(chosen) > rows:
        chosen = chosen[np.sort(np.random.default_rng(1).choice(len(chosen), rows, replace=False))]
    chosen = np.array(chosen, np.float64)
    chosen /= np.maximum(np.linalg.norm(chosen, axis=1, keepdims=True), 1e-12)
    chosen -= chosen.mean(0)
    _, _, components = np.linalg.svd(chosen, full_matrices=False)
    return chosen @ components[:dim].T


def nearest(vectors, k):
    """(rows, squared distances) of the k nearest other rows."""
    rows, distances = [], []
    squares = (vectors ** 2).sum(1)
    for begin in range(0, len(vectors), 1000):
        part = np.maximum(squares[begin:begin + 1000, None] + squares - 2 * vectors[begin:begin + 1000] @ vectors.T, 0)
        part[np.arange(len(part)), begin + np.arange(len(part))] = np.inf
        near = np.argpartition(part, k, axis=1)[:, :k]
        near = np.take_along_axis(near, np.argsort(np.take_along_axis(part, near, 1), axis=1), 1)
        rows.append(near)
        distances.append(np.take_along_axis(part, near, 1))
    return np.concatenate(rows), np.concatenate(distances)


def affinities(rows, distances, perplexity):
    """The matrix all layouts are judged by, with its own search for the widths."""
    low, high = np.zeros(len(rows)), np.full(len(rows), np.inf)
    width = 1 / distances.mean(1)
    shifted = distances - distances.min(1, keepdims=True)
    for _ in range(200):
        weights = np.exp(-width[:, None] * shifted)
        p = weights / weights.sum(1, keepdims=True)
        entropy = np.log(weights.sum(1)) + width * (p * shifted).sum(1)
        too_wide = entropy > np.log(perplexity)
        low, high = np.where(too_wide, width, low), np.where(too_wide, high, width)
        width = np.where(np.isinf(high), 2 * width, (low + high) / 2)
    n = len(rows)
    matrix = scipy.sparse.csr_matrix((p.ravel(), rows.ravel(), np.arange(0, p.size + 1, p.shape[1])), shape=(n, n))
    matrix = (matrix + matrix.T).tocoo()
    return matrix.row, matrix.col, matrix.data / matrix.data.sum()


def kl_divergence(pairs, layout):
    row, column, p = pairs
    layout = layout.astype(np.float64)
    squares = (layout ** 2).sum(1)
    z = -len(layout)
    for begin in range(0, len(layout), 1000):
        part = layout[begin:begin + 1000]
        z += (1 / (1 + np.maximum(squares[begin:begin + 1000, None] + squares - 2 * part @ layout.T, 0))).sum()
    away = ((layout[row] - layout[column]) ** 2).sum(1)
    return float((p * (np.log(p) + np.log1p(away))).sum() + np.log(z))


def kept(rows, layout):
    _, near = scipy.spatial.cKDTree(layout).query(layout, KEPT + 1)
    shared = [len(np.intersect1d(wanted[:KEPT], [j for j in found if j != i][:KEPT]))
              for i, (wanted, found) in enumerate(zip(rows, near))]
    return sum(shared) / (KEPT * len(rows))


def segue(arguments, folder, output, flags):
    done = subprocess.run(
        [arguments.build / "tsne_bench", f"vectors={folder}/vectors.npy", f"neighbours={folder}/rows.npy",
         f"distances={folder}/distances.npy", f"output={output}", f"perplexity={arguments.perplexity}",
         f"iterations={arguments.iterations}", f"threads={arguments.threads}", *flags.split()],
        check=True, stdout=subprocess.PIPE, text=True)
    return sum(map(float, re.findall(r": ([\d.]+) CPU s", done.stdout)))


def peer(arguments, folder, output, name):
    done = subprocess.run(
        [sys.executable, pathlib.Path(__file__).parent / "tsne_peer.py", name, folder, output,
         *map(str, (arguments.perplexity, arguments.iterations, arguments.threads))],
        check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])["cpu_seconds"]


def run(arguments, folder):
    vectors = prepare(arguments.vectors, arguments.rows, arguments.dim).astype(np.float32)
    rows, distances = nearest(vectors.astype(np.float64), round(3 * arguments.perplexity))
    pairs = affinities(rows, distances, arguments.perplexity)
    for name, array in (("vectors", vectors), ("rows", rows), ("distances", distances)):
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array, np.float32))
    modes = dict(mode.split("=", 1) for mode in arguments.segue or ["Segue="])
    results = {}
    for turn in range(arguments.runs):
        for name in [*modes, *arguments.peers]:
            output = folder / f"{name}-{turn}.npy"
            cpu = segue(arguments, folder, output, modes[name]) if name in modes else peer(arguments, folder, output, name)
            layout = np.load(output)
            results.setdefault(name, []).append((cpu, kl_divergence(pairs, layout), kept(rows, layout)))
            print(json.dumps({"name": name, "cpu_seconds": cpu, "kl": results[name][-1][1], "kept": results[name][-1][2]}),
                  file=sys.stderr, flush=True)
    first = [cpu for cpu, _, _ in results[next(iter(modes))]]
    lines = [["", "CPU s", "× " + next(iter(modes)), "KL", f"{KEPT}-NN kept"]]
    for name, turns in results.items():
        lines.append([name, table.low_middle_high([cpu for cpu, _, _ in turns], 1),
                      table.low_middle_high([cpu / own for (cpu, _, _), own in zip(turns, first)], 1),
                      f"{statistics.median(kl for _, kl, _ in turns):.4f}",
                      f"{statistics.median(share for _, _, share in turns):.4f}"])
    print(f"{len(vectors)} x {vectors.shape[1]}, {arguments.threads} thread(s)\n")
    print(table.markdown(lines))


def main():
    arguments = parse()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        run(arguments, arguments.keep.resolve())
        return
    with tempfile.TemporaryDirectory() as folder:
        run(arguments, pathlib.Path(folder))


if __name__ == "__main__":
    main()
