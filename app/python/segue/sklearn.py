"""Song vectors as features in scikit-learn's pipelines. Needs scikit-learn, which `import segue` does not.

from segue.sklearn import HistoryVectors
pipeline = make_pipeline(HistoryVectors(dim=32, window=10), LogisticRegression())
pipeline.fit(histories, labels)             # histories: a list of ids of songs for each listener
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, TypeVar, Union

import numpy as np
from numpy.typing import NDArray

try:
    from scipy import sparse
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    raise ImportError("segue.sklearn needs scikit-learn: pip install scikit-learn") from error

from . import _core
from ._dataset import Dataset
from ._errors import WrongUse
from ._folders import StrPath
from ._keyed_rows import lengths
from ._model import Model
from ._model import train as train_model
from .keyed_vectors import KeyedVectors
from .word2vec import Word2Vec

__all__ = ["HistoryVectors", "SongVectors"]

# What has vectors of songs; a path is that of a model folder.
Source = Union[Model, KeyedVectors, Word2Vec, StrPath]
Self = TypeVar("Self", bound="_Vectors")


def _keyed(source: Any) -> KeyedVectors:
    if isinstance(source, KeyedVectors):
        return source
    if isinstance(source, (Model, Word2Vec)):
        return source.wv
    return Model.open(source).wv


def _column(X: Any) -> list[Any]:
    """The values of a list, an array, a Series, or a table of one column."""
    if hasattr(X, "iloc") and X.ndim == 2:
        X = X.to_numpy()
    if isinstance(X, np.ndarray) and X.ndim == 2:
        if X.shape[1] != 1:
            raise WrongUse(f"expected one column, found an array of shape {X.shape}")
        X = X[:, 0]
    return list(X)


class _Vectors(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What both estimators share: where vectors come from, and what is copied and pickled of them."""

    model: Any

    def _take(self, vectors: KeyedVectors) -> None:
        self.vectors_ = vectors
        self._n_features_out = vectors.vector_size

    def __sklearn_clone__(self: Self) -> Self:
        # Options and models do not change, so they are not copied.
        return type(self)(**self.get_params(deep=False))

    def __getstate__(self) -> dict[str, Any]:
        # Arrays instead of models, whose folders may be gone when they are needed.
        state = dict(super().__getstate__())
        state.pop("model_", None)
        for name in ("model", "vectors_"):
            if isinstance(state.get(name), (Model, Word2Vec, KeyedVectors)):
                vectors = _keyed(state[name])
                state[name] = KeyedVectors(vectors.index_to_key, np.array(vectors.vectors))
        return state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []  # float32 always
        return tags


class SongVectors(_Vectors):
    """Turns ids of songs into their vectors: n ids (a list, an array, a column) into n x dim float32.

    `model`: a Model, KeyedVectors, a Word2Vec, or the path of a model folder. `normalize`: scale vectors to length 1.
    `unknown`: what becomes of ids without a vector, "zero" or "error" (KeyError).

    Attributes: `vectors_`, the KeyedVectors that are looked up.
    """

    def __init__(self, model: Source | None = None, *, normalize: bool = True, unknown: str = "zero") -> None:
        self.model = model
        self.normalize = normalize
        self.unknown = unknown

    def fit(self, X: Any = None, y: Any = None) -> SongVectors:
        """Opens the model; X and y are not used. Raises WrongUse without a model, NotFound for a path without one."""
        if self.model is None:
            raise WrongUse("SongVectors: expected a model, found None (HistoryVectors can train one)")
        if self.unknown not in ("zero", "error"):
            raise WrongUse(f"SongVectors: expected unknown to be 'zero' or 'error', found {self.unknown!r}")
        self._take(_keyed(self.model))
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:
        """The vector of each id: ids x dim, float32. Raises KeyError for an unknown id if `unknown` is "error"."""
        check_is_fitted(self)
        songs: KeyedVectors = self.vectors_
        default = -1 if self.unknown == "zero" else None
        rows = np.array([songs.get_index(song, default) for song in _column(X)], dtype=np.int64)
        found = np.array(songs.vectors[rows], dtype=np.float32) if len(songs) else np.zeros((len(rows), 0), np.float32)
        if self.normalize:
            found /= np.maximum(lengths(found), np.finfo(np.float32).tiny)[:, np.newaxis]
        found[rows < 0] = 0
        return found


