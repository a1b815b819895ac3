"""Search speed, recall, build and opening times of Segue and other libraries on a model's songs.

    .venv/bin/python bench/search/index.py MODEL
    .venv/bin/python bench/search/index.py MODEL --rows 100000 --queries 1000 --threads 1 2

The queries are songs spread over the catalogue; each asks for its 10 nearest other songs by cosine, all in one call of
each library, so that Python costs next to nothing. Every graph is searched at several widths; a line of the table takes
the narrowest that reaches the recall (0.95 and 0.99). Peers run with their own defaults and with Segue's parameters.
Indexes are built with the most threads of --threads. Builds and searches on one thread count processor seconds,
searches on more threads seconds by the clock; each is the best of five runs. Needs tools/requirements-bench.txt.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/support"))
import table  # noqa: E402

RUNS = 5
WIDTHS = [12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024]
K = 10


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release/bin", help="where index_search is")
    parser.add_argument("--rows", type=int, default=0, help="only the first so many songs")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, os.cpu_count()], help="that search")
    parser.add_argument("--links", type=int, default=16)
    parser.add_argument("--width", type=int, default=200)
    parser.add_argument("--only", nargs="*", help="names of the lines to run")
    return parser.parse_args()


class Hnswlib:
    def build(self, vectors, links, width, threads):
        import hnswlib
        self.index = hnswlib.Index(space="ip", dim=vectors.shape[1])
        self.index.init_index(max_elements=len(vectors), M=links or 16, ef_construction=width or 200)
        self.index.add_items(vectors, num_threads=threads)

    def save(self, file):
        self.index.save_index(file)

    def open(self, file, dim):
        import hnswlib
        hnswlib.Index(space="ip", dim=dim).load_index(file)

    def search(self, queries, width, threads):
        self.index.set_ef(max(width, K + 1))
        return self.index.knn_query(queries, k=K + 1, num_threads=threads)[0]


class USearch:
    def __init__(self, dtype):
        self.dtype = dtype

    def make(self, dim, links=None, width=None):
        from usearch.index import Index
        return Index(ndim=dim, metric="cos", dtype=self.dtype, **({"connectivity": links} if links else {}),
                     **({"expansion_add": width} if width else {}))

    def build(self, vectors, links, width, threads):
        self.index = self.make(vectors.shape[1], links, width)
        self.index.add(np.arange(len(vectors)), vectors, threads=threads)

    def save(self, file):
        self.index.save(file)

    def open(self, file, dim):
        self.make(dim).view(file)

    def search(self, queries, width, threads):
        self.index.expansion_search = width
        return self.index.search(queries, K + 1, threads=threads).keys


class Voyager:
    def build(self, vectors, links, width, threads):
        import voyager
        self.index = voyager.Index(voyager.Space.InnerProduct, vectors.shape[1], M=links or 12, ef_construction=width or 200)
        self.index.add_items(vectors, num_threads=threads)

    def save(self, file):
        self.index.save(file)

    def open(self, file, dim):
        import voyager
        voyager.Index.load(file)

    def search(self, queries, width, threads):
        return self.index.query(queries, k=K + 1, num_threads=threads, query_ef=max(width, K + 1))[0]


class Faiss:
    def build(self, vectors, links, width, threads):
        import faiss
        faiss.omp_set_num_threads(threads)
        self.index = faiss.IndexHNSWFlat(vectors.shape[1], links or 32, faiss.METRIC_INNER_PRODUCT)
        if width:
            self.index.hnsw.efConstruction = width
        self.index.add(vectors)

    def save(self, file):
        import faiss
        faiss.write_index(self.index, file)

    def open(self, file, dim):
        import faiss
        faiss.read_index(file)

    def search(self, queries, width, threads):
        import faiss
        faiss.omp_set_num_threads(threads)
        self.index.hnsw.efSearch = width
        return self.index.search(queries, K + 1)[1]


class FaissFlat(Faiss):
    def build(self, vectors, links, width, threads):
        import faiss
        faiss.omp_set_num_threads(threads)
        self.index = faiss.IndexFlatIP(vectors.shape[1])
        self.index.add(vectors)

    def search(self, queries, width, threads):  # one at a time: what a server asks
        import faiss
        faiss.omp_set_num_threads(threads)
        return np.vstack([self.index.search(query[None], K + 1)[1] for query in queries])


def cost(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def recall(found, songs, right):
    hits = 0
    for song, row, wanted in zip(songs, found, right):
        others = [other for other in row if other != song][:K]
        hits += len(set(others) & set(wanted))
    return hits / (K * len(songs))


def exact_neighbours(vectors, songs):
    lists = []
    for first in range(0, len(songs), 50):
        some = songs[first:first + 50]
        scores = vectors[some] @ vectors.T
        scores[np.arange(len(some)), some] = -9
        lists += list(np.argpartition(-scores, K, axis=1)[:, :K])
    return lists


def peer_lines(peer, vectors, songs, right, arguments, links, width):
    build = cost(lambda: peer.build(vectors, links, width, max(arguments.threads)))
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/index"
        peer.save(file)
        opening = cost(lambda: peer.open(file, vectors.shape[1]))
        yield {"build_cpu": build[0], "build_wall": build[1], "open_cpu": opening[0], "open_wall": opening[1],
               "bytes": os.path.getsize(file)}
    queries = np.ascontiguousarray(vectors[songs])
    flat = isinstance(peer, FaissFlat)
    for threads in arguments.threads[:1] if flat else arguments.threads:
        for search_width in [0] if flat else WIDTHS:
            found = []
            runs = [cost(lambda: found.append(peer.search(queries, search_width, threads))) for _ in range(RUNS)]
            share = recall(found[-1], songs, right)
            yield {"threads": threads, "width": search_width, "recall": share, "cpu": min(runs)[0] / len(songs),
                   "wall": min(wall for _, wall in runs) / len(songs)}
            if share > 0.995:
                break


def segue_lines(arguments, storage):
    with tempfile.TemporaryDirectory() as folder:
        for i, threads in enumerate(sorted(arguments.threads, reverse=True)):
            command = [arguments.build / "index_search", f"vectors={arguments.model / 'vectors.npy'}",
                       f"rows={arguments.rows}", f"queries={arguments.queries}", f"links={arguments.links}",
                       f"width={arguments.width}", f"storage={storage}", f"threads={threads}", f"runs={RUNS}",
                       f"file={folder}/index.hnsw", f"build={'true' if i == 0 else 'false'}"]
            output = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
            made, *searches = map(json.loads, output.splitlines())
            yield from [made] if i == 0 else []
            yield from ({"threads": threads, **one} for one in searches)


def main():
    arguments = parse()
    vectors = np.load(arguments.model / "vectors.npy", mmap_mode="r")
    vectors = np.array(vectors[:arguments.rows or len(vectors)], dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.where(lengths > 0, lengths, 1)
    # As bench/search/index_search takes them.
    songs = (np.fmod(0.5 + np.arange(arguments.queries) * 0.6180339887498949, 1.0) * len(vectors)).astype(int)
    right = exact_neighbours(vectors, songs)
    tuned = arguments.links, arguments.width
    lines = {
        "Segue": lambda: segue_lines(arguments, "int8"),
        "Segue, float32": lambda: segue_lines(arguments, "float32"),
        "hnswlib": lambda: peer_lines(Hnswlib(), vectors, songs, right, arguments, None, None),
        "USearch (bf16)": lambda: peer_lines(USearch(None), vectors, songs, right, arguments, None, None),
        "USearch, tuned, f32": lambda: peer_lines(USearch("f32"), vectors, songs, right, arguments, *tuned),
        "USearch, tuned, i8": lambda: peer_lines(USearch("i8"), vectors, songs, right, arguments, *tuned),
        "Voyager": lambda: peer_lines(Voyager(), vectors, songs, right, arguments, None, None),
        "Voyager, tuned": lambda: peer_lines(Voyager(), vectors, songs, right, arguments, *tuned),
        "faiss HNSW": lambda: peer_lines(Faiss(), vectors, songs, right, arguments, None, None),
        "faiss HNSW, tuned": lambda: peer_lines(Faiss(), vectors, songs, right, arguments, *tuned),
        "faiss flat": lambda: peer_lines(FaissFlat(), vectors, songs, right, arguments, None, None),
    }
    counts = sorted(set(arguments.threads))
    rows = [["", "build, CPU s", "file, MB", "open, ms",
             *(f"q/s at {share}, {count} thread{'s' * (count > 1)}" for count in counts for share in ("0.95", "0.99")),
             "exact, q/s"]]
    for name, run in lines.items():
        if arguments.only and name not in arguments.only:
            continue
        made, *searches = run()

        def rate(count, wanted):
            reached = [one for one in searches if one["threads"] == count and wanted(one)]
            return f"{1 / reached[0]['cpu' if count == 1 else 'wall']:,.0f}" if reached else ""

        walks = [rate(count, lambda one: one["width"] not in (0, "auto") and one["recall"] >= share) or "–"
                 for count in counts for share in (0.95, 0.99)]
        rows.append([name, f"{made['build_cpu']:.1f}", f"{made['bytes'] * 1e-6:.0f}", f"{1e3 * made['open_wall']:.1f}",
                     *walks, rate(counts[0], lambda one: one["width"] == 0)])
        print(json.dumps({"name": name, "made": made, "searches": searches}), flush=True)
    print(table.markdown(rows))


if __name__ == "__main__":
    main()
