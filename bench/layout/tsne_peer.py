"""One other t-SNE on the files of bench/layout/tsne.py, in a process of its own: prints the CPU seconds of its fit.

    tsne_peer.py openTSNE|sklearn|Rtsne FOLDER OUTPUT.npy PERPLEXITY ITERATIONS THREADS
"""

import json
import pathlib
import subprocess
import sys
import time

import numpy as np

EXAGGERATED = 250  # steps with an exaggeration of 12, in all of them

R_PROGRAM = """
library(Rtsne)
arguments <- commandArgs(trailingOnly = TRUE)
n <- as.integer(arguments[1]); k <- as.integer(arguments[2])
numbers <- function(name, columns) matrix(readBin(name, "numeric", n * columns, size = 4), n, columns, byrow = TRUE)
rows <- numbers("rows.f32", k) + 1
distances <- sqrt(numbers("distances.f32", k))
start <- numbers("start.f32", 2)
before <- proc.time()
map <- Rtsne_neighbors(rows, distances, dims = 2, perplexity = as.numeric(arguments[3]), theta = 0.5,
                       max_iter = as.integer(arguments[4]), Y_init = start, stop_lying_iter = 250L, mom_switch_iter = 250L,
                       exaggeration_factor = 12, eta = max(200, n / 12), num_threads = as.integer(arguments[5]))
spent <- proc.time() - before
cat(spent[["user.self"]] + spent[["sys.self"]])
writeBin(as.numeric(t(map$Y)), "layout.f64")
"""


def open_tsne(folder, perplexity, iterations, threads):
    import openTSNE
    from openTSNE.nearest_neighbors import PrecomputedNeighbors
    vectors = np.load(folder / "vectors.npy")
    rows = np.load(folder / "rows.npy").astype(np.int64)
    distances = np.sqrt(np.load(folder / "distances.npy")).astype(np.float64)
    start = time.process_time()
    affinities = openTSNE.affinity.PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(rows, distances), perplexity=perplexity, n_jobs=threads)
    first = openTSNE.initialization.pca(vectors, random_state=1)
    layout = openTSNE.TSNE(n_jobs=threads, early_exaggeration_iter=EXAGGERATED, n_iter=iterations - EXAGGERATED,
                           negative_gradient_method="fft", random_state=1).fit(affinities=affinities,
                                                                               initialization=first)
    return np.asarray(layout), time.process_time() - start


def sklearn(folder, perplexity, iterations, threads):
    from sklearn.manifold import TSNE
    vectors = np.load(folder / "vectors.npy")
    start = time.process_time()
    layout = TSNE(perplexity=perplexity, max_iter=iterations, init="pca", learning_rate="auto", random_state=1,
                  n_jobs=threads).fit_transform(vectors)
    return layout, time.process_time() - start


def rtsne(folder, perplexity, iterations, threads):
    vectors = np.load(folder / "vectors.npy").astype(np.float64)
    _, _, components = np.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
    first = (vectors - vectors.mean(0)) @ components[:2].T
    (1e-4 * first / first[:, 0].std()).astype(np.float32).tofile(folder / "start.f32")
    rows, distances = np.load(folder / "rows.npy"), np.load(folder / "distances.npy")
    rows.tofile(folder / "rows.f32")
    distances.tofile(folder / "distances.f32")
    (folder / "rtsne.R").write_text(R_PROGRAM)
    done = subprocess.run(["Rscript", "rtsne.R", *map(str, (*rows.shape, perplexity, iterations, threads))], cwd=folder,
                          check=True, stdout=subprocess.PIPE, text=True)
    return np.fromfile(folder / "layout.f64").reshape(-1, 2), float(done.stdout.split()[-1])


PEERS = {"openTSNE": open_tsne, "sklearn": sklearn, "Rtsne": rtsne}


def main():
    name, folder, output = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    layout, cpu_seconds = PEERS[name](folder, float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
    np.save(output, np.ascontiguousarray(layout, np.float32))
    print(json.dumps({"cpu_seconds": cpu_seconds}))


if __name__ == "__main__":
    main()
