"""Rows a CPU second that `segue ingest` reads, counting the whole process (reading, sorting, writing, digests).

    .venv/bin/python bench/ingest/ingest_speed.py build/release/bin/segue listens.tsv [--runs 5]

Pass a decompressed file to exclude decompression.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import tempfile


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("segue")
    parser.add_argument("log")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.runs):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run([arguments.segue, "ingest", arguments.log, "-o", pathlib.Path(folder) / "d", "--json",
                                   "--quiet"], check=True, capture_output=True, text=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            rates.append(json.loads(done.stdout)["rows"] / seconds)
    print(f"rows a CPU second over {arguments.runs} runs: {min(rates):,.0f} … {statistics.median(rates):,.0f} … "
          f"{max(rates):,.0f}; peak memory {after.ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
