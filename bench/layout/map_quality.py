"""How well genres keep together: in the vectors, and on the map.

    .venv/bin/python bench/layout/map_quality.py MODEL ARTIST_GENRES.csv.gz

For each song whose artist has genres, the share of its ten nearest songs with genres that have a genre in common with
it: nearest by cosine of the vectors, and nearest on the map. "By chance" is the same with ten songs drawn anywhere.
Also the share of the ten nearest by vectors that are among the ten nearest on the map.
ARTIST_GENRES has the columns name and genres, a Python list as text.
"""

import ast
import csv
import gzip
import json
import pathlib
import sys

import numpy as np
import pyarrow.feather

K = 10
SAMPLE = 5000


def nearest(queries: np.ndarray, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The K rows of points nearest to each query, itself (rows) left out; squared distances."""
    found = []
    squares = (points**2).sum(1)
    for begin in range(0, len(queries), 500):
        distance = squares - 2 * queries[begin : begin + 500] @ points.T
        distance[np.arange(len(distance)), rows[begin : begin + 500]] = np.inf
        found.append(np.argpartition(distance, K, axis=1)[:, :K])
    return np.concatenate(found)


def main() -> int:
    model = pathlib.Path(sys.argv[1])
    with gzip.open(sys.argv[2], "rt", encoding="utf-8") as file:
        genres = {row["name"].lower(): frozenset(ast.literal_eval(row["genres"])) for row in csv.DictReader(file)}
    songs = pyarrow.feather.read_table(model / "songs.arrow").to_pandas()
    places = pyarrow.feather.read_table(model / "map.arrow").to_pandas()
    vectors = np.load(model / "vectors.npy").astype(np.float64)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    points = places[["x", "y"]].to_numpy(np.float64)
    points = points - points.mean(0)

    def of(artist: str) -> frozenset:
        artist = artist.lower()
        return genres.get(artist) or genres.get(artist.split(", ")[0]) or frozenset()

    own = songs["artist"].map(of)
    known = np.flatnonzero(own.map(bool).to_numpy())
    names = sorted(set().union(*own))
    table = np.zeros((len(known), len(names)), np.float32)
    number = {name: i for i, name in enumerate(names)}
    for row, song in enumerate(known):
        table[row, [number[name] for name in own.iloc[song]]] = 1

    random = np.random.default_rng(1)
    sample = random.permutation(len(known))[:SAMPLE]
    near = {
        "vectors": nearest(vectors[known][sample], vectors[known], sample),
        "map": nearest(points[known][sample], points[known], sample),
        "chance": random.integers(0, len(known), (len(sample), K)),
    }
    result = {"songs": len(songs), "with_genres": len(known), "sample": len(sample)}
    for name, rows in near.items():
        shares = np.stack([(table[sample] * table[rows[:, k]]).sum(1) > 0 for k in range(K)])
        result[f"genre_purity_{name}"] = round(float(shares.mean()), 4)
    kept = [len(set(a) & set(b)) / K for a, b in zip(near["vectors"], near["map"])]
    result["nearest_kept"] = round(float(np.mean(kept)), 4)
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
