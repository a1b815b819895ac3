"""Listeners with two tastes: recommendations from the mean of their history, and from their interests.

    .venv/bin/python bench/recommend/interest_quality.py build/release/bin/interest_lists MODEL artist-genres.csv.gz

A listener has a random playlist's worth of songs from each of two genres that share no artist: `--songs` of them, so
many thirds of the first and the rest of the second. For each of `--listeners`, the share of the 20 songs recommended
that are of either genre alone, by the mean and by the interests; a list covers a taste when 2 of its songs are of that
genre. "Told apart" is the upper limit: the means of the two genres' songs, as if the genre of each were known, each
giving its share of the list. Listeners of one genre show how often one taste is taken for several. Prints Markdown.
"""

import argparse
import json
import subprocess

import numpy as np
import pyarrow.ipc

from genres import genres_by_artist, genres_of

K = 20
WAYS = ("mean", "interests", "told apart")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("genres")
    parser.add_argument("--listeners", type=int, default=200)
    parser.add_argument("--songs", type=int, default=30)
    parser.add_argument("--least", type=int, default=100, help="songs a genre has to have")
    return parser.parse_args()


def songs_by_genre(model, genres, least):
    songs = pyarrow.ipc.open_file(f"{model}/songs.arrow").read_all()
    of_song = {}
    for song, artist in zip(songs["id"].to_pylist(), songs["artist"].to_pylist()):
        found = genres_of(genres, artist)
        if found:
            of_song[song] = found
    by_genre = {}
    for song, found in of_song.items():
        for genre in found:
            by_genre.setdefault(genre, []).append(song)
    return of_song, {genre: listed for genre, listed in by_genre.items() if len(listed) >= least}


def lists_for(options, histories):
    text = "".join("\t".join(history) + "\n" for history in histories)
    done = subprocess.run([options.program, options.model, str(K)], input=text, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    options = parse_arguments()
    of_song, by_genre = songs_by_genre(options.model, genres_by_artist(options.genres), options.least)
    names = sorted(by_genre)
    random = np.random.default_rng(5)
    apart = [(a, b) for a in names for b in names if a < b and not set(by_genre[a]) & set(by_genre[b])]

    def some(genre, count):
        return [str(song) for song in random.choice(by_genre[genre], count, replace=False)]

    print(f"{len(names)} genres of {options.least} songs or more, {len(apart)} pairs of them share no song\n")
    print("| history | interests found, mean | both covered: by the mean | by interests | told apart | "
          "share of the second genre: mean | interests | told apart |\n|---|---|---|---|---|---|---|---|")
    for thirds in (1.5, 1, 0.5):
        second = round(options.songs * thirds / 3)
        pairs = [apart[i] if random.random() < 0.5 else apart[i][::-1]
                 for i in random.integers(0, len(apart), options.listeners)]
        histories = [list(random.permutation(some(a, options.songs - second) + some(b, second))) for a, b in pairs]
        results = lists_for(options, histories)
        firsts = lists_for(options, [[song for song in h if a in of_song[song]] for h, (a, _) in zip(histories, pairs)])
        seconds = lists_for(options, [[song for song in h if b in of_song[song]] for h, (_, b) in zip(histories, pairs)])
        covered, shares = {way: [] for way in WAYS}, {way: [] for way in WAYS}
        for (a, b), lists, first, other in zip(pairs, results, firsts, seconds):
            part = round(K * second / options.songs)
            lists["told apart"] = first["mean"][:K - part] + other["mean"][:part]
            for way in covered:
                of = [of_song.get(song, set()) for song in lists[way]]
                covered[way].append(sum(a in found for found in of) >= 2 and sum(b in found for found in of) >= 2)
                shares[way].append(np.mean([b in found for found in of]))
        print(f"| {options.songs - second} + {second} songs | {np.mean([len(lists['weights']) for lists in results]):.1f} | "
              + " | ".join(f"{100 * np.mean(covered[way]):.0f} %" for way in covered) + " | "
              + " | ".join(f"{np.mean(shares[way]):.2f}" for way in shares) + " |")
    one = lists_for(options, [some(names[i], options.songs) for i in random.integers(0, len(names), options.listeners)])
    counts = [len(lists["weights"]) for lists in one]
    print(f"\nListeners of one genre: one interest for {100 * np.mean(np.array(counts) == 1):.0f} %, "
          f"{np.mean(counts):.1f} on average.")


if __name__ == "__main__":
    main()
