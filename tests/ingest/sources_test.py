"""Every source that ingest knows: small files as its product writes them, and the law that counts add up.

    sources_test.py SEGUE [SEED]

sources/ holds the files, with made-up names, and expected.json the listens and playlists in them; cases/listens.json
has the listens of cases/. The tests of the web app read the same (app/web/tests/unit/sources.test.mjs). Then files of
random rows are made in the form of each source, some of them faulty, too short, skipped or said twice: what is kept and
what is dropped has to add up to the rows, and each fault has to be counted under its own reason.
"""

import collections
import concurrent.futures
import csv
import datetime
import io
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import pyarrow.ipc

SOURCES = pathlib.Path(__file__).parent / "sources"
CASES = pathlib.Path(__file__).parent / "cases"


def ingest(segue, cwd, *arguments):
    run = subprocess.run([segue, "ingest", "--json", "--threads", "1", *arguments], cwd=cwd, capture_output=True, text=True)
    return (json.loads(run.stdout) if run.returncode == 0 else None), run.stderr


# --- the files of sources/ ---------------------------------------------------------------------------------------

def table(path):
    return pyarrow.ipc.open_file(pyarrow.memory_map(str(path))).read_all().to_pydict()


def contents(dataset):
    """The queues as expected.json has them: one listen a session, or playlists."""
    songs, queues = table(dataset / "songs.arrow"), table(dataset / "queues.arrow")
    described = lambda song: {name: songs[name][song] for name in ("artist", "title", "album", "id") if songs[name][song]}
    listens, playlists = [], []
    for user, start, list_, name in zip(queues["user"], queues["start"], queues["songs"], queues["name"]):
        time = start and start.isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")
        if name:
            playlists.append({"user": user, "time": time, "name": name, "songs": [described(song) for song in list_]})
        else:
            listens += [{"user": user, "time": time, **described(song)} for song in list_]
    return {"playlists": playlists} if playlists else {"listens": listens}


def listens_of(segue, folder, name, dataset, *options):
    """The report, and the contents: each listen is a session of its own, which begins at the time that the log says."""
    report, said = ingest(segue, folder, name, "-o", dataset, "--session-gap", "1s", "--min-session", "1", "--time-is", "start",
                          *options)
    return report, contents(dataset) if report else said


def check_files(segue, scratch):
    expected = json.loads((SOURCES / "expected.json").read_text())
    files = {path.name for path in SOURCES.iterdir()} - {"expected.json"}
    assert files == set(expected), files ^ set(expected)
    for name, wanted in expected.items():
        report, found = listens_of(segue, SOURCES, name, scratch / "dataset")
        if report is not None:
            found = {"recognised": report["sources"][0], "dropped": report["dropped"], **found}
        if found != wanted:
            yield f"{name}: expected {wanted}, found {found}"


def check_cases(segue, scratch):
    """The logs of cases/ that name artist and title, one file each, and whose plays have silence between them."""
    for name, wanted in json.loads((CASES / "listens.json").read_text()).items():
        user = () if wanted[0]["user"] == "me" else ("--user", wanted[0]["user"])
        report, found = listens_of(segue, CASES, name, scratch / "dataset", *user)
        if report is not None:
            found = [{key: listen[key] for key in ("user", "time", "artist", "title")} for listen in found["listens"]]
        if found != wanted:
            yield f"{name}: expected {wanted}, found {found}"


# --- a file forced to be of another source -----------------------------------------------------------------------

FORCED = [
    ("lastfm.csv", "spotify", r"lastfm.csv: expected Spotify account data \(--source spotify\), with the columns endTime, "
                              r"trackName, artistName; found Last.fm, as CSV \(--source lastfm\)"),
    ("tidal.csv", "lastfm-to-csv", r"expected Last.fm, as CSV without names of columns .*; found Tidal"),
    ("spotify.json", "youtube-music", r"expected YouTube Music watch history .* header, title, titleUrl and time; found Spotify"),
    ("spotify.json", "player-playlist", r"expected an M3U8 or XSPF playlist .* begins with #EXTM3U"),
    ("expected.json", "koito", r"expected.json: expected Koito .*; found JSON with the columns user, time"),
    ("../cases/02-dates-not-read/bigquery.csv", "deezer", r"expected Deezer .* with the columns Date, Song Title, Artist; "
                                                          r"found the columns "),
    ("../cases/02-dates-not-read/slashes.csv", "lastfm-to-csv", r"text with 4 columns: artist, album, title, time; found text "
                                                                 r"with the columns "),
]


