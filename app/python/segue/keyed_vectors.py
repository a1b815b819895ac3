"""Vectors by key, under the names and with the behaviour of gensim 4's KeyedVectors (docs/python-gensim.md).

    import segue.keyed_vectors
    songs = segue.Model.open("model").wv
    songs.most_similar(positive=["song-1", "song-2"], negative=["song-3"], topn=10)

numpy does the work. Vectors are not copied, and not normalised: their lengths are kept beside them instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, Union

import numpy as np
from numpy.typing import DTypeLike, NDArray

from . import _keyed_scores, _vector_files
from ._errors import WrongUse
from ._folders import StrPath
from ._keyed_rows import lengths, most, unit
from ._vector_files import Key

Vector = NDArray[Any]
Weighted = tuple[Union[Key, Vector], float]
KeyOrVector = Union[Key, Vector]
# What most_similar takes: one key or vector, or several, each with a weight or without.
Query = Union[KeyOrVector, Iterable[Union[KeyOrVector, Weighted]], None]
Similar = list[tuple[Key, float]]

# Any, for mypy does not take numpy's integers for int.
_KEY_TYPES: Any = (str, int, np.integer)

# Names that gensim 4 has no longer, or that are not here, and what to use.
_ELSEWHERE = {
    "vocab": "use key_to_index, index_to_key and get_vecattr(key, 'count')",
    "index2word": "use index_to_key",
    "index2entity": "use index_to_key",
    "vectors_norm": "use get_normed_vectors()",
    "syn0": "use vectors",
    "syn0norm": "use get_normed_vectors()",
    "wmdistance": "it compares texts; use n_similarity for two lists of songs",
    "init_sims": "use fill_norms()",
}


def _several(query: Any) -> list[Any]:
    if query is None:
        return []
    if isinstance(query, _KEY_TYPES) or (isinstance(query, np.ndarray) and query.ndim == 1):
        return [query]
    return list(query)


class KeyedVectors:
    """Vectors of songs (or of anything that has a key), and what is near what by the cosine.

    `keys`: a str or int for each row. `vectors`: keys x numbers, float; not copied, and may be read-only. `counts`: how
    often each key was seen, which becomes the attribute "count". As in gensim, `KeyedVectors(vector_size)` makes an
    empty one, to which `add_vectors` adds.

    Queries may run in several threads; adding while others read may not. A key that is not there raises KeyError.
    """

    def __init__(
        self,
        keys: Iterable[Key] | int = (),
        vectors: Any = None,
        counts: Any = None,
        *,
        vector_size: int | None = None,
        count: int = 0,
        dtype: DTypeLike = np.float32,
    ) -> None:
        if isinstance(keys, (int, np.integer)):
            vector_size, keys = int(keys), ()
        self.index_to_key: list[Key] = keys if isinstance(keys, list) else list(keys)
        if vectors is None:
            if self.index_to_key or vector_size is None:
                raise WrongUse("KeyedVectors: expected keys and their vectors, or vector_size")
            vectors = np.empty((0, vector_size), dtype)
        self._store: NDArray[Any] = np.asarray(vectors)
        if self._store.ndim != 2 or len(self._store) != len(self.index_to_key):
            raise WrongUse(
                f"KeyedVectors: expected vectors of shape {len(self.index_to_key)} x numbers, found {self._store.shape}"
            )
        if self._store.dtype.kind != "f":
            raise WrongUse(f"KeyedVectors: expected vectors of floating-point numbers, found {self._store.dtype}")
        self._is_own = vectors is not self._store  # else its owner sees what is changed
        self._room = count
        self._rows: dict[Key, int] | None = None
        self.norms: NDArray[Any] | None = None
        self.expandos: dict[str, NDArray[Any]] = {}
        if counts is not None:
            self.expandos["count"] = np.array(counts)
            if self.expandos["count"].shape != (len(self),):
                raise WrongUse(f"KeyedVectors: expected {len(self)} counts, found {self.expandos['count'].shape}")
        if len(self.key_to_index) != len(self):
            raise WrongUse(f"KeyedVectors: expected distinct keys, found {len(self) - len(self.key_to_index)} twice")

    def __getattr__(self, name: str) -> Any:
        if name in _ELSEWHERE:
            raise AttributeError(f"KeyedVectors has no {name}: {_ELSEWHERE[name]}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # Keys and rows

    @property
    def vectors(self) -> NDArray[Any]:
        """The vectors: keys x numbers, as in `index_to_key`. Once changed they need `fill_norms(force=True)`."""
        return self._store[: len(self.index_to_key)]

    @property
    def vector_size(self) -> int:
        """How many numbers a vector has."""
        return int(self._store.shape[1])

    @property
    def key_to_index(self) -> dict[Key, int]:
        """The row of each key."""
        if self._rows is None:
            self._rows = {key: row for row, key in enumerate(self.index_to_key)}
        return self._rows

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __repr__(self) -> str:
        return f"{type(self).__name__}<vector_size={self.vector_size}, {len(self)} keys>"

    def __contains__(self, key: Key) -> bool:
        return self.has_index_for(key)

    def __getitem__(self, key_or_keys: Key | Iterable[Key]) -> NDArray[Any]:
        """The vector of a key, or the vectors of several: keys x numbers."""
        if isinstance(key_or_keys, _KEY_TYPES):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in _several(key_or_keys)]
        return np.asarray(self.vectors[rows])

    def __setitem__(self, keys: Key | Sequence[Key], vectors: Any) -> None:
        """Adds keys, and replaces the vectors of those that are there."""
        self.add_vectors(keys, vectors, replace=True)

    def has_index_for(self, key: Key) -> bool:
        """Whether this is a key, or an int that is a row."""
        return self.get_index(key, -1) >= 0

    def get_index(self, key: Key, default: int | None = None) -> int:
        """The row of a key. An int that is no key is a row itself. `default` instead of KeyError, if given."""
        row = self.key_to_index.get(key)
        if row is not None:
            return row
        if isinstance(key, (int, np.integer)) and 0 <= key < len(self):
            return int(key)
        if default is not None:
            return default
        raise KeyError(f"key {key!r} is not among the {len(self):,} songs")

    def get_vector(self, key: Key, norm: bool = False) -> NDArray[Any]:
        """The vector of a key, read-only. `norm`: scaled to length 1."""
        vector = self.vectors[self.get_index(key)]
        if norm:
            vector = unit(vector)
        vector.flags.writeable = False
        return np.asarray(vector)

    def get_mean_vector(
        self,
        keys: Any,
        weights: Any = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> NDArray[Any]:
        """The weighted mean of the vectors of keys, divided by the sum of the weights without their signs.

        `keys`: keys or vectors. `pre_normalize`: the vectors of keys count with length 1 (given vectors are as they
        are). `post_normalize`: the mean has length 1. `ignore_missing`: unknown keys are left out.

        Raises WrongUse without keys, or if the numbers of keys and weights differ, KeyError unless `ignore_missing`.
        """
        keys = _several(keys)
        if not keys:
            raise WrongUse("expected keys or vectors, found none")
        weights = np.ones(len(keys)) if weights is None else np.asarray(weights, dtype=np.float64)
        if weights.shape != (len(keys),):
            raise WrongUse(f"expected {len(keys)} weights, one for each key, found {weights.shape}")
        mean = np.zeros(self.vector_size, np.float64)
        total = 0.0
        for key, weight in zip(keys, weights):
            if isinstance(key, np.ndarray):
                vector = self._checked(key)
            elif ignore_missing and not self.has_index_for(key):
                continue
            else:
                vector = self.get_vector(key, norm=pre_normalize)
            mean += weight * vector
            total += abs(weight)
        if total > 0:
            mean /= total
        return np.asarray(unit(mean) if post_normalize else mean, dtype=self._store.dtype)

    def _checked(self, given: Any) -> NDArray[Any]:
        vector: NDArray[Any] = np.asarray(given)
        if vector.shape != (self.vector_size,):
            raise WrongUse(f"expected a vector of {self.vector_size} numbers, found an array of shape {vector.shape}")
        if not np.isfinite(vector).all():
            raise WrongUse("expected a vector of finite numbers, found an infinite one or NaN")
        return vector

    # Lengths

    def fill_norms(self, force: bool = False) -> None:
        """Computes the length of each vector, unless that is done. `force`: again, after `vectors` was changed."""
        if self.norms is None or force:
            self.norms = lengths(self.vectors)

    def _norms(self) -> NDArray[Any]:
        self.fill_norms()
        assert self.norms is not None
        return self.norms

    def get_normed_vectors(self) -> NDArray[Any]:
        """A copy of all vectors, scaled to length 1: keys x numbers. A zero vector stays zero."""
        norms = self._norms()
        return np.asarray(self.vectors / np.where(norms > 0, norms, 1)[:, np.newaxis])

    def unit_normalize_all(self) -> None:
        """Scales all vectors to length 1, for good."""
        self._store, self._is_own = self.get_normed_vectors(), True
        self.fill_norms(force=True)

    # What is near

    def _cosines(self, vector: NDArray[Any], start: int = 0, end: int | None = None) -> NDArray[Any]:
        """Cosines of rows to a vector, of any length; 0 for zero vectors."""
        norms = self._norms()[start:end] * np.linalg.norm(vector)
        dots = self.vectors[start:end] @ vector.astype(self._store.dtype, copy=False)
        return np.asarray(np.divide(dots, norms, out=np.zeros_like(dots), where=norms > 0))

    def _best(self, scores: NDArray[Any], start: int, without: set[int], topn: int) -> Similar:
        rows = most(scores, topn + len(without))
        return [
            (self.index_to_key[row + start], float(scores[row])) for row in rows.tolist() if row + start not in without
        ][:topn]

    def _rows_of(self, keys: Iterable[Any]) -> set[int]:
        return {self.get_index(key) for key in keys if isinstance(key, _KEY_TYPES)}

    def most_similar(
        self,
        positive: Query = None,
        negative: Query = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Any:
        """The keys nearest to the mean of `positive` less `negative`, by the cosine, the nearest first.

        `positive`, `negative`: keys, vectors, or pairs of these with a weight (1 and -1 by default). `topn`: how many;
        None: the similarities of all rows as an array. Only rows from `clip_start` to `clip_end` are searched, or the
        first `restrict_vocab`. `indexer`: an object whose `most_similar(vector, topn)` answers instead.

        Returns a list of (key, cosine) without the keys asked for; ties in the order of rows.
        Raises KeyError, WrongUse if neither a key nor a vector is given.
        """
        if topn is not None and topn < 1:
            return []
        keys: list[Any] = []
        weights: list[float] = []
        for items, weight in ((_several(positive), 1.0), (_several(negative), -1.0)):
            for item in items:
                is_bare = isinstance(item, _KEY_TYPES) or isinstance(item, np.ndarray)
                if not is_bare and not (
                    isinstance(item, (tuple, list)) and len(item) == 2 and isinstance(item[1], Real)
                ):
                    raise WrongUse(
                        f"most_similar: expected a key, a vector, or one of them with a weight, found {item!r}"
                    )
                keys.append(item if is_bare else item[0])
                weights.append(weight if is_bare else float(item[1]))
        mean = self.get_mean_vector(keys, weights, post_normalize=True, ignore_missing=False)
        if indexer is not None and topn is not None:
            return indexer.most_similar(mean, topn)
        if restrict_vocab:
            clip_start, clip_end = 0, restrict_vocab
        cosines = self._cosines(mean, clip_start, clip_end or None)
        return cosines if topn is None else self._best(cosines, clip_start, self._rows_of(keys), topn)

    def similar_by_key(self, key: Key, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """The keys nearest to one: see `most_similar`."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_word(self, word: Key, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """The same as `similar_by_key`."""
        return self.similar_by_key(word, topn, restrict_vocab)

    def similar_by_vector(self, vector: Any, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """The keys nearest to a vector: see `most_similar`."""
        return self.most_similar(positive=[np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_cosmul(
        self, positive: Query = None, negative: Query = None, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """The keys nearest to all of `positive` and far from `negative`, their similarities multiplied (3CosMul).

        Equation (4) of Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations",
        with cosines moved to [0, 1]. Arguments, results and errors are those of `most_similar`, without weights.
        """
        if topn is not None and topn < 1:
            return []
        nearer, farther = _several(positive), _several(negative)
        if not nearer:
            raise WrongUse("most_similar_cosmul: expected a positive key or vector, found none")
        end = restrict_vocab or None
        scores = np.ones(len(self.vectors[:end]), self._store.dtype)
        for key in nearer:
            scores *= (1 + self._cosines(self._vector_of(key), end=end)) / 2
        below = np.ones_like(scores)
        for key in farther:
            below *= (1 + self._cosines(self._vector_of(key), end=end)) / 2
        scores /= below + 1e-6
        return scores if topn is None else self._best(scores, 0, self._rows_of(nearer + farther), topn)

    def _vector_of(self, key: Any) -> NDArray[Any]:
        return self.get_vector(key) if isinstance(key, _KEY_TYPES) else self._checked(key)

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """The key of a list that is nearest to `key1`."""
        if len(keys_list) == 0:
            raise WrongUse("most_similar_to_given: expected keys, found none")
        return keys_list[int(np.argmin(self.distances(key1, keys_list)))]

    def similarity(self, w1: Key, w2: Key) -> float:
        """The cosine of two keys' vectors."""
        return float(unit(self.get_vector(w1)) @ unit(self.get_vector(w2)))

    def distance(self, w1: Key, w2: Key) -> float:
        """1 less the cosine of two keys' vectors."""
        return 1 - self.similarity(w1, w2)

    def distances(self, word_or_vector: KeyOrVector, other_words: Sequence[Key] = ()) -> NDArray[Any]:
        """1 less the cosine to each of `other_words`, or to every row without them."""
        vector = self._vector_of(word_or_vector)
        if len(other_words) == 0:
            return np.asarray(1 - self._cosines(vector))
        return np.asarray(1 - self.cosine_similarities(vector, self[other_words]))

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> float:
        """The cosine of the means of two lists of keys. Unknown keys are left out."""
        if not (len(ws1) and len(ws2)):
            raise ZeroDivisionError("n_similarity: expected two lists of keys, found an empty one")
        one, other = (unit(self.get_mean_vector(keys, pre_normalize=False)) for keys in (ws1, ws2))
        return float(one @ other)

    @staticmethod
    def cosine_similarities(vector_1: Any, vectors_all: Any) -> NDArray[Any]:
        """The cosines of one vector to each row of vectors_all (rows x numbers); 0 where one is zero."""
        rows, vector = np.asarray(vectors_all), np.asarray(vector_1)
        dots = np.asarray(rows @ vector)
        norms = lengths(rows) * np.linalg.norm(vector)
        return np.asarray(np.divide(dots, norms, out=np.zeros_like(dots, dtype=norms.dtype), where=norms > 0))

    def closer_than(self, key1: Key, key2: Key) -> list[Key]:
        """The keys nearer to `key1` than `key2` is."""
        distances = self.distances(key1)
        nearer = np.flatnonzero(distances < distances[self.get_index(key2)])
        own = self.get_index(key1)
        return [self.index_to_key[row] for row in nearer.tolist() if row != own]

    def rank(self, key1: Key, key2: Key) -> int:
        """The place of `key2` among the keys nearest to `key1`, from 1."""
        return len(self.closer_than(key1, key2)) + 1

    def rank_by_centrality(self, words: Sequence[Key], use_norm: bool = True) -> list[tuple[float, Key]]:
        """(cosine to their mean, key) of each known key, the nearest first."""
        known = [word for word in words if word in self]
        if not known:
            raise WrongUse(f"expected keys of the {len(self):,} songs, found none among {len(words)}")
        vectors = self[known]
        if use_norm:
            vectors = vectors / np.where((norms := lengths(vectors)) > 0, norms, 1)[:, np.newaxis]
        centre = unit(vectors.mean(axis=0, dtype=np.float64))
        return sorted(zip((vectors @ centre).tolist(), known), reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """The key that is furthest from the mean of all. Unknown keys are left out."""
        return self.rank_by_centrality(words)[-1][1]

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """The cosine of two keys, divided by the sum of those of the `topn` nearest to the first (Leeuwenberg 2016)."""
        near: Similar = self.similar_by_key(wa, topn)
        return self.similarity(wa, wb) / sum(cosine for _, cosine in near)

    # Changes

    def add_vector(self, key: Key, vector: Any) -> int:
        """Adds a key, or replaces its vector; returns its row."""
        self.add_vectors([key], self._checked(vector)[np.newaxis], replace=True)
        return self.get_index(key)

    def add_vectors(
        self, keys: Key | Sequence[Key], weights: Any, extras: Mapping[str, Any] | None = None, replace: bool = False
    ) -> None:
        """Adds keys and their vectors (keys x numbers). `extras`: attributes, an array of a value for each key.

        `replace`: keys that are there get the new vectors; otherwise they keep theirs.
        """
        if isinstance(keys, _KEY_TYPES):
            weights = np.asarray(weights).reshape(1, -1)
        keys, vectors = _several(keys), np.asarray(weights)
        if vectors.shape != (len(keys), self.vector_size):
            raise WrongUse(f"expected {len(keys)} x {self.vector_size} numbers, found {vectors.shape}")
        from_rows: list[int] = []
        to_rows: list[int] = []
        for number, key in enumerate(keys):
            row = self.key_to_index.get(key)
            if row is None:
                row = len(self.index_to_key)
                self.key_to_index[key] = row
                self.index_to_key.append(key)
            elif not replace:
                continue
            from_rows.append(number)
            to_rows.append(row)
        self._reserve(len(self.index_to_key))
        self._store[to_rows] = vectors[from_rows]
        for name, values in (extras or {}).items():
            self.allocate_vecattrs([name], [np.asarray(values).dtype])
            self.expandos[name][to_rows] = np.asarray(values)[from_rows]
        self.allocate_vecattrs()
        self.norms = None

    def _reserve(self, rows: int) -> None:
        """Makes room that is ours to write. It doubles, so that adding rows one by one takes linear time."""
        if self._is_own and rows <= len(self._store):
            return
        room = rows if rows <= len(self._store) else max(rows, self._room, 2 * len(self._store))
        grown = np.zeros((room, self.vector_size), self._store.dtype)
        grown[: len(self._store)] = self._store[:room]
        self._store, self._is_own = grown, True

    def sort_by_descending_frequency(self) -> None:
        """Puts the keys in the order of the attribute "count", the largest first."""
        order = np.argsort(-self._attribute("count").astype(np.int64), kind="stable")
        self._store, self._is_own = self.vectors[order], True
        self.index_to_key = [self.index_to_key[row] for row in order.tolist()]
        self._rows, self.norms = None, None
        self.expandos = {name: values[order] for name, values in self.expandos.items()}

    def vectors_for_all(
        self, keys: Iterable[Key], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> KeyedVectors:
        """A copy with these keys only, in their order; unknown ones are left out."""
        rows = {key: self.get_index(key) for key in keys if key in self}
        taken = list(rows.values())
        made = KeyedVectors(list(rows), self.vectors[taken])
        if copy_vecattrs:
            made.expandos = {name: values[taken] for name, values in self.expandos.items()}
        return made

    # Attributes

    def allocate_vecattrs(self, attrs: Iterable[str] | None = None, types: Iterable[Any] | None = None) -> None:
        """Makes arrays of attributes of these types, 0 for each key; without arguments lengthens those that exist."""
        wanted = dict(zip(attrs, types or ())) if attrs is not None else {n: v.dtype for n, v in self.expandos.items()}
        for name, kind in wanted.items():
            kind = np.dtype(object if kind is str else np.int64 if kind is int else kind)
            before = self.expandos.get(name)
            if before is not None and not np.can_cast(kind, before.dtype, "same_kind"):
                raise TypeError(f"attribute {name!r}: expected values of {before.dtype}, found {kind}")
            if before is None or len(before) < len(self):
                after = np.zeros(len(self), kind if before is None else before.dtype)
                if before is not None:
                    after[: len(before)] = before
                self.expandos[name] = after

    def _attribute(self, name: str) -> NDArray[Any]:
        if name not in self.expandos:
            raise KeyError(f"attribute {name!r} is not among {sorted(self.expandos)}")
        return self.expandos[name]

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Stores a value beside a key. All values of an attribute have the type of the first."""
        self.allocate_vecattrs([attr], [type(val)])
        self.expandos[attr][self.get_index(key)] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """The value stored beside a key, such as its "count"."""
        return self._attribute(attr)[self.get_index(key)]

    # Scores

    def evaluate_word_pairs(
        self,
        pairs: StrPath,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Any, Any, float]:
        """How cosines agree with similarities that people gave: a file with lines of key, key, number. Needs SciPy.

        `restrict_vocab`: only the first keys are known. `case_insensitive`: upper and lower case are the same.
        `dummy4unknown`: pairs with an unknown key count with a cosine of 0 instead of being left out.

        Returns Pearson's and Spearman's correlation, each with its p-value, and the percentage of unknown pairs.
        Raises BadInput if no pair is known, Unsupported without SciPy.
        """
        return _keyed_scores.score_pairs(
            self, pairs, delimiter, encoding, restrict_vocab, case_insensitive, dummy4unknown
        )

    def evaluate_word_analogies(
        self,
        analogies: StrPath,
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        """The share of analogies answered rightly: a file of lines "a b c d" (a is to b as c to d) below ": SECTION".

        `similarity_function`: the method that answers, most_similar or most_similar_cosmul. The other arguments are
        those of `evaluate_word_pairs`.

        Returns the share, and for each section and in total which were answered rightly and wrongly.
        Raises BadInput if no analogy is known or a section is missing.
        """
        return _keyed_scores.score_analogies(
            self, analogies, restrict_vocab, case_insensitive, dummy4unknown, similarity_function
        )

    # Files

    def save(self, fname: StrPath) -> None:
        """Writes keys, vectors and attributes to one file, which appears whole or not at all. It is a .npz of arrays.

        Raises WrongUse for keys that are neither str nor int, OSError.
        """
        _vector_files.save_arrays(fname, self.index_to_key, self.vectors, self.expandos)

    @classmethod
    def load(cls, fname: StrPath, mmap: str | None = None) -> KeyedVectors:
        """Reads what `save` wrote. `mmap="r"`: the vectors stay in the file, and processes share one copy in memory.

        Raises FileNotFoundError, Unsupported for a file of gensim's, which is a pickle, Corrupt.
        """
        if mmap not in (None, "r"):
            raise WrongUse(f"load: expected mmap to be None or 'r', found {mmap!r}")
        keys, vectors, attributes = _vector_files.load_arrays(fname, mapped=mmap == "r")
        made = cls(keys, vectors)
        made.expandos = attributes
        return made

    def save_word2vec_format(
        self,
        fname: StrPath,
        fvocab: StrPath | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """Writes the text or binary format of word2vec.c, packed if the name ends in .gz, .bz2 or .xz.

        The keys with the largest `sort_attr` come first, if there is such an attribute. `fvocab`: also a file of keys
        and their counts. `total_vec`: the number that the first line says. `append`: at the end of a file.

        Raises WrongUse for a key with a space or a line break, which these formats cannot hold, OSError.
        """
        order = np.arange(len(self))
        if sort_attr in self.expandos:
            order = np.argsort(-self.expandos[sort_attr].astype(np.float64), kind="stable")
        if fvocab is not None:
            _vector_files.write_counts(fvocab, self.index_to_key, self._attribute(sort_attr), order, prefix)
        rows = len(self) if total_vec is None else total_vec
        _vector_files.write_word2vec(
            fname,
            self.index_to_key,
            self.vectors,
            order,
            binary=binary,
            header=(rows, self.vector_size) if write_header else None,
            prefix=prefix,
            append=append,
        )

    @classmethod
    def load_word2vec_format(
        cls,
        fname: StrPath,
        fvocab: StrPath | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: DTypeLike = np.float32,
        no_header: bool = False,
    ) -> KeyedVectors:
        """Reads the text or binary format of word2vec.c, as Segue, gensim and fastText write it; also packed.

        `fvocab`: a file of keys and their counts. `limit`: only the first keys. `datatype`: how vectors are held.
        `no_header`: the file begins with the first vector. Of rows with the same key the first counts.

        Raises FileNotFoundError, BadInput for a file of another form, Corrupt for one that ends too early.
        """
        keys, vectors = _vector_files.read_word2vec(
            fname,
            binary=binary,
            encoding=encoding,
            errors=unicode_errors,
            limit=limit,
            dtype=np.dtype(datatype),
            no_header=no_header,
        )
        if fvocab is None:
            return cls(keys, vectors)
        counts = _vector_files.read_counts(fvocab, encoding, unicode_errors)
        missing = [key for key in keys if key not in counts]
        if missing:
            raise WrongUse(f"{os.fspath(fvocab)}: expected a count of each key, found none of {missing[0]!r}")
        return cls(keys, vectors, counts=[counts[key] for key in keys])
