"""What the scripts share: splits that `segue evaluate --export-split` wrote, lists for `segue evaluate --lists`, and lists
of a teacher for `segue distil --lists` and `segue evaluate --teacher`.
"""

import argparse
import collections
import csv
import json
import pathlib

import numpy as np

LIST_LENGTH = 100
TEACHER_LENGTH = 50

Position = collections.namedtuple("Position", "number task heard masked start")
# songs: the number of songs in the catalogue; queues: arrays of songs; starts: microseconds, or None without times.
Split = collections.namedtuple("Split", "digest songs queues starts positions")


def split_arguments(doc, teaches=False):
    """A parser for a script with this docstring, which reads a split and writes lists, or those of a teacher instead."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("split", help="the folder that --export-split wrote")
    parser.add_argument("lists", nargs="?" if teaches else None, help="the file to write for --lists")
    if teaches:
        parser.add_argument("--teacher", help="write the songs that follow each song, for --teacher and segue distil")
    return parser


def read_lines(path):
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def read_split(folder):
    folder = pathlib.Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    queues, starts = [], []
    for queue in read_lines(folder / "training.jsonl"):
        queues.append(np.array(queue["songs"], dtype=np.int64))
        starts.append(queue.get("start"))
    positions = [Position(line["position"], line["task"], line["heard"], line["masked"], line.get("start"))
                 for line in read_lines(folder / "positions.jsonl")]
    if None in starts:
        starts = None
    return Split(manifest["split"], manifest["songs"], queues, starts, positions)


def best_songs(scores, masked):
    """The LIST_LENGTH songs with the highest scores, best first, without the masked ones."""
    scores[masked] = -np.inf
    count = min(LIST_LENGTH, len(scores))
    best = np.argpartition(-scores, count - 1)[:count]
    best = best[np.argsort(-scores[best], kind="stable")]
    return best[scores[best] > -np.inf].tolist()


def write_lists(path, split, score_batch, batch_size=256):
    """score_batch(heards) returns the scores of all songs for each list of songs heard; those are not empty."""
    asked = [position for position in split.positions if position.heard]
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps({"split": split.digest}) + "\n")
        for first in range(0, len(asked), batch_size):
            batch = asked[first:first + batch_size]
            for position, scores in zip(batch, score_batch([position.heard for position in batch])):
                songs = best_songs(np.array(scores, dtype=np.float32), position.masked)
                file.write(json.dumps({"position": position.number, "songs": songs}) + "\n")
    print(f"{len(asked):,} lists written to {path}", flush=True)


def song_ids(folder):
    return [song["id"] for song in read_lines(pathlib.Path(folder) / "songs.jsonl")]


def write_teacher(path, folder, split, chances_of, batch_size=256):
    """chances_of(songs) returns, for each of these songs, the chance of every song to be played next."""
    ids = song_ids(folder)
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(["song", "next", "score", "split"])
        rows.writerow(["", "", "", split.digest])
        for first in range(0, split.songs, batch_size):
            songs = list(range(first, min(split.songs, first + batch_size)))
            for song, chances in zip(songs, chances_of(songs)):
                chances[song] = 0
                count = min(TEACHER_LENGTH, len(chances) - 1)
                best = np.argpartition(-chances, count - 1)[:count]
                for other in best[np.argsort(-chances[best], kind="stable")]:
                    if chances[other] > 0:
                        rows.writerow([ids[song], ids[other], f"{chances[other]:.4g}", ""])
    print(f"what follows {split.songs:,} songs written to {path}", flush=True)
