"""Puts four listens of two users and a skip into an SQLite store, as a service would."""

import sqlite3
import sys

LISTENS = [
    ("ann", 1600000000, "a", "KENDRICK  LAMAR", "Humble 2", "DAMN.", "", ""),
    ("ann", 1600000200, "b", "Björk", "Jóga 4", "", "song-14", ""),
    ("ann", 1600000400, "c", "Nobody", 'Unknown "1"', "", "", "6ec5c43d-0000-4c88-8b0b-000000000000"),
    ("bob", 1600000000, "d", "Nobody", "Named only", "", "", ""),
]

SKIPS = [("ann", 1600000300, "e", "Björk", "Jóga 4", "", "song-14", "")]

database = sqlite3.connect(sys.argv[1])
database.executemany(
    "INSERT INTO listens (user, listened_at, msid, artist, title, release, song_id, recording_mbid, track_metadata, "
    "inserted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 1600000500)",
    LISTENS,
)
database.executemany(
    "INSERT INTO skips (user, skipped_at, msid, artist, title, release, song_id, recording_mbid) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    SKIPS,
)
database.commit()
