"""Lists for all users of a dataset at once: segue recommend against implicit and RecTools, in one run.

    python3 -m venv VENV && VENV/bin/pip install implicit rectools pyarrow
    VENV/bin/python bench/recommend/batch_lists.py build/release/bin MODEL DATASET [--users 5000] [-k 50]
    VENV/bin/python bench/recommend/batch_lists.py build/release/bin MODEL - --made 10000000 --heard 10

With "-" for DATASET, histories are made by walks along the model's transitions (recommend_lists) and repeated until
there are --made of them, under names of their own; the peers are then given the first --users. Every method gets the
same histories and writes nothing but lists of song numbers (the peers) or Parquet (Segue, with ids and scores). The
peers rank the songs that Segue searches, those that are trained. Their factors are random: their time does not depend on what they have learnt. Threads are limited to --threads for
all. The bare list is the rate of recommend_lists: what the server does for a request without the request. The server
gets --users of the histories as POST /v1/recommendations, one after another on one connection; its own processor time
counts, not the client's.

Prints Markdown: users a second of processor time, reading and writing included, so that neighbours on the machine count
little. What Segue takes to open the model is measured with one user, and subtracted. The bare list is by the clock, the
quickest of three runs. Memory is the largest of the process, with mapped files.
"""

import argparse
import http.client
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("model")
    parser.add_argument("dataset")
    parser.add_argument("--users", type=int, default=5000, help="of those, the peers are given so many")
    parser.add_argument("--made", type=int, default=100_000)
    parser.add_argument("--heard", type=int, default=20)
    parser.add_argument("-k", type=int, default=50)
    parser.add_argument("--dim", type=int, default=128, help="of the peers' factors")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--peers", default="implicit,rectools")
    return parser.parse_args()


def measured(command):
    """Processor seconds and megabytes of a process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def users_of(dataset, most):
    """Histories of a dataset's users, their queues joined by time, as lists of ids."""
    import pyarrow.ipc

    songs = pyarrow.ipc.open_file(f"{dataset}/songs.arrow").read_all()["id"].to_pylist()
    queues = pyarrow.ipc.open_file(f"{dataset}/queues.arrow").read_all()
    histories = {}
    for user, queue in zip(queues["user"].to_pylist(), queues["songs"].to_pylist()):
        histories.setdefault(user, []).extend(songs[song] for song in queue)
    return list(histories.values())[:most] if most else list(histories.values())


def walked(arguments, folder):
    """Histories that recommend_lists makes."""
    path = folder / "walks.jsonl"
    subprocess.run([f"{arguments.bin}/recommend_lists", f"model={arguments.model}", f"heard={arguments.heard}",
                    f"histories={min(arguments.made, 20_000)}", f"write={path}"], check=True)
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def write_histories(histories, count, path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("user", pa.string()), ("songs", pa.list_(pa.string()))])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for begin in range(0, count, len(histories)):
            size = min(len(histories), count - begin)
            users = [f"user-{begin + i}" for i in range(size)]
            writer.write_table(pa.table({"user": users, "songs": histories[:size]}, schema=schema))


def segue_rate(arguments, folder, histories, count):
    def run(users, name):
        path = folder / f"{name}.parquet"
        write_histories(histories, users, path)
        return measured([f"{arguments.bin}/segue", "recommend", arguments.model, "--histories", str(path), "-k",
                         str(arguments.k), "--threads", str(arguments.threads), "--quiet", "-o",
                         str(folder / f"{name}-lists.parquet")])

    opening, _ = run(1, "one")
    seconds, megabytes = run(count, "all")
    return (count - 1) / max(seconds - opening, 1e-9), megabytes


def bare_rate(arguments, heard):
    output = subprocess.run([f"{arguments.bin}/recommend_lists", f"model={arguments.model}", f"k={arguments.k}",
                             f"heard={heard}", "histories=500", "judged=0", "by=blend"],
                            check=True, capture_output=True, text=True, timeout=300).stdout
    return 1 / json.loads(output.splitlines()[-1])["wall"]


