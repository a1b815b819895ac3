"""Puts what twelve listeners did with lists of two models into an SQLite store, as a service would.

Listener i has a list of "a" if i is even, else of "b", and one that both made. A list's id is written by a twin of
recommend/list_id.cpp.
"""

import base64
import sqlite3
import struct
import sys

MADE_AT = 1_800_000_000
MASK = (1 << 64) - 1


def mix64(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def list_id(number, kind, model, second="", teams=()):
    data = struct.pack(">BI12sB", 1, MADE_AT, number.to_bytes(12, "big"), kind)
    for name in (model, second):
        data += bytes([len(name)]) + name.encode()
    if second:
        bits = sum(1 << place for place, is_of_second in enumerate(teams) if is_of_second)
        data += struct.pack(">H", len(teams)) + bits.to_bytes((len(teams) + 7) // 8, "little")
    checksum = 0xCBF29CE484222325
    for byte in data:
        checksum = ((checksum ^ byte) * 0x100000001B3) & MASK
    data += struct.pack(">I", mix64(checksum) >> 32)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def events():
    def event(list_, place, name, played_ms=-1):
        return list_, place, name, f"song-{place}", played_ms, MADE_AT + 60, MADE_AT, user

    for i in range(12):
        user = f"listener {i}"
        own = list_id(i, 1, "ab"[i % 2])
        both = list_id(100 + i, 0, "a", "b", [(place + i) % 2 == 0 for place in range(4)])
        for place in range(1, 5):
            yield event(own, place, "impression")
            yield event(both, place, "impression")
        for place in range(1, 2 + i % 2 + i % 3 // 2):
            yield event(own, place, "click")
            yield event(own, place, "play", 10_000 * place + 15_000)
        yield event(own, 4, "skip" if i % 4 == 0 else "save")
        yield event(both, 1 + i % 2 if i < 11 else 1, "click")  # of "b", but for the last


database = sqlite3.connect(sys.argv[1])
database.executemany(
    "INSERT INTO events (list, position, event, song, played_ms, happened_at, made_at, user) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", events())
database.commit()
