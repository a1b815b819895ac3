"""Writes what a newcomer has: exports of one listener from three services, and playlists of others to put beside them.

Usage: make_exports.py FOLDER. Six groups of ten songs; each playlist keeps to a group, the listener heard half of one.
"""

import csv
import datetime
import gzip
import io
import json
import pathlib
import random
import sys
import zipfile

SONGS = [(f"track{i:02}", f"Song {i % 10} of Group {i // 10}", f"Band {i // 10}-{i % 5}") for i in range(60)]
HEARD = SONGS[:5]
START = datetime.datetime(2026, 1, 5, 19, tzinfo=datetime.timezone.utc)


def listens(random_):
    """(time, title, artist) of an evening with ten songs on each of twenty days, now and then one that nobody knows."""
    for day in range(20):
        time = START + datetime.timedelta(days=day)
        for _ in range(10):
            _, title, artist = random_.choice([*HEARD, ("", "A Tape of Mine", "My Own Band")])
            yield time, title, artist
            time += datetime.timedelta(minutes=4)


def lines(rows):
    return "".join("\t".join(row) + "\n" for row in rows)


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "playlists").mkdir(parents=True)
    random_ = random.Random(1)
    lists = [(f"p{i}", "2025-06-01", f"List {i}",
              " ".join(song[0] for song in random_.sample(SONGS[i % 6 * 10:i % 6 * 10 + 10], 8))) for i in range(120)]
    with gzip.open(folder / "playlists/playlists.tsv.gz", "wt") as file:
        file.write(lines(lists))
    with gzip.open(folder / "playlists/songs.tsv.gz", "wt") as file:
        file.write(lines(SONGS))
    mine = list(listens(random_))

    spotify = [{"ts": (time + datetime.timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ"), "ms_played": 180000,
                "master_metadata_track_name": title, "master_metadata_album_artist_name": artist,
                "master_metadata_album_album_name": "", "spotify_track_uri": None, "skipped": False}
               for time, title, artist in mine]
    with zipfile.ZipFile(folder / "my_spotify_data.zip", "w") as archive:
        archive.writestr("Spotify Extended Streaming History/Streaming_History_Audio_2026_0.json", json.dumps(spotify))

    text = io.StringIO()
    writer = csv.writer(text)
    for time, title, artist in reversed(mine):
        writer.writerow([artist, "", title, time.strftime("%d %b %Y %H:%M")])
    (folder / "lastfm.csv").write_text(text.getvalue())

    payload = [{"listened_at": int(time.timestamp()), "track_metadata": {"track_name": title, "artist_name": artist}}
               for time, title, artist in mine]
    with zipfile.ZipFile(folder / "listenbrainz_ann.zip", "w") as archive:
        archive.writestr("listens/2026/1.jsonl", "".join(json.dumps(listen) + "\n" for listen in payload))
        archive.writestr("user.json", json.dumps({"user_id": 1, "username": "ann"}))


if __name__ == "__main__":
    main()