def check_forced(segue, scratch):
    for name, source, message in FORCED:
        report, said = ingest(segue, SOURCES, name, "--source", source, "-o", scratch / "dataset")
        if report is not None or not re.search(message, said):
            yield f"{name} as {source}: expected {message!r}, found {said or report}"
    # Named columns take the place of those that the source would have.
    report, said = ingest(segue, CASES / "02-dates-not-read", "slashes.csv", "--source", "tidal", "--title-column",
                          "title", "--artist-column", "artist", "--time-column", "time", "-o", scratch / "dataset")
    if report is None or report["plays"] != 2:
        yield f"slashes.csv as tidal with named columns: {said or report}"


# --- random rows in the form of each source ----------------------------------------------------------------------

Row = collections.namedtuple("Row", "fault time artist title played")
KEPT, MALFORMED, FIELDS = None, "malformed_json", "wrong_number_of_fields"


def stamp(row, form):
    """The time of a row, as a text or number of the form; a faulty one where that is the fault."""
    if row.fault == "bad_time":
        return "yesterday"
    when = datetime.datetime(1970, 1, 2, tzinfo=datetime.timezone.utc) if row.fault == "impossible_time" else row.time
    if form == "s":
        return int(when.timestamp())
    if form == "ms":
        return int(when.timestamp()) * 1000
    return when.strftime(form)


def separated(rows, names, cells, separator=",", before=""):
    text = io.StringIO()
    write = csv.writer(text, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_NONE if separator == "\t" else 0)
    if names:
        write.writerow(names)
    for row in rows:
        values = cells(row)
        write.writerow(values[:-1] if row.fault == FIELDS else values)
    return before + text.getvalue()


def lines(rows, cells):
    return "".join("{broken\n" if row.fault == MALFORMED else json.dumps(cells(row)) + "\n" for row in rows)


def played(row, unit=1):
    return "soon" if row.fault == "bad_played_ms" else row.played / unit if unit > 1 else row.played


ISO = "%Y-%m-%dT%H:%M:%SZ"
NAMES = ("bad_time", "impossible_time", "missing_song")
SHORT = ("too_short_play", "bad_played_ms")


def apple(row):
    skipped = row.fault == "skipped_play"
    return [row.artist, row.title, "TRACK_SKIPPED_FORWARDS" if skipped else "NATURAL_END_OF_TRACK",
            "LYRIC_DISPLAY" if row.fault == "not_a_listen" else "PLAY_END", stamp(row, ISO), played(row)]


def youtube(row):
    video = row.fault == "not_a_listen"
    named = {"title": f"Watched {row.title}", "subtitles": [{"name": f"{row.artist} - Topic"}]} if row.title else {}
    return {"header": "YouTube" if video else "YouTube Music", "title": "", "titleUrl": "", "time": stamp(row, ISO), **named}


def lastfm_api(row):
    playing = {"@attr": {"nowplaying": "true"}} if row.fault == "not_a_listen" else {"date": {"uts": str(stamp(row, "s"))}}
    return {"artist": {"#text": row.artist}, "name": row.title, "mbid": "", "album": {"#text": ""}, **playing}


def koito(row):
    named = lambda name: {"mbid": None, "aliases": [{"alias": name, "is_primary": True}]}
    return {"listened_at": stamp(row, ISO), "track": named(row.title), "album": named("An album"), "artists": [named(row.artist)]}


def pano(row):
    return {"timeMs": stamp(row, "ms"), "artist": row.artist, "track": row.title, "album": None, "durationMs": None,
            "event": "love" if row.fault == "not_a_listen" else "scrobble"}


