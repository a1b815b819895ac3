"""The trainers that are compared: each knows its command line and how to read the vectors it writes."""

import json
import pathlib
import shlex
import subprocess
import sys

import numpy as np
import pyarrow.ipc

import corpora

HERE = pathlib.Path(__file__).parent

# Of word2vec.c and programs with the same flags. The vocabulary is read from a file, see Word2Vec.prepare.
WORD2VEC_FLAGS = ("-train {long_text} -read-vocab {vocabulary} -output {output} -size {dim} -window {window} "
                  "-sample {subsample} -negative {negatives} -hs 0 -cbow 0 -iter {epochs} -min-count {min_plays} "
                  "-alpha {learning_rate} -threads {threads} -binary 1")


def quietly(command):
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)


def model_vectors(folder):
    """(ids, vectors) of a Segue model."""
    with pyarrow.ipc.open_file(folder / "songs.arrow") as file:
        ids = file.read_all()["id"].to_pylist()
    return ids, np.load(folder / "vectors.npy")


class Segue:
    def __init__(self, name, program, flags=""):
        self.name, self.program, self.flags = name, program, shlex.split(flags)

    def prepare(self, corpus, folder, options):
        self.dataset = folder / "dataset"
        if self.dataset.exists():  # several modes share it
            return
        corpora.write_table(corpora.read_sessions(corpus.text), folder / "train.tsv")
        quietly([self.program, "ingest", folder / "train.tsv", "-o", self.dataset, "--keep-repeats", "--min-session", "1",
                 "--quiet"])

    def command(self, options, epochs, threads, seed, output):
        common = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
        return [self.program, "train", "--fit-blend", "off", self.dataset, "-o", output, "--epochs", epochs, "--threads", threads, "--seed",
                seed, "--quiet", *common, *self.flags]

    def vectors(self, output):
        return model_vectors(output)


class Library:
    """gensim or fastText, from the Python environment this runs in."""

    def __init__(self, name, module):
        self.name, self.module = name, module

    def prepare(self, corpus, folder, options):
        self.text = corpus.text

    def command(self, options, epochs, threads, seed, output):
        parameters = {"options": options, "epochs": epochs, "threads": threads, "seed": seed}
        return [sys.executable, HERE / "train_library.py", self.module, self.text, output, json.dumps(parameters)]

    def vectors(self, output):
        return (pathlib.Path(f"{output}.txt").read_text(encoding="utf-8").split("\n"),
                np.load(f"{output}.npy"))


class Word2Vec:
    """A binary that writes word2vec's binary format. It takes no seed: only the corpus changes with the seed."""

    def __init__(self, name, program, flags=WORD2VEC_FLAGS):
        self.name, self.program, self.flags = name, program, shlex.split(flags)

    def prepare(self, corpus, folder, options):
        """The text, the same with a tail, and the vocabulary of the text without it.

        word2vec.c stops training for good where a thread meets the end of the file (its flag for it is never cleared,
        whatever -iter says). A thread that has read its share of the words goes back and starts another epoch: with a
        tail of a few sessions more than the vocabulary counts, it always does so before the end.
        """
        self.files = {"text": corpus.text, "long_text": folder / "long.txt", "vocabulary": folder / "vocabulary.txt"}
        if "{long_text}" not in self.flags or self.files["vocabulary"].exists():
            return
        text = corpus.text.read_bytes()
        self.files["long_text"].write_bytes(text + text[:text.index(b"\n", len(text) // 50) + 1])
        quietly([self.program, "-train", corpus.text, "-save-vocab", self.files["vocabulary"], "-min-count",
                 options["min_plays"]])

    def command(self, options, epochs, threads, seed, output):
        values = {**options, **self.files, "output": output, "epochs": epochs, "threads": threads, "seed": seed}
        return [self.program, *(word.format(**values) for word in self.flags)]

    def vectors(self, output):
        with open(output, "rb") as file:
            rows, columns = map(int, file.readline().split())
            ids, vectors = [], np.empty((rows, columns), dtype=np.float32)
            for vector in vectors:
                word = bytearray()
                while (byte := file.read(1)) != b" ":
                    word += byte.strip(b"\n")
                ids.append(word.decode())
                vector[:] = np.frombuffer(file.read(4 * columns), dtype=np.float32)
        return ids, vectors
