"""`segue ingest` against DuckDB and Polars: the same generated listens, read, cut, numbered and written.

    .venv/bin/python bench/ingest/ingest_peers.py build/release/bin/segue [--millions 20] [--formats parquet csv]
                     [--runs 3] [--threads 2] [--peers duckdb polars] [--memory 2G] [--folder FOLDER]

bench/ingest/ingest_library.py says what the libraries do and what they are spared. Runs take turns, so that a busy
machine is busy for all of them; ratios are taken run by run. Wall time, CPU time of all threads, and peak memory are
those of a whole process. Songs, plays and queues have to be the same everywhere, but for one in a million: a listen
said twice is one to Segue only. FOLDER keeps the logs for another run.
"""

import argparse
import collections
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench/training"), str(ROOT / "bench/support")]
import measured_run
import table

HERE = pathlib.Path(__file__).parent


def log_of(folder, millions, kind):
    log = folder / f"listens-{millions:g}.{kind}"
    if not log.exists():
        part = log.with_stem(log.stem + "-part")
        subprocess.run([sys.executable, HERE / "write_listens.py", part, str(millions)], check=True)
        part.rename(log)
    return log


def ingest(program, log, scratch, arguments):
    command = [arguments.segue, "ingest", str(log), "-o", str(scratch / "dataset"), "--quiet", "--threads",
               str(arguments.threads), "--max-session", "10000d"]  # the libraries cut at silences alone
    if arguments.memory:
        command += ["--memory", arguments.memory]
    cost = measured_run.run(command, str(scratch / "cost.json"))
    counts = json.loads((scratch / "dataset/manifest.json").read_text())["counts"]
    return cost, (counts["queues"], counts["plays"], counts["songs"])


def peer(program, log, scratch, arguments):
    folder = scratch / program
    cost = measured_run.run([sys.executable, str(HERE / "ingest_library.py"), program, str(log), str(folder),
                             str(arguments.threads)], str(scratch / "cost.json"))
    return cost, tuple(map(int, (folder / "counts.txt").read_text().split()))


def measure(program, log, arguments):
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        return (ingest if program == "segue" else peer)(program, log, pathlib.Path(scratch), arguments)


def agree(results):
    return all(max(counts) - min(counts) <= 1 + 1e-6 * max(counts) for counts in zip(*results))


def rows_of(kind, programs, costs):
    """A row for each program: medians, and the low, middle and high of the ratios to Segue."""
    def median(program, of):
        return statistics.median(map(of, costs[program]))

    def ratios(program, of):
        return table.low_middle_high([of(theirs) / of(ours) for theirs, ours in zip(costs[program], costs["segue"])], 1)

    for program in programs:
        yield [kind, program, f"{median(program, lambda cost: cost.seconds):.1f}",
               f"{median(program, lambda cost: cost.cpu_seconds):.1f}",
               f"{median(program, lambda cost: cost.peak_bytes) / 1e6:,.0f}",
               ratios(program, lambda cost: cost.seconds), ratios(program, lambda cost: cost.cpu_seconds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("segue")
    parser.add_argument("--millions", type=float, default=20)
    parser.add_argument("--formats", nargs="+", default=["parquet", "csv"], choices=["parquet", "csv"])
    parser.add_argument("--peers", nargs="*", default=["duckdb", "polars"], choices=["duckdb", "polars"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="", help="of segue ingest")
    parser.add_argument("--folder", type=pathlib.Path, help="for logs and results; a temporary one")
    arguments = parser.parse_args()
    programs = ["segue", *arguments.peers]
    rows = [["log", "program", "wall s", "CPU s", "peak MB", "× Segue's wall", "× Segue's CPU"]]
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        arguments.folder = arguments.folder or pathlib.Path(scratch)
        for kind in arguments.formats:
            log = log_of(arguments.folder, arguments.millions, kind)
            costs = collections.defaultdict(list)
            for _ in range(arguments.runs):
                results = {program: measure(program, log, arguments) for program in programs}
                if not agree([counts for _, counts in results.values()]):
                    sys.exit(f"different results: {results}")
                for program, (cost, _) in results.items():
                    costs[program].append(cost)
            rows += rows_of(f"{arguments.millions:g} M, {kind}", programs, costs)
    print(table.markdown(rows))


if __name__ == "__main__":
    main()
