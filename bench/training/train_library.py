"""Trains with a Python library, for bench/training/peers.py: train_library.py LIBRARY TEXT OUTPUT OPTIONS_AS_JSON

Each in its fastest way: gensim reads the corpus file in its compiled loop (no Python object a word) and multiplies
with BLAS; fastText is its own C++ trainer, without subwords. Vectors go to OUTPUT.npy, ids to OUTPUT.txt.
"""

import json
import pathlib
import sys

import numpy as np


def gensim(text, options, epochs, threads, seed):
    from gensim.models import Word2Vec
    from gensim.models.word2vec import FAST_VERSION
    if FAST_VERSION not in (0, 1):  # 2: without BLAS; -1: without the compiled loop
        sys.exit("gensim runs without BLAS or its compiled loop here")
    model = Word2Vec(corpus_file=text, vector_size=options["dim"], window=options["window"],
                     negative=options["negatives"], ns_exponent=0.75, sample=options["subsample"],
                     min_count=options["min_plays"], alpha=options["learning_rate"],
                     min_alpha=options["min_learning_rate"], sg=1, hs=0, epochs=epochs, workers=threads, seed=seed)
    return model.wv.index_to_key, model.wv.vectors


def fasttext(text, options, epochs, threads, seed):  # it takes no seed
    import fasttext as library
    model = library.train_unsupervised(
        text, model="skipgram", loss="ns", dim=options["dim"], ws=options["window"], neg=options["negatives"],
        t=options["subsample"] or 1,  # a song's share of all plays is below 1: none is skipped
        minCount=options["min_plays"], lr=options["learning_rate"], minn=0, maxn=0, epoch=epochs, thread=threads,
        verbose=0)
    return model.words, model.get_input_matrix()


def main():
    library, text, output, parameters = sys.argv[1:]
    ids, vectors = {"gensim": gensim, "fasttext": fasttext}[library](text, **json.loads(parameters))
    np.save(f"{output}.npy", vectors)
    pathlib.Path(f"{output}.txt").write_text("\n".join(ids), encoding="utf-8")


if __name__ == "__main__":
    main()
