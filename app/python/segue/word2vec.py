"""Word2vec with gensim's names: a script for gensim's Word2Vec runs with its import changed (docs/python-gensim.md).

    from segue.word2vec import Word2Vec
    model = Word2Vec(sentences=queues, vector_size=64, window=10, sg=1)
    model.wv.most_similar("song-1")

Training is that of `segue.train`: the same options under other names. What Segue cannot do raises WrongUse.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._dataset import Dataset
from ._errors import Unsupported, WrongUse
from ._folders import StrPath
from ._model import Model
from ._model import train as train_model
from ._vector_files import open_packed
from .keyed_vectors import KeyedVectors

if TYPE_CHECKING:
    from ._vector_files import Key

__all__ = ["LineSentence", "Word2Vec"]

# gensim's parameter -> Segue's option of training that means the same.
OPTIONS = {
    "vector_size": "dim",
    "window": "window",
    "min_count": "min_plays",
    "negative": "negatives",
    "ns_exponent": "negative_exponent",
    "sample": "subsample",
    "alpha": "learning_rate",
    "min_alpha": "min_learning_rate",
    "epochs": "epochs",
    "workers": "threads",
    "seed": "seed",
    "shrink_windows": "dynamic_window",
}

# gensim's parameters that Segue knows one value of.
_ONLY = {
    "hs": (0, "Segue trains with negative sampling"),
    "cbow_mean": (1, "Segue's CBOW takes the mean of the context"),
    "max_vocab_size": (None, "Segue counts every word; max_final_vocab limits the result"),
    "hashfxn": (hash, "Segue draws starting vectors by the seed alone"),
    "null_word": (0, "Segue has no null word"),
    "trim_rule": (None, "filter the sentences instead"),
    "sorted_vocab": (1, "Segue's songs are in the order of their counts"),
    "callbacks": ((), "Segue reports progress with segue.train(..., progress=True)"),
}


class LineSentence:
    """The lines of a file (packed or not) as lists of words, cut at spaces; it may be read many times."""

    def __init__(self, source: StrPath, max_sentence_length: int = 10000, limit: int | None = None) -> None:
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit

    def __iter__(self) -> Iterator[list[str]]:
        with open_packed(self.source, "rb") as file:
            for line in islice(file, self.limit):
                words = line.decode().split()
                for start in range(0, len(words), self.max_sentence_length):
                    yield words[start : start + self.max_sentence_length]


def _sentences(corpus: Iterable[Iterable[str]]) -> Iterator[Iterable[str]]:
    for number, sentence in enumerate(corpus):
        if isinstance(sentence, str):
            raise WrongUse(f"sentences[{number}]: expected a list of words, found the text {sentence[:40]!r}")
        yield sentence


class Word2Vec:
    """Vectors of words (songs) learnt from sentences (queues), with the parameters and defaults of gensim 4.

    `sentences`: an iterable of lists of str, read once. `corpus_file`: instead of it, a file with a sentence a line.
    Without either, call `build_vocab` and `train`. Each parameter in OPTIONS is an option of `segue.train` under
    another name; `sg` chooses skip-gram (1) or CBOW (0). `batch_words` and `compute_loss` change nothing: Segue cuts
    its own batches and always knows the loss.

    `wv`: the vectors, KeyedVectors. `segue_model`: the model behind them, which recommends, plays radio, and draws.

    Raises WrongUse for a parameter that Segue has no such value of, BadInput if no word is frequent enough.
    """

    def __init__(
        self,
        sentences: Iterable[Iterable[str]] | None = None,
        corpus_file: StrPath | None = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Any = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: Any = None,
        sorted_vocab: int = 1,
        batch_words: int = 10000,
        compute_loss: bool = False,
        callbacks: Any = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
    ) -> None:
        given = dict(locals())
        for name, (value, reason) in _ONLY.items():
            if given[name] != value and not (name == "callbacks" and not given[name]):
                raise WrongUse(f"Word2Vec: expected {name}={value!r}, found {given[name]!r}: {reason}")
        if negative < 1:
            raise WrongUse(f"Word2Vec: expected negative of at least 1, found {negative}: Segue trains by noise words")
        for name in OPTIONS:
            setattr(self, name, given[name])
        self.sg = sg
        self.comment = comment
        self.max_final_vocab = max_final_vocab
        self.corpus_count = 0
        self.corpus_total_words = 0
        self.segue_model: Model | None = None
        self._dataset: Dataset | None = None
        self._corpus: Any = None
        self._least_count = min_count
        self._wv = KeyedVectors(vector_size)
        if sentences is not None or corpus_file is not None:
            self.build_vocab(sentences, corpus_file)
            self.train(sentences, corpus_file)

    if TYPE_CHECKING:
        vector_size: int
        window: int
        min_count: int
        negative: int
        ns_exponent: float
        sample: float
        alpha: float
        min_alpha: float
        epochs: int
        workers: int
        seed: int
        shrink_windows: bool

    @property
    def wv(self) -> KeyedVectors:
        """The vectors. After `build_vocab` they are zero until `train`."""
        return self._wv

    @property
    def layer1_size(self) -> int:
        """How many numbers a vector has."""
        return self.vector_size

    def build_vocab(
        self,
        corpus_iterable: Iterable[Iterable[str]] | None = None,
        corpus_file: StrPath | None = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: Any = None,
    ) -> None:
        """Reads the sentences, which may come from a generator, and counts their words.

        `progress_per` and `keep_raw_vocab` change nothing. Raises WrongUse for `update` and `trim_rule`.
        """
        if update or trim_rule is not None:
            raise WrongUse("build_vocab: expected neither update nor trim_rule: build it of all sentences at once")
        self._corpus = self._one_of(corpus_iterable, corpus_file)
        source = LineSentence(corpus_file) if corpus_file is not None else corpus_iterable
        assert source is not None
        self._dataset = Dataset.from_lists(_sentences(source), identity="id", min_session=1, keep_repeats=True)
        self.corpus_count = self._dataset.counts["queues"]
        self.corpus_total_words = self._dataset.counts["plays"]
        plays = np.array(self._dataset.songs.column("plays"), dtype=np.uint64)
        self._least_count = max(self.min_count, 1)
        if self.max_final_vocab is not None and len(plays) > self.max_final_vocab:
            self._least_count = max(self._least_count, int(plays[self.max_final_vocab]) + 1)
        kept = int((plays >= self._least_count).sum())
        words: list[Key] = list(self._dataset.songs.column("id", kept))
        self._wv = KeyedVectors(words, np.zeros((kept, self.vector_size), np.float32), counts=plays[:kept])

    @staticmethod
    def _one_of(corpus_iterable: Any, corpus_file: StrPath | None) -> Any:
        if (corpus_iterable is None) == (corpus_file is None):
            raise WrongUse("Word2Vec: expected either sentences or corpus_file")
        if corpus_file is not None:
            return os.fspath(corpus_file)
        if isinstance(corpus_iterable, (str, bytes)):
            raise WrongUse(f"Word2Vec: expected sentences as lists of words, found the text {corpus_iterable[:40]!r}")
        return corpus_iterable

    def train(
        self,
        corpus_iterable: Iterable[Iterable[str]] | None = None,
        corpus_file: StrPath | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Any = (),
    ) -> tuple[int, int]:
        """Trains on the sentences of `build_vocab`, which are not read again.

        `total_examples`, `total_words`, `queue_factor`, `report_delay` and `compute_loss` change nothing, for Segue has
        counted. Returns how many words of the vocabulary, and how many words, were passed over, before subsampling.

        Raises WrongUse before `build_vocab`, for other sentences, and for `callbacks`; Unsupported to train once more.
        """
        corpus = self._one_of(corpus_iterable, corpus_file)
        if self.segue_model is not None:
            raise Unsupported("Word2Vec.train: trained already; Segue trains on all sentences at once, old and new")
        if self._dataset is None:
            raise WrongUse("Word2Vec.train: expected build_vocab first")
        if corpus is not self._corpus and corpus != self._corpus:
            raise WrongUse("Word2Vec.train: expected the sentences that build_vocab read, found others")
        if callbacks or word_count:
            raise WrongUse("Word2Vec.train: expected neither callbacks nor word_count")
        for name, value in (("epochs", epochs), ("alpha", start_alpha), ("min_alpha", end_alpha)):
            if value is not None:
                setattr(self, name, value)
        options = {option: getattr(self, name) for name, option in OPTIONS.items()}
        options["min_plays"] = options["place_plays"] = self._least_count
        options["architecture"] = "skipgram" if self.sg else "cbow"
        self.segue_model = train_model(self._dataset, preset="none", fit_blend="off", **options)
        self._dataset = self._corpus = None
        self._wv = self.segue_model.wv
        words = int(self.segue_model.plays.sum())
        return words * self.epochs, self.corpus_total_words * self.epochs

    def _trained(self) -> Model:
        if self.segue_model is None:
            raise WrongUse("Word2Vec: expected a trained model, found one without train")
        return self.segue_model

    @property
    def syn1neg(self) -> NDArray[np.float32]:
        """The context vectors: words x numbers."""
        return self._trained().context_vectors

    def get_latest_training_loss(self) -> float:
        """The mean loss of an example in the last epoch. gensim's number is the sum of the losses of all epochs."""
        return float(self._trained().manifest["history"][-1]["mean_loss"])

    def predict_output_word(self, context_words_list: Iterable[Key], topn: int = 10) -> list[tuple[Key, float]] | None:
        """The likeliest words between these, with their probabilities; None if none of them is known."""
        rows = [self.wv.get_index(word) for word in context_words_list if word in self.wv]
        if not rows:
            return None
        logits = self.syn1neg @ self.wv.vectors[rows].mean(axis=0)
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        best = np.argsort(-chances, kind="stable")[:topn]
        return [(self.wv.index_to_key[row], float(chances[row])) for row in best.tolist()]

    def save(self, path: StrPath) -> None:
        """Writes the model folder of Segue, which every command reads (`segue similar`, `segue serve`).

        Raises WrongUse before `train`, or if there is another kind of file or folder under this name.
        """
        self._trained().save(path)

    @classmethod
    def load(cls, path: StrPath) -> Word2Vec:
        """Opens a model folder that `save` or `segue train` wrote.

        Raises NotFound, WrongUse for another kind of folder, Corrupt.
        """
        model = Model.open(path)
        options = model.manifest["options"]
        made = cls(**{name: options[option] for name, option in OPTIONS.items()})
        made.sg = int(options["architecture"] == "skipgram")
        made.segue_model = model
        made._wv = model.wv
        return made

    def __repr__(self) -> str:
        return f"Word2Vec<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"
