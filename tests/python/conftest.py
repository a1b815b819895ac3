"""What the tests share: a small dataset of two kinds of music, and a model of it."""

import random

import pytest

import segue

SONGS = 60
USERS = 80


def queues(seed: int = 1, count: int = 600) -> list[list[str]]:
    """Queues that stay within one of two halves of the songs, so that their vectors tell the halves apart."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        half = chance.randrange(2) * SONGS // 2
        made.append([f"s{half + chance.randrange(SONGS // 2)}" for _ in range(12)])
    return made


def listens(seed: int = 1) -> dict[str, list]:
    """Listens with times, titles and artists: columns by name."""
    table: dict[str, list] = {"user": [], "song": [], "time": [], "title": [], "artist": []}
    for number, queue in enumerate(queues(seed)):
        for at, song in enumerate(queue):
            table["user"].append(f"u{number % USERS}")
            table["song"].append(song)
            table["time"].append(1_700_000_000 + (number // USERS) * 86_400 + (number % USERS) * 7 + at * 200)
            table["title"].append(f"Title {song}")
            table["artist"].append(f"Artist {int(song[1:]) % 20}")
    return table


def half(song: str) -> bool:
    return int(song[1:]) < SONGS // 2


@pytest.fixture(scope="session")
def dataset() -> segue.Dataset:
    import pyarrow

    return segue.Dataset.from_frame(pyarrow.table(listens()))


@pytest.fixture(scope="session")
def model(dataset: segue.Dataset) -> segue.Model:
    return segue.train(dataset, dim=16, epochs=10, threads=1, fit_blend="off")
