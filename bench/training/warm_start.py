"""A warm retrain against a cold one: hit rate on the days after, time, and how far song vectors moved.

    VENV/bin/python bench/training/warm_start.py build/release/bin/segue DATASET [--share .9] [--day .01] [--seeds 3]

Needs pyarrow. Cuts the sessions of a dataset by time: the first --share of the listens make the old model, those and
the next --day the new models, and those after are predicted: each play from the ten before it in its session, if it is
not among them. Repeats that for several cuts, each --day later than the one before. Cold: segue train. Warm: segue
train --from the old model. Prints JSON lines, then a table of means.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import tempfile
import time

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

HEARD = 10


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("segue")
    parser.add_argument("dataset")
    parser.add_argument("--share", type=float, default=0.9, help="of all listens, what the old model has")
    parser.add_argument("--day", type=float, default=0.01, help="of all listens, what is new")
    parser.add_argument("--judged", type=int, default=4000, help="plays after that, at most")
    parser.add_argument("--cuts", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warm", default="", help="more options of the warm runs, in one string")
    parser.add_argument("--both", default="", help="more options of all runs")
    return parser.parse_args()


def sessions_of(dataset):
    """(start, user, ids) of each session, by time."""
    ids = pyarrow.ipc.open_file(f"{dataset}/songs.arrow").read_all()["id"].to_pylist()
    queues = pyarrow.ipc.open_file(f"{dataset}/queues.arrow").read_all()
    starts = queues["start"].cast(pa.int64()).to_pylist()
    rows = zip(starts, queues["user"].to_pylist(), queues["songs"].to_pylist())
    return sorted((start, user, [ids[song] for song in songs]) for start, user, songs in rows if start is not None)


def write_log(sessions, path):
    users, times, songs = [], [], []
    for start, user, ids in sessions:
        for place, song in enumerate(ids):
            users.append(user)
            times.append(start + place * 180_000_000)
            songs.append(song)
    pq.write_table(pa.table({"user": users, "time": pa.array(times, pa.timestamp("us", "UTC")), "song_id": songs}), path)


def run(command):
    """Standard output, wall seconds and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    output = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return output, wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def positions_of(sessions, most):
    """(history, next song): the next song is not among the last HEARD."""
    found = []
    for _, _, ids in sessions:
        for place in range(1, len(ids)):
            heard = ids[max(0, place - HEARD) : place]
            if ids[place] not in heard:
                found.append((heard, ids[place]))
    step = max(1, len(found) // most)
    return found[::step]


def hit_rates(arguments, model, positions, folder, by):
    """HR@10 of lists from these histories; a song that the model lacks is a miss."""
    known = set(pyarrow.ipc.open_file(f"{model}/songs.arrow").read_all()["id"].to_pylist())
    kept = [(i, [song for song in heard if song in known]) for i, (heard, _) in enumerate(positions)]
    kept = [(i, heard) for i, heard in kept if heard]
    pq.write_table(pa.table({"user": [str(i) for i, _ in kept], "songs": [heard for _, heard in kept]}),
                   folder / "histories.parquet")
    run([arguments.segue, "recommend", model, "--histories", folder / "histories.parquet", "-k", 10, "--by", by, "-o",
         folder / "lists.parquet", "--quiet"])
    lists = {}
    table = pq.read_table(folder / "lists.parquet")
    for user, song in zip(table["user"].to_pylist(), table[table.column_names[2]].to_pylist()):
        lists.setdefault(user, []).append(song)
    hits = sum(positions[i][1] in lists.get(str(i), []) for i, _ in kept)
    return hits / len(positions)


def measured(arguments, dataset, model, extra, positions, folder):
    output, wall, cpu = run([arguments.segue, "train", dataset, "-o", model, "--threads", arguments.threads, "--json",
                             *arguments.both.split(), *extra])
    document = json.loads(output)
    return {"training": sum(epoch["seconds"] for epoch in document["epochs"]),
            "epochs": len(document["epochs"]),
            "wall": wall, "cpu": cpu,
            "blend": hit_rates(arguments, model, positions, folder, "blend"),
            "vectors": hit_rates(arguments, model, positions, folder, "vectors"),
            "cosine": document.get("start", {}).get("cosine", {}).get("mean"),
            "before": document.get("start", {}).get("cosine_before_turning", {}).get("mean")}


def main():
    arguments = parse_arguments()
    sessions = sessions_of(arguments.dataset)
    total = sum(len(ids) for _, _, ids in sessions)
    ends, so_far = [], 0
    for _, _, ids in sessions:
        so_far += len(ids)
        ends.append(so_far / total)

    def until(share):
        return next(i for i, end in enumerate(ends) if end >= share) + 1

    rows = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for cut in range(arguments.cuts):
            share = arguments.share + cut * arguments.day
            for what, end in (("old", share), ("new", share + arguments.day)):
                write_log(sessions[: until(end)], folder / "log.parquet")
                run([arguments.segue, "ingest", folder / "log.parquet", "-o", folder / what, "--quiet"])
            positions = positions_of(sessions[until(share + arguments.day) :], arguments.judged)
            for what, dataset, extra in (
                    ("old", "old", []),
                    ("cold", "new", []),
                    ("cold, turned", "new", ["--from", folder / "model-old", "--warm", "false"]),
                    ("warm", "new", ["--from", folder / "model-old", *arguments.warm.split()])):
                result = measured(arguments, folder / dataset, folder / f"model-{what}", extra, positions, folder)
                print(json.dumps({"cut": cut, "model": what, "positions": len(positions), **result}), flush=True)
                rows.setdefault(what, []).append(result)
    print("| | epochs | training, s | segue train, s | processor, s | HR@10, blend | by vectors | cosine to the old |")
    print("|---|---|---|---|---|---|---|---|")
    for what, results in rows.items():
        def mean(key):
            values = [one[key] for one in results if one[key] is not None]
            return sum(values) / len(values) if values else float("nan")
        print(f"| {what} | {mean('epochs'):.0f} | {mean('training'):.1f} | {mean('wall'):.1f} | {mean('cpu'):.1f} | "
              f"{mean('blend'):.4f} | {mean('vectors'):.4f} | {mean('cosine'):.3f} |")


if __name__ == "__main__":
    main()