class HistoryVectors(_Vectors):
    """Turns histories (for each listener a list of ids of songs, the newest last) into vectors of the listeners.

    A listener's vector is the mean of the vectors of the songs, each scaled to length 1. `model`: where these come
    from; None: `fit` trains them on the histories, with the options of `segue.train` (None: an option's default).
    `half_life`: a song counts half as much as one played this many songs later; None: all count the same. `normalize`:
    scale the result to length 1. Unknown songs are left out; a history of none that is known becomes zeros.

    Attributes after `fit`: `vectors_`, the KeyedVectors of the songs; `model_`, the Model, if `fit` trained one (it is
    not pickled).
    """

    def __init__(
        self, model: Source | None = None, *, half_life: float | None = None, normalize: bool = True, **options: Any
    ) -> None:
        unknown = [name for name in options if name not in _OPTIONS]
        if unknown:
            raise TypeError(f"HistoryVectors has no parameter {unknown[0]!r}")
        self.model = model
        self.half_life = half_life
        self.normalize = normalize
        for name in _OPTIONS:
            setattr(self, name, options.get(name))

    def fit(self, X: Any, y: Any = None) -> HistoryVectors:
        """Trains on the histories X, or opens the model; y is not used.

        Raises WrongUse for an option out of its range or beside a model, BadInput if no song is played often enough.
        """
        options: Any = {name: value for name in _OPTIONS if (value := getattr(self, name)) is not None}
        if self.half_life is not None and not self.half_life > 0:
            raise WrongUse(f"HistoryVectors: expected a half_life above 0, found {self.half_life}")
        if self.model is not None:
            if options:
                raise WrongUse(
                    f"HistoryVectors: expected a model or options of training, found both ({next(iter(options))})"
                )
            self._take(_keyed(self.model))
            return self
        dataset = Dataset.from_lists(self._histories(X), identity="id", min_session=1)
        options.setdefault("fit_blend", "off")  # vectors do not depend on it
        self.model_ = train_model(dataset, **options)
        self._take(self.model_.wv)
        return self

    @staticmethod
    def _histories(X: Any) -> list[Iterable[str]]:
        histories = _column(X)
        for number, history in enumerate(histories):
            if isinstance(history, (str, bytes)) or not isinstance(history, Iterable):
                raise WrongUse(f"histories[{number}]: expected a list of ids, found {history!r}")
        return histories

    def transform(self, X: Any) -> NDArray[np.float32]:
        """The vector of each history: histories x dim, float32."""
        check_is_fitted(self)
        songs: KeyedVectors = self.vectors_
        songs.fill_norms()
        rows: list[int] = []
        ages: list[int] = []
        ends = [0]
        for history in self._histories(X):
            known = [row for song in history if (row := songs.get_index(song, -1)) >= 0]
            rows += known
            ages += range(len(known) - 1, -1, -1)
            ends.append(len(rows))
        weights = np.ones(len(rows)) if self.half_life is None else 0.5 ** (np.array(ages) / self.half_life)
        totals = np.add.reduceat(np.append(weights, 0.0), ends[:-1]) if len(ends) > 1 else np.zeros(0)
        owners = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        weights /= totals[owners]
        assert songs.norms is not None
        norms = songs.norms[rows]
        weights = np.divide(weights, norms, out=np.zeros_like(weights), where=norms > 0)
        means = sparse.csr_array((weights.astype(np.float32), rows, ends), shape=(len(ends) - 1, len(songs)))
        made = np.asarray(means @ songs.vectors, dtype=np.float32)
        if self.normalize:
            made /= np.maximum(lengths(made), np.finfo(np.float32).tiny)[:, np.newaxis]
        return made


# Options of training, from the one table of them, but for checkpoints, which are for runs of hours, and earlier models:
# what an estimator learns depends on the data alone.
_OPTIONS = [
    option["name"]
    for option in _core.options("train")
    if option["name"] not in ("checkpoint_every", "resume", "output", "from_", "warm", "fresh_passes")
]


def _with_options(init: Any) -> inspect.Signature:
    """The signature by which scikit-learn finds the parameters: with each option by name."""
    given = inspect.signature(init)
    named = [one for one in given.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    named += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in _OPTIONS]
    return given.replace(parameters=named)


HistoryVectors.__init__.__signature__ = _with_options(HistoryVectors.__init__)  # type: ignore[attr-defined]
