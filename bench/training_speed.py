"""Training speed of Segue against a word2vec binary (Mikolov's word2vec.c or one with its flags), same options, same plays.

    .venv/bin/python bench/training_speed.py build/release/bin/segue WORD2VEC PLAYLISTS.tsv.gz [--threads 1 2] [--runs 5]

Reading the vocabulary and saving do not count: each program trains once on one pass and once on six, and the difference
of their CPU times is what five passes cost. word2vec.c passes over a text with the plays written six times, because with
one thread it forgets to go back to the beginning (its end-of-file flag is never cleared, whatever -iter says). The two
programs take turns, and the ratio is taken run by run, so a machine that slows down slows both.
"""

import argparse
import csv
import gzip
import pathlib
import resource
import statistics
import subprocess
import tempfile

FEW, MORE = 1, 6


def read_playlists(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        column = next(rows).index("track_ids")
        return [row[column] for row in rows]


def cpu_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("segue")
    parser.add_argument("word2vec")
    parser.add_argument("playlists")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    playlists = read_playlists(arguments.playlists)
    plays = sum(len(songs.split()) for songs in playlists)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for passes in (FEW, MORE):
            (root / f"{passes}.txt").write_text("".join(f"{songs}\n" for songs in playlists) * passes, encoding="utf-8")
            subprocess.run([arguments.word2vec, "-train", root / f"{passes}.txt", "-save-vocab", root / f"{passes}.vocab",
                            "-min-count", str(5 * passes)], check=True, stdout=subprocess.DEVNULL)
        (root / "plays.tsv").write_text(
            "playlist_id\ttrack_ids\n" + "".join(f"{i}\t{songs}\n" for i, songs in enumerate(playlists)),
            encoding="utf-8")
        subprocess.run([arguments.segue, "ingest", root / "plays.tsv", "-o", root / "d", "--keep-repeats",
                        "--min-session", "1", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        for threads in arguments.threads:
            def segue(passes):
                return [arguments.segue, "train", root / "d", "-o", root / "m", "--epochs", str(passes), "--threads",
                        str(threads), "--quiet"]

            def word2vec(passes):
                return [arguments.word2vec, "-train", root / f"{passes}.txt", "-read-vocab", root / f"{passes}.vocab",
                        "-output", root / "v.bin", "-binary", "1", "-size", "128", "-window", "5", "-sample", "1e-3",
                        "-negative", "5", "-hs", "0", "-cbow", "0", "-iter", "1", "-min-count", str(5 * passes),
                        "-alpha", "0.025", "-threads", str(threads)]

            rates = {"segue": [], "word2vec": []}
            for _ in range(arguments.runs):
                for name, command in (("segue", segue), ("word2vec", word2vec)):
                    added = cpu_seconds(command(MORE)) - cpu_seconds(command(FEW))
                    rates[name].append(plays * (MORE - FEW) / added)
            ratios = [ours / theirs for ours, theirs in zip(rates["segue"], rates["word2vec"])]
            print(f"{threads} thread(s), {plays:,} plays an epoch: plays per CPU second, median of {arguments.runs}: "
                  f"segue {statistics.median(rates['segue']):,.0f}, word2vec {statistics.median(rates['word2vec']):,.0f}; "
                  f"ratio {min(ratios):.2f} … {statistics.median(ratios):.2f} … {max(ratios):.2f}", flush=True)


if __name__ == "__main__":
    main()
