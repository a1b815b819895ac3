"""Training by 1, 2 and 4 ranks on this machine: hit rate, processor time and bytes against one process.

    VENV/bin/python bench/training/ranks.py build/release/bin/segue DATASET [--ranks 1 2 4] [--seeds 3] [--threads 1]
        [--options "--exchange-plays 20000"]

Needs pyarrow and numpy. Each seed holds out another tenth of the queues and trains on the rest with the options that
`segue train` chooses. The hit rate is the share of songs after the first of the held-out queues (at most 5,000) that
are among the 10 nearest to the song before; the last ten songs heard are left out. Ranks share the processors of one
machine, so their elapsed time says nothing: what counts is processor time. "hidden" is the part of the time of
exchanges in which rank 0 trained on. `--options "--shard columns"` shares out columns.
Prints a JSON line a run, then a table of means.
"""

import argparse
import collections
import json
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile

import pyarrow.ipc

import corpora
import hit_rate
import peers

MOST_JUDGED = 5_000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("segue")
    parser.add_argument("dataset")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of each rank")
    parser.add_argument("--options", default="", help="more options of segue train, in one string")
    return parser.parse_args()


def queues_of(dataset):
    queues = pyarrow.ipc.open_file(f"{dataset}/queues.arrow").read_all()["songs"].to_pylist()
    return [[f"s{song}" for song in queue] for queue in queues]


def train(command, ranks):
    """What rank 0 reports, and the processor seconds of each rank."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {"WORLD_SIZE": str(ranks), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    processes = [subprocess.Popen(command, env=os.environ | shared | {"RANK": str(rank)}, stdout=subprocess.PIPE)
                 for rank in range(ranks)]
    report = json.loads(processes[0].stdout.read())
    seconds = []
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, (command, status)
        seconds.append(usage.ru_utime + usage.ru_stime)
    return report, seconds


def measure(arguments, queues, ranks, seed, folder):
    kept = [queue for i, queue in enumerate(queues) if i % 10 != seed % 10]
    judged = hit_rate.every_song([queue for i, queue in enumerate(queues) if i % 10 == seed % 10])
    judged = judged[:: len(judged) // MOST_JUDGED + 1]
    corpora.write_table(kept, folder / "train.tsv")
    subprocess.run([arguments.segue, "ingest", folder / "train.tsv", "-o", folder / "d", "--min-session", "1", "--quiet"],
                   check=True, stdout=subprocess.DEVNULL)
    report, seconds = train([arguments.segue, "train", folder / "d", "-o", folder / "m", "--seed", str(seed), "--threads",
                             str(arguments.threads), "--fit-blend", "off", "--json", "--quiet", *arguments.options.split()], ranks)
    epochs = report["epochs"]
    exchange = report.get("ranks", {"bytes_sent": 0, "seconds": 0, "seconds_waited": 0})
    plays = report["plays"] * len(epochs)
    return {"ranks": ranks, "seed": seed, "hit_rate": hit_rate.hit_rate(*peers.model_vectors(folder / "m"), judged),
            "loss": epochs[-1]["sample_loss"], "processor_seconds": sum(seconds),
            "bytes_a_play": exchange["bytes_sent"] * ranks / plays, "exchange_seconds": exchange["seconds"],
            "waited_seconds": exchange["seconds_waited"], "elapsed_seconds": sum(epoch["seconds"] for epoch in epochs)}


def main():
    arguments = parse_arguments()
    queues = queues_of(arguments.dataset)
    runs = collections.defaultdict(list)
    for seed in range(1, arguments.seeds + 1):
        for ranks in arguments.ranks:
            with tempfile.TemporaryDirectory() as scratch:
                run = measure(arguments, queues, ranks, seed, pathlib.Path(scratch))
            print(json.dumps(run), flush=True)
            runs[ranks].append(run)
    print("ranks  hit rate   loss  processor s  bytes a play  exchange s  waited s  hidden")
    for ranks, of_ranks in runs.items():
        mean = {key: statistics.mean(run[key] for run in of_ranks) for key in of_ranks[0]}
        print(f"{ranks:5}  {mean['hit_rate']:8.4f}  {mean['loss']:5.3f}  {mean['processor_seconds']:11.1f}  "
              f"{mean['bytes_a_play']:12.0f}  {mean['exchange_seconds']:10.1f}  {mean['waited_seconds']:8.1f}  "
              f"{max(0, 1 - mean['waited_seconds'] / max(mean['exchange_seconds'], 1e-9)):6.0%}")


if __name__ == "__main__":
    main()
