"""How long `segue evaluate` takes for 100,000 positions and a catalogue of 200,000 songs.

    .venv/bin/python bench/evaluate/evaluation_speed.py build/release/bin
        [--positions 100000] [--songs 200000] [--plays 20000000]
        [--baselines random,popularity,co-count,co-count-10,sgns,sgns-10]

The listens are generated (bench/support/corpus.h). Every song is in the catalogue (--min-plays 1), every list ranks the
whole catalogue, every metric and interval is computed. Prints the time to fit and the time to rank and measure.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path, help="where segue and write_corpus are")
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--songs", type=int, default=200_000)
    parser.add_argument("--plays", type=int, default=20_000_000)
    parser.add_argument("--baselines", default="random,popularity,co-count,co-count-10,sgns,sgns-10")
    parser.add_argument("--threads", default="0")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([arguments.programs / "write_corpus", f"songs={arguments.songs}", f"plays={arguments.plays}",
                        f"folder={folder}"], check=True)
        lists = folder / "lists.tsv"
        with (folder / "train.txt").open() as source, lists.open("w") as target:
            target.write("playlist_id\ttrack_ids\n")
            for number, line in enumerate(source):
                target.write(f"{number}\t{line.rstrip()}\n")
        subprocess.run([arguments.programs / "segue", "ingest", lists, "-o", folder / "d", "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        start = time.perf_counter()
        done = subprocess.run([arguments.programs / "segue", "evaluate", folder / "d", "--json", "--quiet",
                               "--min-plays", "1", "--epochs", "1", "--threads", arguments.threads, "--max-positions",
                               str(arguments.positions), "--baselines", arguments.baselines], check=True,
                              stdout=subprocess.PIPE)
        seconds = time.perf_counter() - start
    run = json.loads(done.stdout)["runs"][0]
    modes = run["modes"]
    positions = sum(mode["positions"] for mode in modes.values())
    print(f"{positions:,} positions, {run['songs']:,} songs; {seconds:.1f} s in all")
    for model in modes["discovery"]["models"]:
        print(f"{model['name']:12} HR@10 {model['hit_rate']['10']:.4f}  fit {model['fit_seconds']:6.1f} s  "
              f"rank and measure {model['rank_seconds']:6.1f} s")


if __name__ == "__main__":
    main()
