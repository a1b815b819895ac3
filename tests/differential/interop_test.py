"""Segue's files in the tools they are meant for: numpy, pyarrow, pandas and gensim read them and agree.

    interop_test.py SEGUE MAKE_MODEL
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import gensim
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "bench/support"))
import transitions  # noqa: E402

SEGUE, MAKE_MODEL = sys.argv[1:3]
SONGS, DIM = 120, 10


def run(*arguments):
    return subprocess.run([SEGUE, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def table(path):
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.model = cls.folder / "model"
        subprocess.run([MAKE_MODEL, cls.model, str(SONGS)], check=True)
        cls.songs = table(cls.model / "songs.arrow")
        cls.vectors = np.load(cls.model / "vectors.npy", mmap_mode="r")
        cls.ids = cls.songs["id"].to_pylist()

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def export(self, kind, *more):
        output = self.folder / f"export.{kind}"
        run("export", self.model, "--format", kind, "-o", output, "--quiet", *more)
        return output

    def test_numpy_maps_the_vectors(self):
        for name in ("vectors.npy", "context.npy"):
            matrix = np.load(self.model / name, mmap_mode="r")
            self.assertEqual((matrix.shape, matrix.dtype), ((SONGS, DIM), np.dtype("<f4")))
            self.assertTrue(matrix.flags["C_CONTIGUOUS"])
            self.assertTrue(np.isfinite(matrix).all())

    def test_what_numpy_saves_is_what_segue_writes(self):
        np.save(self.folder / "again.npy", self.vectors)
        self.assertEqual((self.folder / "again.npy").read_bytes(), (self.model / "vectors.npy").read_bytes())

    def test_pyarrow_and_pandas_open_the_tables(self):
        self.assertEqual(self.songs.num_rows, SONGS)
        self.assertEqual(self.songs["title"][1].as_py(), "إنت عمري")
        self.assertEqual(table(self.model / "transitions.arrow").column_names, ["transitions"])
        frame = pd.read_feather(self.model / "songs.arrow")
        self.assertEqual(frame["id"].tolist(), self.ids)

    def test_transitions_are_as_documented(self):
        lists = transitions.Transitions(self.model / "transitions.arrow")
        self.assertEqual(len(lists), SONGS)
        self.assertEqual(lists[4], [(0, 0.5, 3, 4), (8, 3, 0.5, 4)])
        frame = pd.read_feather(self.model / "transitions.arrow")
        self.assertEqual(transitions.decode(frame["transitions"][4]), lists[4])

    def test_a_teacher_is_as_documented(self):
        lists = self.folder / "next.csv"
        lists.write_text(f"song,next,score\n{self.ids[4]},{self.ids[8]},0.5\n{self.ids[4]},{self.ids[0]},0.25\n")
        run("distil", self.model, "--lists", lists, "--teacher-scores", "chances", "-o", self.folder / "taught")
        frame = pd.read_feather(self.folder / "taught" / "teacher.arrow")
        self.assertEqual(len(frame), SONGS)
        self.assertEqual(frame["songs"][4].tolist(), [0, 8])
        self.assertEqual(frame["chances"][4].tolist(), [0.25, 0.5])
        self.assertEqual(frame["songs"][5].tolist(), [])

    def check_gensim(self, kind):
        path = self.export(kind, "--replace-spaces", "_")
        vectors = gensim.models.KeyedVectors.load_word2vec_format(str(path), binary=kind == "word2vec-binary")
        words = [song.replace(" ", "_") for song in self.ids]
        self.assertEqual(vectors.index_to_key, words)
        np.testing.assert_array_equal(vectors.vectors, self.vectors)
        for song in (0, 1, 2, 7, 30, 119):
            theirs = vectors.most_similar(words[song], topn=10)
            ours = json.loads(run("similar", self.model, self.ids[song], "-k", 10, "--json"))["items"]
            self.assertEqual([item["id"].replace(" ", "_") for item in ours], [word for word, _ in theirs])
            np.testing.assert_allclose([item["similarity"] for item in ours], [score for _, score in theirs],
                                       atol=1e-6)

    def test_gensim_reads_the_text_and_agrees(self):
        self.check_gensim("word2vec")

    def test_gensim_reads_the_binary_and_agrees(self):
        self.check_gensim("word2vec-binary")

    def test_parquet_has_songs_and_vectors(self):
        exported = pa.parquet.read_table(self.export("parquet"))
        self.assertEqual(exported.schema.field("vector").type.list_size, DIM)
        self.assertEqual(exported["id"].to_pylist(), self.ids)
        self.assertEqual(exported["tags"][2].as_py(), ["electronic", "test"])
        vectors = np.stack(pd.read_parquet(self.folder / "export.parquet")["vector"])
        np.testing.assert_array_equal(vectors, self.vectors)

    def test_npy_folder_has_songs_and_vectors(self):
        folder = self.export("npy", "--normalise")
        vectors = np.load(folder / "vectors.npy")
        np.testing.assert_allclose(vectors, self.vectors / np.linalg.norm(self.vectors, axis=1, keepdims=True),
                                   rtol=1e-6)
        songs = pd.read_json(folder / "songs.jsonl", lines=True)
        self.assertEqual(songs["id"].tolist(), self.ids)

    def test_projector_folder_has_a_line_a_song(self):
        folder = self.export("projector", "--vectors", "context")
        vectors = pd.read_csv(folder / "vectors.tsv", sep="\t", header=None, dtype=np.float32)
        np.testing.assert_array_equal(vectors.to_numpy(), np.load(self.model / "context.npy"))
        metadata = pd.read_csv(folder / "metadata.tsv", sep="\t", keep_default_na=False)
        self.assertEqual(metadata["id"].tolist(), self.ids)

    def test_recommendations_are_those_of_a_few_lines_of_numpy(self):
        played = [5, 9, 2]
        unit = self.vectors / np.linalg.norm(self.vectors, axis=1, keepdims=True)
        weights = 2.0 ** (-np.arange(len(played))[::-1] / 2)
        user = weights @ unit[played]
        scores = unit @ (user / np.linalg.norm(user))
        scores[played] = -2
        wanted = np.argsort(-scores, kind="stable")[:10]
        found = json.loads(run("recommend", self.model, *[self.ids[i] for i in played], "--by", "vectors", "--half-life", 2,
                               "--artist-cap", 0, "--artist-gap", 0, "--fold-versions", "false", "--json"))
        self.assertEqual([item["id"] for item in found["items"]], [self.ids[i] for i in wanted])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
