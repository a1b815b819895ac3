"""Compares the counts of `segue ingest` with a few independent lines of Python.

  sessions_test.py SEGUE            on a generated dirty log
  sessions_test.py SEGUE LOG.gz     on a log of the same columns: user ts artist title ms_played source
"""

import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

import pandas
import pyarrow

GAP, LONGEST, MIN_PLAYED, MIN_SESSION = 30 * 60, 12 * 3600, 30_000, 2


def folded(name):
    nfkc = lambda text: unicodedata.normalize("NFKC", text)
    return " ".join(nfkc(nfkc(name).casefold()).split())


def by_python(path):
    counts = dict.fromkeys(("rows", "missing_song", "bad_time", "same_listen", "too_short_play", "repeat", "short_session"), 0)
    users, sessions, listens = {}, [], {}
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as log:
        next(log)
        for line in log:
            user, ts, artist, title, played, _ = line.rstrip("\n").split("\t")
            counts["rows"] += 1
            song = folded(artist), folded(title)
            if not all(song):
                counts["missing_song"] += 1
            elif not ts.isdigit():
                counts["bad_time"] += 1
            elif (user, int(ts), song) in listens:
                counts["same_listen"] += 1
                if listens[user, int(ts), song] < 0:
                    listens[user, int(ts), song] = int(played or -1)
            else:
                listens[user, int(ts), song] = int(played or -1)
    for (user, time, song), played in listens.items():
        if 0 <= played < MIN_PLAYED:
            counts["too_short_play"] += 1
        else:
            users.setdefault(user, []).append((time, song, max(0, played) / 1000))
    for plays in users.values():
        plays.sort(key=lambda play: play[0])
        starts = ends = None
        cut = []
        for time, song, seconds in plays:
            if ends is None or time - ends > GAP or time - starts >= LONGEST:
                cut.append([])
                starts = time
            ends = time + seconds
            if cut[-1] and cut[-1][-1] == song:
                counts["repeat"] += 1
            else:
                cut[-1].append(song)
        sessions += [session for session in cut if len(session) >= MIN_SESSION]
        counts["short_session"] += sum(len(session) for session in cut if len(session) < MIN_SESSION)
    return counts | {
        "sessions": len(sessions),
        "plays": sum(map(len, sessions)),
        "songs": len({song for session in sessions for song in session}),
    }


def make_log(path):
    chance = random.Random(7)
    names = ["Beyoncé", "BEYONCE\u0301", "  Daft  Punk", "daft punk", "AC/DC", "فيروز", 'Guns "N" Roses', "Ｂjörk", "ﬁsh"]
    rows = []
    for user in range(40):
        time = 1_500_000_000 + chance.randrange(10**6)
        # The last ones are never silent.
        steps = (0, 60, 200, 200, 200, 1799, 1800, 1801, 9000) if user < 35 else (200, 1400, 1800)
        for _ in range(chance.randrange(200)):
            time += chance.choice(steps)
            artist = chance.choice(names) if chance.random() > 0.01 else " "
            title = f"Song {chance.randrange(30)}" if chance.random() > 0.2 else chance.choice(('a "quote', "Ünï", "É"))
            played = chance.choice(("200000", "-1", "", "29999", "30000"))
            stamp = time if chance.random() > 0.01 else "yesterday"
            rows.append(f"u{user}\t{stamp}\t{artist}\t{title}\t{played}\tx\n")
    chance.shuffle(rows)
    with gzip.open(path, "wt", encoding="utf-8", newline="\n") as log:
        log.write("user\tts\tartist\ttitle\tms_played\tsource\n")
        log.writelines(rows)


def read_table(path):
    with pyarrow.memory_map(str(path)) as file:
        return pyarrow.ipc.open_file(file).read_all()


def main():
    segue = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        log = folder / "log.tsv.gz"
        if len(sys.argv) > 2:
            log = pathlib.Path(sys.argv[2])
        else:
            make_log(log)
        dataset = folder / "dataset"
        run = subprocess.run(
            [segue, "ingest", str(log), "-o", str(dataset), "--json", "--quiet"], check=True, capture_output=True
        )
        report = json.loads(run.stdout)
        found = report | dict.fromkeys(
            ("missing_song", "bad_time", "same_listen", "too_short_play", "repeat", "short_session"), 0)
        found |= report["dropped"]
        wanted = by_python(log)
        print(wanted)
        different = {key: (value, found[key]) for key, value in wanted.items() if found[key] != value}
        assert not different, f"wanted, found: {different}"
        assert set(report["dropped"]) <= set(wanted), report["dropped"]

        # The tables open elsewhere and agree with the report.
        songs, queues = read_table(dataset / "songs.arrow"), read_table(dataset / "queues.arrow")
        assert songs.num_rows == wanted["songs"] and queues.num_rows == wanted["sessions"]
        lists = queues.column("songs").combine_chunks()
        plays = pandas.Series(lists.values.to_numpy()).value_counts().sort_index()
        assert (plays.to_numpy() == songs.column("plays").to_numpy()).all()
        frame = songs.to_pandas()
        assert list(frame.columns) == ["id", "title", "artist", "album", "tags", "plays"]
        assert frame["plays"].is_monotonic_decreasing and frame["id"].is_unique
        assert str(queues.to_pandas()["start"].dtype) == "datetime64[us, UTC]"


main()
