"""Models: song vectors, and everything that is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _core
from ._dataset import Dataset
from ._folders import Folder, StrPath
from ._progress import log_notes, shower
from ._table import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .keyed_vectors import KeyedVectors


class Model:
    """A model folder, open and mapped: song vectors, the catalogue, transitions.

    Made by `train`, or opened with `Model.open`. Row i of every array and table is the same song; songs are in the
    order of their plays, the most played first.
    """

    def __init__(self, opened: _core.Model, folder: Folder) -> None:
        self._opened = opened
        self._folder = folder

    @classmethod
    def open(cls, path: StrPath) -> Model:
        """Opens a model folder, as `segue train` writes it.

        Raises NotFound, WrongUse for a folder of another kind, Corrupt, Unsupported for a newer version.
        """
        folder = Folder(path, "model")
        return cls(_core.Model.open(folder.path), folder)

    def save(self, path: StrPath) -> None:
        """Writes the model to this folder, replacing a model that is there. It appears whole or not at all.

        Raises WrongUse if the folder is no model, NotFound without a parent folder, NoSpace, IoFailed.
        """
        self._opened.save(Folder(path, "model").path)

    @property
    def path(self) -> str:
        """The model folder."""
        return self._folder.path

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest: options, loss by epoch, the digest of the dataset."""
        return self._opened.manifest

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The song vectors, W1: float32, songs x dim, not normalised. Read-only, mapped, not copied."""
        return self._opened.vectors

    @property
    def context_vectors(self) -> NDArray[np.float32]:
        """The context vectors, W2: float32, songs x dim. Read-only, mapped, not copied."""
        return self._opened.context_vectors

    @property
    def ids(self) -> list[str]:
        """The id of each song."""
        return self._opened.ids

    @property
    def plays(self) -> NDArray[np.uint64]:
        """The plays of each song in the dataset."""
        return self._opened.plays

    @property
    def songs(self) -> Table:
        """The catalogue: id, title, artist, album, tags, plays."""
        return Table(self._opened.songs)

    @property
    def wv(self) -> KeyedVectors:
        """The song vectors under the names that gensim has for them."""
        from .keyed_vectors import KeyedVectors

        return KeyedVectors(self.ids, self.vectors, counts=self.plays)

    def __len__(self) -> int:
        return self._opened.song_count

    def __repr__(self) -> str:
        songs, dim = self.vectors.shape
        return f"<segue.Model: {songs:,} songs, {dim} numbers each>"


def train(
    dataset: Dataset | StrPath, output: StrPath | None = None, *, progress: bool = False, **options: Any
) -> Model:
    """Learns song vectors from a dataset and writes a model, as `segue train` does.

    `dataset`: a Dataset or the path of one. `output`: the model folder to write; None: a temporary one that lives as
    long as the model. The same dataset, options and seed give the same bytes with `threads=1`.

    Raises WrongUse for an option that is unknown or out of its range, BadInput for a dataset that cannot be trained on,
    NotFound, NoSpace. Ctrl-C raises KeyboardInterrupt and leaves nothing half written.
    """
    folder = Folder(output, "model")
    path = dataset.path if isinstance(dataset, Dataset) else Folder(dataset, "dataset").path
    log_notes(_core.train(path, folder.path, options, shower(progress)))
    return Model(_core.Model.open(folder.path), folder)
