"""Radios and journeys on a trained model, compared with a random walk and plain nearest neighbours.

    .venv/bin/python bench/recommend/radio_quality.py build/release/bin/segue MODEL artist-genres.csv.gz

The genres are a CSV with the columns name and genres (a Python list as text), joined on the lower-cased artist. Prints
Markdown. Seeds and pairs are drawn with a fixed seed among songs whose artist has a genre.

  neighbours  mean cosine of successive songs
  seed genre  share of the songs whose artist's genres are known that share a genre with the seed
  more        the same minus that of the neighbours, seed by seed, with its standard error
  gap         fewest songs between two of one artist in any list, and the repeated songs over all lists

The walk goes from song to song by their forward transition weights and never plays a song twice; where it is stuck it
continues from a song it played. The neighbours are the songs with the largest cosine to the seed, nearest first.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

import numpy as np
import pyarrow.ipc

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from genres import first_artist, genres_by_artist, genres_of
from transitions import Transitions


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("segue")
    parser.add_argument("model")
    parser.add_argument("genres")
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--draw", type=int, default=5, help="another number draws other seeds and pairs")
    parser.add_argument("--length", type=int, default=200)
    parser.add_argument("--drift", nargs="*", default=["0", "0.2", "0.5", "1"])
    return parser.parse_args()


class Model:
    def __init__(self, folder, genres):
        vectors = np.load(f"{folder}/vectors.npy").astype(np.float64)
        self.unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        songs = pyarrow.ipc.open_file(f"{folder}/songs.arrow").read_all()
        self.ids = songs["id"].to_pylist()
        self.row = {song: row for row, song in enumerate(self.ids)}
        artists = songs["artist"].to_pylist()
        self.artist = [first_artist(credit) for credit in artists]  # as the radio spaces them
        self.genres = [genres_of(genres, credit) for credit in artists]
        self.transitions = Transitions(f"{folder}/transitions.arrow")

    def followers(self, row):
        transitions = self.transitions[row]
        return np.array([entry[0] for entry in transitions]), np.array([entry[1] for entry in transitions])


def run(arguments):
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def radio(options, model, seed, *more):
    document = run([options.segue, "radio", options.model, model.ids[seed], "--length", str(options.length), "--json",
                    "--quiet", *more])
    return [model.row[item["id"]] for item in document["items"]]


def nearest(model, seed, length):
    similarity = model.unit @ model.unit[seed]
    similarity[seed] = -2
    return list(np.argsort(-similarity)[:length])


def walk(model, seed, length, random):
    songs, seen, at = [], {seed}, seed
    for _ in range(50 * length):
        if len(songs) == length:
            break
        rows, weights = model.followers(at)
        weights = np.where([row in seen for row in rows], 0, weights) if len(rows) else weights
        if weights.sum() <= 0:
            at = random.choice([seed, *songs])
            continue
        at = int(random.choice(rows, p=weights / weights.sum()))
        songs.append(at)
        seen.add(at)
    return songs


def describe(model, seeds, lists):
    cosines, shares, gap, repeats = [], [], None, 0
    for seed, songs in zip(seeds, lists):
        cosines.append(np.mean([model.unit[a] @ model.unit[b] for a, b in zip(songs, songs[1:])]))
        known = [song for song in songs if model.genres[song]]
        shares.append(np.mean([bool(model.genres[song] & model.genres[seed]) for song in known]))
        repeats += len(songs) - len(set(songs))
        last = {}
        for place, song in enumerate(songs):
            artist = model.artist[song]
            if artist in last:
                between = place - last[artist] - 1
                gap = between if gap is None else min(gap, between)
            last[artist] = place
    return np.array(cosines), np.array(shares), gap, repeats


def with_error(values, sign=""):
    return f"{values.mean():{sign}.3f} ± {values.std(ddof=1) / len(values) ** 0.5:.3f}"


def row_of(name, described, beside=None):
    """`beside`: the same seeds' plain neighbours; the difference is taken seed by seed."""
    cosines, shares, gap, repeats = described
    more = with_error(shares - beside[1], "+") if beside else ""
    return f"| {name} | {cosines.mean():.3f} | {with_error(shares)} | {more} | {gap} | {repeats} |"


def journeys(options, model, random, candidates):
    steps, variations, risen, songs, repeats, least = [], [], 0, 0, 0, []
    for _ in range(options.pairs):
        ends = random.choice(candidates, 2, replace=False)
        items = run([options.segue, "journey", options.model, model.ids[ends[0]], model.ids[ends[1]], "--json",
                     "--quiet"])["items"]
        rows = [model.row[item["id"]] for item in items]
        distances = [1 - model.unit[a] @ model.unit[b] for a, b in zip(rows, rows[1:])]
        direction = model.unit[rows[-1]] - model.unit[rows[0]]
        progress = [model.unit[row] @ direction for row in rows]
        risen += sum(b > a for a, b in zip(progress, progress[1:]))
        songs += len(distances)
        steps.append(len(distances))
        least.append(1 - max(distances))
        repeats += len(rows) - len(set(rows))
        if len(distances) > 1:
            variations.append(statistics.pstdev(distances) / statistics.mean(distances))
    direct = f"{statistics.median(steps):.0f} ({min(steps)} to {max(steps)})"
    print("\n| journeys | steps, median (range) | steps nearer to the goal | step size, coefficient of variation: median, "
          "largest | least cosine of a step, median | repeats |\n|---|---|---|---|---|---|")
    print(f"| {options.pairs} | {direct} | {risen} of {songs} | {statistics.median(variations):.3f}, "
          f"{max(variations):.3f} | {statistics.median(least):.3f} | {repeats} |")


def main():
    options = parse_arguments()
    model = Model(options.model, genres_by_artist(options.genres))
    random = np.random.default_rng(options.draw)
    candidates = [row for row, genres in enumerate(model.genres) if genres]
    seeds = [int(seed) for seed in random.choice(candidates, options.seeds, replace=False)]

    print(f"{len(model.ids):,} songs, {options.seeds} seeds, {options.length} songs each\n")
    print("| list | neighbours, cosine | seed genre | more than neighbours' | gap | repeats |\n|---|---|---|---|---|---|")
    plain = describe(model, seeds, [nearest(model, s, options.length) for s in seeds])
    for drift in options.drift:
        lists = [radio(options, model, seed, "--drift", drift) for seed in seeds]
        print(row_of(f"radio, --drift {drift}", describe(model, seeds, lists), plain), flush=True)
    print(row_of("nearest neighbours", plain))
    walks = describe(model, seeds, [walk(model, s, options.length, random) for s in seeds])
    print(row_of("random walk", walks, plain))
    journeys(options, model, random, candidates)


if __name__ == "__main__":
    main()
