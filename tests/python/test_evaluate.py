"""Evaluation, also of functions."""

import json
import os
import subprocess

import pytest

import segue

QUICK = {"baselines": "popularity,co-count,sgns", "dim": 8, "epochs": 2, "threads": 1, "resamples": 50}


def test_the_numbers_of_the_command_line(dataset: segue.Dataset):
    ours = segue.evaluate(dataset, **QUICK)
    words = [word for name, value in QUICK.items() for word in (f"--{name}", str(value))]
    theirs = json.loads(
        subprocess.run(
            [os.environ["SEGUE_BINARY"], "evaluate", dataset.path, *words, "--json"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )

    def scores(document):
        return [
            (mode, one["name"], one["ndcg"], one["ndcg_gain_interval"])
            for mode, its in document["modes"].items()
            for one in its["models"]
        ]

    assert scores(ours.document["runs"][0]) == scores(theirs["runs"][0])


def test_a_function_is_measured_as_what_it_does(dataset: segue.Dataset):
    """A function that knows the plays is the baseline that does, but for ties; one that knows nothing misses all."""
    popular = segue.Dataset.open(dataset.path).songs.column("id")
    seen = []

    def most_played(history, k):
        seen.append((history, k))
        return popular[:k]

    table = (
        segue.evaluate(
            dataset, {"mine": most_played, "nothing": lambda history, k: []}, baselines="popularity", threads=2
        )
        .to_pandas()
        .set_index(["mode", "method"])
    )
    for mode in table.index.get_level_values("mode").unique():
        assert table.loc[(mode, "mine"), "hit_rate_100"] == table.loc[(mode, "popularity"), "hit_rate_100"]
        assert table.loc[(mode, "nothing"), "hit_rate_100"] == 0
        assert table.loc[(mode, "nothing"), "ndcg_gain"] < 0
    assert all(isinstance(song, str) for history, _ in seen for song in history)
    assert {k for _, k in seen} >= {100}


def test_what_a_function_raises_is_raised(dataset: segue.Dataset):
    def broken(history, k):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        segue.evaluate(dataset, {"broken": broken}, baselines="popularity")
    with pytest.raises(segue.WrongUse, match="numbers: expected ids of songs as str, found 3"):
        segue.evaluate(dataset, {"numbers": lambda history, k: [3]}, baselines="popularity")


def test_wrong_methods(dataset: segue.Dataset):
    with pytest.raises(segue.WrongUse, match='found "sgns"'):
        segue.evaluate(dataset, {"sgns": lambda history, k: []})
    with pytest.raises(segue.WrongUse, match="expected a function, found 3"):
        segue.evaluate(dataset, {"mine": 3})
    with pytest.raises(segue.WrongUse, match="popularity"):
        segue.evaluate(dataset, baselines="populrity")
