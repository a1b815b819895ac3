"""How good the places of new songs are: songs hidden from training, placed from a few plays, against training.

    VENV/bin/python bench/training/place.py build/release/bin/segue DATASET [--songs 300] [--plays 1 2 5 10]

Needs pyarrow. A tenth of the queues is held out. Of the songs with at least 20 plays in the rest, --songs are hidden:
one model is trained without them, one with them. `segue place` then adds them to the first, from their names alone
(artist, album, tags) and from some of their plays, each play in its queue without other hidden songs. Two questions are
asked of the held-out queues, with lists of ten: is a hidden song, where it comes next, in the list for the ten songs
before it (as a candidate), and is the song that follows a hidden one in the list for that one song (lists for it)?
"""

import argparse
import json
import pathlib
import random
import subprocess
import tempfile
import time

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

HEARD = 10
LEAST_PLAYS = 20


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("segue")
    parser.add_argument("dataset")
    parser.add_argument("--songs", type=int, default=300, help="that are hidden")
    parser.add_argument("--plays", type=int, nargs="+", default=[1, 2, 5, 10])
    parser.add_argument("--judged", type=int, default=4000, help="positions of each kind, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder for datasets and models, used again where it has them")
    parser.add_argument("--train", default="", help="more options of segue train, in one string")
    return parser.parse_args()


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


class Queues:
    """The queues of a dataset, cut into what is trained and what is held out, and the hidden songs."""

    def __init__(self, dataset, hidden, seed):
        self.catalogue = pyarrow.ipc.open_file(f"{dataset}/songs.arrow").read_all()
        ids = self.catalogue["id"].to_pylist()
        draw = random.Random(seed)
        lists = [[ids[song] for song in songs]
                 for songs in pyarrow.ipc.open_file(f"{dataset}/queues.arrow").read_all()["songs"].to_pylist()]
        draw.shuffle(lists)
        cut = len(lists) // 10
        self.held_out, self.trained = lists[:cut], lists[cut:]
        plays = {}
        for songs in self.trained:
            for song in songs:
                plays[song] = plays.get(song, 0) + 1
        often = sorted(song for song, times in plays.items() if times >= LEAST_PLAYS)
        self.hidden = set(draw.sample(often, min(hidden, len(often))))
        self.draw = draw

    def without(self, songs, kept=None):
        return [song for song in songs if song == kept or song not in self.hidden]

    def plays_of_each(self, count):
        """`count` queues of each hidden song, without the other ones."""
        where = {song: [] for song in sorted(self.hidden)}
        for songs in self.trained:
            for song in set(songs) & self.hidden:
                where[song].append(songs)
        return [self.without(songs, kept=song) for song, lists in where.items()
                for songs in random.Random(song).sample(lists, min(count, len(lists)))]

    def positions(self, most):
        """(songs heard, next song) where a hidden song comes next, and where it was just heard."""
        candidates, lists_for = [], []
        for songs in self.held_out:
            for place in range(1, len(songs)):
                heard = self.without(songs[max(0, place - HEARD) : place])
                if songs[place] in self.hidden and heard:
                    candidates.append((heard, songs[place]))
                if songs[place - 1] in self.hidden and songs[place] not in self.hidden:
                    lists_for.append(([songs[place - 1]], songs[place]))
        return [self.draw.sample(found, min(most, len(found))) for found in (candidates, lists_for)]


def ingest(segue, lists, catalogue, folder):
    log = folder.with_suffix(".parquet")
    pq.write_table(pa.table({"playlist_id": [str(i) for i in range(len(lists))], "songs": lists}), log)
    run(segue, "ingest", log, "--songs", catalogue, "--identity", "id", "--min-session", 1, "-o", folder, "--quiet")


def hit_rate(segue, model, positions, folder, by):
    """A song that the model lacks is a miss, as is a list for one."""
    known = set(pyarrow.ipc.open_file(f"{model}/songs.arrow").read_all()["id"].to_pylist())
    kept = [(i, [song for song in heard if song in known]) for i, (heard, _) in enumerate(positions)]
    kept = [(i, heard) for i, heard in kept if heard]
    if not kept:
        return 0.0
    pq.write_table(pa.table({"user": [str(i) for i, _ in kept], "songs": [heard for _, heard in kept]}),
                   folder / "histories.parquet")
    run(segue, "recommend", model, "--histories", folder / "histories.parquet", "-k", 10, "--by", by, "-o",
        folder / "lists.parquet", "--quiet")
    table = pq.read_table(folder / "lists.parquet")
    lists = {}
    for user, song in zip(table["user"].to_pylist(), table[table.column_names[2]].to_pylist()):
        lists.setdefault(user, []).append(song)
    return sum(positions[i][1] in lists.get(str(i), []) for i, _ in kept) / len(positions)


def main():
    arguments = parse_arguments()
    segue = arguments.segue
    queues = Queues(arguments.dataset, arguments.songs, arguments.seed)
    candidates, lists_for = queues.positions(arguments.judged)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(arguments.keep or scratch)
        folder.mkdir(exist_ok=True)
        catalogue = folder / "songs.parquet"
        pq.write_table(queues.catalogue.select(["id", "title", "artist", "album", "tags"]), catalogue)
        new = folder / "new.parquet"
        is_hidden = pa.array([song in queues.hidden for song in queues.catalogue["id"].to_pylist()])
        pq.write_table(pq.read_table(catalogue).filter(is_hidden), new)

        def trained(name, lists):
            if not (folder / name).exists():
                ingest(segue, lists, catalogue, folder / f"{name}-data")
                run(segue, "train", folder / f"{name}-data", "-o", folder / name, "--quiet", *arguments.train.split())
            return folder / name

        def judge(what, model, seconds):
            row = {"placed from": what, "seconds": round(seconds, 2)}
            for by in ("blend", "vectors"):
                row[f"candidate, {by}"] = round(hit_rate(segue, model, candidates, folder, by), 4)
                row[f"lists for it, {by}"] = round(hit_rate(segue, model, lists_for, folder, by), 4)
            print(json.dumps(row), flush=True)
            rows.append(row)

        without = trained("without", [queues.without(songs) for songs in queues.trained])
        print(json.dumps({"hidden": len(queues.hidden), "candidates": len(candidates), "lists": len(lists_for)}))
        for count in [0, *arguments.plays]:
            words = ["--songs", new]
            if count > 0:
                ingest(segue, queues.plays_of_each(count), catalogue, folder / "plays")
                words += ["--dataset", folder / "plays"]
            begin = time.perf_counter()
            run(segue, "place", without, *words, "-o", folder / "placed", "--quiet")
            judge(f"{count} plays" if count > 0 else "names alone", folder / "placed", time.perf_counter() - begin)
        judge("training", trained("with", queues.trained), 0)
    print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")


if __name__ == "__main__":
    main()