def server_rate(arguments, folder, histories):
    server = subprocess.Popen(
        [f"{arguments.bin}/segue", "serve", arguments.model, "--port", "0", "--store", str(folder / "store.sqlite"),
         "--open-loopback", "--address-requests", "0", "--user-requests", "0", "--token-requests", "0"],
        stderr=subprocess.PIPE, text=True)
    try:
        for line in server.stderr:
            if found := re.search(r"http://([0-9.]+):([0-9]+)", line):
                break
        threading.Thread(target=server.stderr.read, daemon=True).start()
        connection = http.client.HTTPConnection(found[1], int(found[2]))

        def ask(songs):
            connection.request("POST", "/v1/recommendations", json.dumps({"songs": songs, "k": arguments.k}),
                               {"Content-Type": "application/json"})
            reply = connection.getresponse()
            body = reply.read()
            if reply.status != 200:
                sys.exit(f"{reply.status}: {body[:300]}")

        def seconds():
            fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        for songs in histories[:100]:
            ask(songs)
        begin = seconds()
        for songs in histories:
            ask(songs)
        return len(histories) / (seconds() - begin)
    finally:
        server.terminate()
        server.wait()


def matrix_of(histories, columns):
    import numpy as np
    import scipy.sparse

    indptr = np.cumsum([0] + [len(one) for one in histories])
    indices = np.array([columns[song] for one in histories for song in one], dtype=np.int32)
    matrix = scipy.sparse.csr_matrix((np.ones(len(indices), np.float32), indices, indptr),
                                     shape=(len(histories), len(columns)))
    matrix.sum_duplicates()
    return matrix


def implicit_rate(arguments, histories, columns, factors):
    import implicit.als
    import numpy as np

    model = implicit.als.AlternatingLeastSquares(factors=arguments.dim, num_threads=arguments.threads)
    rated = matrix_of(histories, columns)
    model.item_factors = factors[: len(columns)]
    model.user_factors = factors[-len(histories):]
    begin = time.process_time()
    for first in range(0, len(histories), 1000):
        users = np.arange(first, min(first + 1000, len(histories)))
        model.recommend(users, rated[users], N=arguments.k, filter_already_liked_items=True)
    return len(histories) / (time.process_time() - begin)


def rectools_rate(arguments, histories, columns, factors):
    import numpy as np
    from rectools.models.rank import Distance, ImplicitRanker

    rated = matrix_of(histories, columns)
    ranker = ImplicitRanker(Distance.DOT, factors[-len(histories):], factors[: len(columns)],
                            num_threads=arguments.threads)
    begin = time.process_time()
    ranker.rank(np.arange(len(histories)), k=arguments.k, filter_pairs_csr=rated)
    return len(histories) / (time.process_time() - begin)


def main():
    arguments = parse_arguments()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(arguments.threads))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = arguments.dataset == "-"
        histories = walked(arguments, folder) if made else users_of(arguments.dataset, 0)
        count = arguments.made if made else len(histories)
        rate, megabytes = segue_rate(arguments, folder, histories, count)
        rows = [(f"segue recommend, {count:,} users", rate, f"{megabytes:,.0f}")]
        rows.append(("a bare list of the server's", bare_rate(arguments, arguments.heard), ""))
        some = histories[: arguments.users]
        rows.append((f"segue serve, {len(some):,} requests", server_rate(arguments, folder, some), ""))
        import numpy as np
        import pyarrow.ipc

        ids = pyarrow.ipc.open_file(f"{arguments.model}/songs.arrow").read_all()["id"].to_pylist()
        manifest = json.loads(pathlib.Path(arguments.model, "manifest.json").read_text(encoding="utf-8"))
        ids = ids[: manifest.get("trained", len(ids))]
        columns = {song: column for column, song in enumerate(ids)}
        some = [[song for song in one if song in columns] for one in some]
        factors = np.random.default_rng(1).standard_normal((len(columns) + len(some), arguments.dim), np.float32)
        for peer, rate_of in (("implicit", implicit_rate), ("rectools", rectools_rate)):
            if peer in arguments.peers.split(","):
                rows.append((f"{peer}, {len(some):,} users", rate_of(arguments, some, columns, factors), ""))
    print(f"| {arguments.model}, k = {arguments.k}, {arguments.threads} threads | users a CPU second | memory, MB |")
    print("|---|---|---|")
    for what, rate, memory in rows:
        print(f"| {what} | {rate:,.0f} | {memory} |")
    print(f"\nlargest memory of the peers: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