# For each source: the faults that its rows can have, and the text of a file.
LISTENS = {
    "spotify": (NAMES + SHORT, lambda rows: json.dumps([{
        "endTime": stamp(row, "%Y-%m-%d %H:%M"), "artistName": row.artist, "trackName": row.title, "msPlayed": played(row)}
        for row in rows])),
    "spotify-extended": (NAMES + SHORT + ("skipped_play",), lambda rows: json.dumps([{
        "ts": stamp(row, ISO), "ms_played": played(row), "master_metadata_track_name": row.title or None,
        "master_metadata_album_artist_name": row.artist or None, "spotify_track_uri": None,
        "skipped": row.fault == "skipped_play"} for row in rows])),
    "listenbrainz": (NAMES + (MALFORMED,), lambda rows: lines(rows, lambda row: {
        "listened_at": stamp(row, "s"), "track_metadata": {"track_name": row.title, "artist_name": row.artist}})),
    "listenbrainz-spark": (NAMES + (MALFORMED,), lambda rows: lines(rows, lambda row: {
        "listened_at": stamp(row, "s"), "user_id": 7, "recording_name": row.title, "artist_name": row.artist})),
    "lastfm": (NAMES + (FIELDS,), lambda rows: separated(
        rows, ["uts", "utc_time", "artist", "album", "track"], lambda row: [stamp(row, "s"), "", row.artist, "", row.title])),
    "lastfm-to-csv": (NAMES + (FIELDS,), lambda rows: separated(
        rows, None, lambda row: [row.artist, "", row.title, stamp(row, "%d %b %Y %H:%M")])),
    "lastfm-api": (NAMES + ("not_a_listen",), lambda rows: json.dumps({"track": [lastfm_api(row) for row in rows]})),
    "lastfmstats": (NAMES + (FIELDS,), lambda rows: separated(
        rows, ["Artist", "Album", "AlbumId", "Track", "Date#ada"],
        lambda row: [row.artist, "", "", row.title, stamp(row, "ms")], ";")),
    "maloja": (NAMES + SHORT, lambda rows: json.dumps({"scrobbles": [{
        "time": stamp(row, "s"), "track": {"artists": [row.artist], "title": row.title}, "duration": played(row, 1000)}
        for row in rows]})),
    "koito": (NAMES, lambda rows: json.dumps({"user": "ada", "listens": [koito(row) for row in rows]})),
    "pano-scrobbler": (NAMES + ("not_a_listen", MALFORMED), lambda rows: lines(rows, pano)),
    "scrobbler-log": (NAMES + ("skipped_play", FIELDS), lambda rows: separated(
        rows, None, lambda row: [row.artist or "<Untagged>", "", row.title, "1", "200",
                                 "S" if row.fault == "skipped_play" else "L", stamp(row, "s"), ""],
        "\t", "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n")),
    "apple-music": (NAMES + SHORT + ("skipped_play", "not_a_listen", FIELDS), lambda rows: separated(
        rows, ["Container Artist Name", "Song Name", "End Reason Type", "Event Type", "Event Start Timestamp",
               "Play Duration Milliseconds"], apple)),
    "apple-music-daily": (NAMES + SHORT + (FIELDS,), lambda rows: separated(
        rows, ["Track Description", "Date Played", "Play Duration Milliseconds"],
        lambda row: [f"{row.artist} - {row.title}" if row.title else "", stamp(row, "%Y%m%d"), played(row)])),
    "tidal": (NAMES + SHORT + (FIELDS,), lambda rows: separated(
        rows, ["artist_name", "track_title", "entry_date", "stream_duration_ms"],
        lambda row: [row.artist, row.title, stamp(row, "%d/%m/%Y %H:%M"), played(row)])),
    "deezer": (NAMES + SHORT + (FIELDS,), lambda rows: separated(
        rows, ["Song Title", "Artist", "ISRC", "Listening Time", "Date"],
        lambda row: [row.title, row.artist, "", played(row, 1000), stamp(row, "%Y-%m-%d %H:%M:%S")])),
    "youtube-music": (NAMES + ("not_a_listen",), lambda rows: json.dumps([youtube(row) for row in rows])),
}


def listen_rows(random_, faults, day):
    rows = []
    time = datetime.datetime(2019, 1, 1, 12, tzinfo=datetime.timezone.utc)
    while len(rows) < 200:
        time += datetime.timedelta(days=1) if day else datetime.timedelta(minutes=random_.choice((1, 4, 4, 50)))
        # The first row tells what a file without names is.
        fault = random_.choice((KEPT, KEPT, "same_listen", *faults)) if rows else KEPT
        good = [row for row in rows if row.fault is KEPT]
        if fault == "same_listen":
            # The row that it repeats is the one counted as kept.
            if good:
                rows.append(random_.choice(good)._replace(fault=fault))
            continue
        name = "" if fault == "missing_song" else f"Song {random_.randrange(6)}"
        artist = "" if fault == "missing_song" else "An artist, two"
        milliseconds = random_.randrange(29_000) if fault == "too_short_play" else random_.randrange(30, 200) * 1000
        rows.append(Row(fault, time, artist, name, milliseconds))
    return rows


def spotify_lists(lists):
    track = lambda title: {"track": {"trackName": title, "artistName": "A", "trackUri": f"spotify:track:{title}"}}
    return json.dumps({"playlists": [{"name": name, "lastModifiedDate": date, "items": [track(title) for title in titles]}
                                     for name, date, titles in lists]})


