"""Corpora to compare trainers on: generated listens, or the playlists of a file. Another seed is another corpus."""

import csv
import dataclasses
import gzip
import pathlib
import random
import subprocess

import hit_rate


@dataclasses.dataclass
class Corpus:
    text: pathlib.Path  # a line a session, song ids with a space between
    questions: list     # of hit_rate(), from sessions that are not in the text
    tokens: int         # plays in the text, those of songs too rare for a vector included


def read_playlists(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        column = next(rows).index("track_ids")
        return [without_repeats(row[column].split()) for row in rows]


def without_repeats(songs):
    return [song for i, song in enumerate(songs) if i == 0 or song != songs[i - 1]]


def split(playlists, seed):
    """A tenth of the playlists to test on, and the rest to train on."""
    shuffled = random.Random(seed).sample(playlists, len(playlists))
    return shuffled[:len(shuffled) // 10], shuffled[len(shuffled) // 10:]


def write_sessions(sessions, path):
    path.write_text("".join(f"{' '.join(songs)}\n" for songs in sessions), encoding="utf-8")


def write_table(sessions, path):
    """As a table of playlists, which `segue ingest` reads."""
    with path.open("w", encoding="utf-8") as file:
        file.write("playlist_id\ttrack_ids\n")
        file.writelines(f"{i}\t{' '.join(songs)}\n" for i, songs in enumerate(sessions))


def read_sessions(path):
    with path.open(encoding="utf-8") as file:
        return [line.split() for line in file]


def from_playlists(path, seed, folder):
    held_out, rest = split(read_playlists(path), seed)
    write_sessions(rest, folder / "train.txt")
    return Corpus(folder / "train.txt", hit_rate.every_song(held_out), sum(map(len, rest)))


def generated(write_corpus, options, seed, folder):
    """`options` are those of bench/training/write_corpus.cpp, NAME=VALUE."""
    subprocess.run([write_corpus, f"folder={folder}", f"corpus_seed={seed}", *options], check=True)
    with (folder / "train.txt").open(encoding="utf-8") as file:
        tokens = sum(line.count(" ") + 1 for line in file)
    return Corpus(folder / "train.txt", hit_rate.last_songs(read_sessions(folder / "held_out.txt")), tokens)
