"""Small logs as people have them, each with the queues it must become.

    cases_test.py SEGUE

A case is a list of inputs below cases/, options, and what is wanted: the queues as "user: title, title" in the order of
the dataset, or a piece of the error message; and pieces of the report.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pyarrow.ipc

CASES = pathlib.Path(__file__).parent / "cases"


class Case:
    def __init__(self, inputs, queues=None, options="", error=None, report=(), songs=None, ids=None, stdin=None):
        self.inputs, self.queues, self.options, self.error = inputs.split(), queues, options.split(), error
        self.report, self.songs, self.ids, self.stdin = report, songs, ids, stdin


SPOTIFY = "01-json-array/StreamingHistory_music_0.json"

LOGS = [
    # Documents of JSON: an array, an array in an object, pages of arrays, playlists.
    Case(SPOTIFY, ["me: Song A, Song B, Song C"], report=["recognised: Spotify account data"]),
    Case(SPOTIFY, ["ann: Song A, Song B, Song C"], "--user ann"),
    Case("01-json-array/ghan-recenttracks.json", ["me: S2, S1"], report=["recognised: Last.fm"]),
    Case("01-json-array/maloja.json", ["me: S1, S2"], report=["recognised: Maloja"]),
    Case("01-json-array/mpd.slice.json", ["0: S1, S2", "1: S1, S3"]),
    # Dates.
    Case("02-dates-not-read/bigquery.csv", ["u: S1, S2"]),
    Case("02-dates-not-read/lastfm-to-csv.csv", ["me: S1, S2"]),
    Case("02-dates-not-read/lastfm-to-csv.csv", ["u: S1, S2"], "--user u --columns artist,album,title,time"),
    Case("02-dates-not-read/slashes.csv", options="--user u",
         error='ambiguous_date 2 (.*slashes.csv:2: "08/03/2022 19:01").*--date-format'),
    # Tidal writes the day first.
    Case("02-dates-not-read/tidal.csv", ["me: S1, S2"], report=["2022-03-08"]),
    Case("02-dates-not-read/tidal.csv", ["me: S1, S2"], "--date-format dmy", report=["2022-03-08"]),
    Case("02-dates-not-read/tidal.csv", ["me: S1, S2"], "--date-format mdy", report=["2022-08-03"]),
    # Numbers that are dates.
    Case("03-numbers-that-are-no-epoch/date-yyyymmdd.csv", ["u: S1, S2"], report=["2020-01-15 to 2020-01-15"]),
    Case("03-numbers-that-are-no-epoch/stamp14.csv", ["u: S1", "u: S2"], "--min-session 1",
         report=["2024-01-15 to 2024-01-16"]),
    Case("03-numbers-that-are-no-epoch/apple-daily-tracks.csv", ["me: Song 1, Song 2"],
         report=["recognised: Apple Music daily tracks", "2020-01-15"]),
    # Times that cannot be.
    Case("04-unknown-time-1970/y1970.tsv", ["u: Real 1, Real 2"], "--user u", report=["impossible_time  3"]),
    # Silence, not the time between starts.
    Case("05-long-plays/long.csv", ["me: Sym 1, Sym 2, Sym 3, Sym 4"]),
    Case("05-long-plays/pause.csv", ["me: A, B"]),
    # The order of a log written newest first.
    Case("06-newest-first-minutes/newest.csv", ["u: T1, T2, T3, T4"], "--user u"),
    # One listen once.
    Case("07-same-listens-twice/a.jsonl 07-same-listens-twice/b.jsonl", ["u: S1, S2, S3"], "--user u",
         report=["same_listen  3"]),
    Case("07-same-listens-twice/a.jsonl 07-same-listens-twice/b.jsonl", ["u: S1, S2, S3"], "--user u --keep-repeats"),
    Case("../sources/spotify.json ../sources/spotify-extended.json", report=[
        "Spotify account data and Spotify extended streaming history have the same plays at different times; give one of them"]),
    Case("../sources/apple-music.csv ../sources/apple-music-daily.csv", options="--min-session 1", report=["give one of them"]),
    # One song once.
    Case("08-one-song-several-ids/msid.jsonl", songs=2),
    Case("08-one-song-several-ids/dup.jsonl", ["u: Song 0, Song 1, Song 2, Song 3, Song 4"], songs=5),
    Case("08-one-song-several-ids/mixed_mbid.csv", songs=2, report=["2 met by name"]),
    Case("08-one-song-several-ids/mixed_mbid.csv", songs=2, options="--identity name",
         ids=["art — song 0", "art — song 1"]),
    Case("08-one-song-several-ids/mixed_mbid.csv", songs=4, options="--identity id"),
    Case("08-one-song-several-ids/ghan.csv 08-one-song-several-ids/ext.jsonl", ["u: S1, S2", "u: S1, S2"], "--user u",
         songs=2, ids=["spotify:track:1", "spotify:track:2"]),
    # Other files than logs, by name.
    Case("10-message-ends-at-zero-byte/utf16.txt", ["u: S1, S2"], "--user u", report=["read as UTF-16"]),
    Case("10-message-ends-at-zero-byte/export.zip", error="export.zip/a.jsonl: "),
    Case("10-message-ends-at-zero-byte/deezer-data_1.xlsx",
         error=r"deezer-data_1.xlsx: expected a log, found a workbook of Excel .* save the sheet of listens as CSV \(in Deezer's"),
    Case("11-scrobbler-log/.scrobbler.log", ["me: S1, S2"], report=["recognised: .scrobbler.log"]),
    Case("11-scrobbler-log/.scrobbler.log", ["u: S1, S2"],
         "--user u --columns artist,album,title,track,length,rating,timestamp,mbid"),
    Case("12-names-of-punctuation/names.jsonl", songs=52),
    # ListenBrainz for Spark; a tree of folders with another file beside the listens.
    Case("19-listenbrainz-parquet-and-tree/inc.jsonl", ["1: S1, S2"]),
    Case("19-listenbrainz-parquet-and-tree/export", ["me: S1, S2"], report=["passed over: .*user.json"]),
    # Standard input.
    Case("-", ["me: Song A, Song B, Song C"], stdin=SPOTIFY),
    Case("/dev/stdin", ["me: Song A, Song B, Song C"], stdin=SPOTIFY),
]


def table(path):
    return pyarrow.ipc.open_file(pyarrow.memory_map(str(path))).read_all().to_pydict()


def queues_of(dataset):
    songs, queues = table(dataset / "songs.arrow"), table(dataset / "queues.arrow")
    return [f"{user}: " + ", ".join(songs["title"][song] for song in list_)
            for user, list_ in zip(queues["user"], queues["songs"])], songs["id"]


def faults(case, segue, folder):
    dataset = folder / "dataset"
    shutil.rmtree(dataset, ignore_errors=True)
    stdin = (CASES / case.stdin).open("rb") if case.stdin else subprocess.DEVNULL
    run = subprocess.run([segue, "ingest", *case.inputs, "-o", dataset, *case.options], cwd=CASES, stdin=stdin,
                         capture_output=True, text=True)
    said = run.stdout + run.stderr
    if case.error:
        if run.returncode == 0 or not re.search(case.error, said):
            yield f"expected the error {case.error}, found {said}"
        return
    if run.returncode:
        yield f"exit {run.returncode}: {said}"
        return
    queues, ids = queues_of(dataset)
    if case.queues is not None and queues != case.queues:
        yield f"expected the queues {case.queues}, found {queues}"
    if case.songs is not None and len(ids) != case.songs:
        yield f"expected {case.songs} songs, found {ids}"
    if case.ids is not None and sorted(ids) != case.ids:
        yield f"expected the ids {case.ids}, found {ids}"
    for piece in case.report:
        if not re.search(piece, said):
            yield f"expected {piece!r} in the report, found {said}"


def main():
    segue = pathlib.Path(sys.argv[1]).resolve()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in LOGS:
            for fault in faults(case, segue, pathlib.Path(folder)):
                wrong += 1
                print(f"{' '.join(case.inputs + case.options)}: {fault}")
    print(f"{len(LOGS)} cases, {wrong} faults")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