def slice_(lists):
    track = lambda title: {"track_uri": f"spotify:track:{title}", "track_name": title, "artist_name": "A"}
    return json.dumps({"playlists": [{"pid": pid, "name": name, "modified_at": date, "tracks": [track(title) for title in titles]}
                                     for pid, (name, date, titles) in enumerate(lists)]})


def jspf(list_):
    name, date, titles = list_
    track = [{"title": title, "creator": "A"} for title in titles]
    return json.dumps({"playlist": {"title": name, "date": date, "track": track}})


def m3u8(list_):
    name, _, titles = list_
    return f"#EXTM3U\n#PLAYLIST:{name}\n" + "".join(f"#EXTINF:1,A - {title}\n/music/{title}\n" for title in titles)


# One file of all lists, or a file for each; and the faults that lists can have.
PLAYLISTS = {"spotify-playlists": (spotify_lists, True, ("short_playlist", "missing_song", "bad_time")),
             "million-playlists": (slice_, True, ("short_playlist", "missing_song", "bad_time")),
             "jspf": (jspf, False, ("short_playlist", "bad_time")),
             "player-playlist": (m3u8, False, ("short_playlist", "missing_song"))}


def playlist_rows(random_, faults):
    rows = [("short_playlist", ["x"]), (KEPT, ["x", "y", "x"])]
    while len(rows) < 40:
        fault = random_.choice((KEPT, *faults))
        titles = random_.sample("abcdef", {"short_playlist": 1, "missing_song": 0}.get(fault, random_.randrange(2, 6)))
        rows.append((fault, titles))
    return [(fault, (f"list {i}", "yesterday" if fault == "bad_time" else "2024-01-15", titles))
            for i, (fault, titles) in enumerate(rows)]


def miscounted(name, wanted, kept, report, of_lists=()):
    dropped = {reason: count for reason, count in report["dropped"].items() if reason not in of_lists}
    if report["rows"] != wanted.total():
        yield f"{name}: {wanted.total()} rows were written, {report['rows']} read"
    if kept + sum(dropped.values()) != report["rows"]:
        yield f"{name}: {report['rows']} rows, but {kept} kept and {dropped}"
    for reason, count in wanted.items():
        if reason is not KEPT and dropped.get(reason, 0) != count:
            yield f"{name}: expected {reason} {count}, found {dropped}"


def check_counts(segue, scratch, seed):
    random_ = random.Random(seed)
    for name, (faults, write) in LISTENS.items():
        daily = name == "apple-music-daily"
        rows = listen_rows(random_, faults, daily)
        (scratch / "log").write_text(write(rows))
        report, said = ingest(segue, scratch, "log", "-o", "dataset", "--min-session", "1" if daily else "2")
        if report is None or len(report["sources"]) != 1:
            yield f"{name}: {said or report}"
            continue
        yield from miscounted(name, collections.Counter(row.fault for row in rows), report["plays"], report)
    for name, (write, one_file, faults) in PLAYLISTS.items():
        folder = pathlib.Path(tempfile.mkdtemp(dir=scratch))
        rows = playlist_rows(random_, faults)
        lists = [list_ for _, list_ in rows]
        texts = [write(lists)] if one_file else [write(list_) for list_ in lists]
        for i, text in enumerate(texts):
            (folder / str(i)).write_text(text)
        report, said = ingest(segue, scratch, folder, "-o", "dataset")
        if report is None:
            yield f"{name}: {said}"
            continue
        # A song folded into the one before it is no row.
        yield from miscounted(name, collections.Counter(fault for fault, _ in rows), report["playlists"], report, ("repeat",))


def main():
    segue = pathlib.Path(sys.argv[1]).resolve()
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    _, said = ingest(segue, SOURCES, "lastfm.csv", "-o", "x", "--source", "?")
    known = re.search(r"one of ([a-z0-9, -]+);", said).group(1).split(", ")
    assert set(known) == {*LISTENS, *PLAYLISTS}, set(known) ^ {*LISTENS, *PLAYLISTS}
    described = re.findall(r"^### `([a-z-]+)`", (SOURCES.parents[2] / "docs/sources.md").read_text(), re.M)
    assert sorted(described) == sorted(known), set(described) ^ set(known)
    memory = "/dev/shm"  # where nothing waits for a disk
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        def faults(check):
            return [*check(segue, pathlib.Path(tempfile.mkdtemp(dir=folder)))]

        checks = [check_files, check_cases, check_forced, lambda *where: check_counts(*where, seed)]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            wrong = sum(pool.map(faults, checks), [])
    print(*wrong, sep="\n")
    print(f"{len(known)} sources, seed {seed}, {len(wrong)} faults")
    sys.exit(len(wrong) > 0)


if __name__ == "__main__":
    main()
