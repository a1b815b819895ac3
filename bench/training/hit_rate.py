"""How often the next song played is among the nearest to the song before it."""

import numpy as np


def hit_rate(ids, vectors, questions, k=10):
    """Share of the questions whose wanted song is among the k nearest by cosine.

    A question is (songs heard, the song wanted); neighbours are those of the last song heard. The songs heard are
    omitted from the ranking. An unknown song on either side, or a wanted one that was just heard, is a miss.
    """
    row_of = {song: row for row, song in enumerate(ids)}
    known = [([row_of[song] for song in heard if song in row_of], row_of[wanted]) for heard, wanted in questions
             if heard[-1] in row_of and wanted in row_of and wanted not in heard]
    unit = np.asarray(vectors, dtype=np.float32)
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    batch = max(1, 2 ** 24 // len(ids))  # 64 MiB of scores at a time
    hits = 0
    for start in range(0, len(known), batch):
        asked = known[start:start + batch]
        scores = unit[[heard[-1] for heard, _ in asked]] @ unit.T
        wanted = scores[np.arange(len(asked)), [song for _, song in asked]]
        for row, (heard, _) in zip(scores, asked):
            row[heard] = -np.inf
        hits += int((np.count_nonzero(scores > wanted[:, None], axis=1) < k).sum())
    return hits / len(questions)


def last_songs(sessions):
    """One question a session: its last song, from the one before."""
    return [(songs[-2:-1], songs[-1]) for songs in sessions if len(songs) > 1]


def every_song(sessions, heard=10):
    """Every song of every session but the first, from the one before; the last `heard` songs are left out."""
    return [(songs[max(0, i - heard):i], songs[i]) for songs in sessions for i in range(1, len(songs))]
