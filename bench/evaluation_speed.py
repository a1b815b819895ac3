"""How long `segue evaluate` takes to ask 100,000 positions of a catalogue of 200,000 songs.

    .venv/bin/python bench/evaluation_speed.py build/release/bin [--positions 100000] [--songs 200000] [--plays 20000000]
                                               [--baselines random,popularity,co-count,co-count-10,sgns,sgns-10]

The listens are generated (bench/corpus.h). Every song is in the catalogue (--min-plays 1), every list is of the whole
catalogue, every metric and interval is computed. Printed is the time to fit and the time to rank and measure.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", type=pathlib.Path, help="where segue and train_bench are")
    parser.add_argument("--positions", type=int, default=100_000)
    parser.add_argument("--songs", type=int, default=200_000)
    parser.add_argument("--plays", type=int, default=20_000_000)
    parser.add_argument("--baselines", default="random,popularity,co-count,co-count-10,sgns,sgns-10")
    parser.add_argument("--threads", default="0")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        text = folder / "corpus.txt"
        # The quickest way to the sessions as text; what it trains meanwhile does not matter.
        subprocess.run([arguments.programs / "train_bench", f"songs={arguments.songs}", f"plays={arguments.plays}",
                        "epochs=1", "dim=16", "negatives=1", "window=1", f"text={text}"], check=True,
                       stdout=subprocess.DEVNULL)
        lists = folder / "lists.tsv"
        with text.open() as source, lists.open("w") as target:
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
