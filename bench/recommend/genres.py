"""Genres of artists, for the benchmarks that ask whether songs of a genre keep together."""

import ast
import csv
import gzip


def genres_by_artist(path):
    """Of a gzipped CSV with the columns name and genres (a Python list as text), by the lower-cased name."""
    genres = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = set(ast.literal_eval(row["genres"])) if row["genres"].startswith("[") else set()
            if found:
                genres.setdefault(row["name"].lower(), found)
    return genres


def first_artist(credit):
    return credit.split(",")[0].strip().lower()


def genres_of(genres, credit):
    """Of the whole credit, else of the artist named first; None where neither is known."""
    return genres.get(credit.lower()) or genres.get(first_artist(credit))
