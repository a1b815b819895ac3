"""Datasets: queues of songs and their catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import _core
from ._docs import with_options
from ._folders import Folder, StrPath
from ._progress import log_notes, shower
from ._table import Table

if TYPE_CHECKING:
    from typing import Unpack

    from ._options import IngestOptions


class Dataset:
    """A dataset folder, open: sessions and playlists, and the songs in them.

    Made by `ingest`, `Dataset.from_frame` or `Dataset.from_lists`, or opened with `Dataset.open`.
    """

    def __init__(self, opened: _core.Dataset, folder: Folder) -> None:
        self._opened = opened
        self._folder = folder

    @classmethod
    def open(cls, path: StrPath) -> Dataset:
        """Opens a dataset folder, as `segue ingest` writes it.

        Raises NotFound, WrongUse for a folder of another kind, Corrupt, Unsupported for a newer version.
        """
        folder = Folder(path, "dataset")
        return cls(_core.Dataset.open(folder.path), folder)

    @classmethod
    @with_options("ingest")
    def from_frame(
        cls, frame: Any, output: StrPath | None = None, *, progress: bool = False, **options: Unpack[IngestOptions]
    ) -> Dataset:
        """Makes a dataset of a table of listens or playlists.

        `frame`: a table of pandas, Polars, pyarrow or DuckDB, or any other object with `__arrow_c_stream__`. Columns
        are found by their names as in a Parquet log: user, song, time, title, artist and so on (docs/ingest.md); a
        row with a list of songs is a playlist. The values are read where they are, not copied to a file.
        `output`: the dataset folder to write; None: a temporary one that lives as long as this object.

        Raises BadInput if columns are missing or nothing is kept, WrongUse for an option out of its range.
        """
        name = type(frame).__name__
        return cls._made(
            output, dict(options), lambda path, given: _core.ingest_table(frame, name, path, given, shower(progress))
        )

    @classmethod
    @with_options("ingest")
    def from_lists(
        cls,
        queues: Iterable[Iterable[str]],
        output: StrPath | None = None,
        *,
        progress: bool = False,
        **options: Unpack[IngestOptions],
    ) -> Dataset:
        """Makes a dataset of queues: each an iterable of ids of songs, in the order they were played.

        `queues` is read once, so it may be a generator. Queues of fewer than `min_session` songs are dropped. The other
        arguments are those of `from_frame`.

        Raises BadInput if no queue is left, TypeError for an id that is no str, and what the iterable raises.
        """
        return cls._made(
            output, dict(options), lambda path, given: _core.ingest_queues(queues, path, given, shower(progress))
        )

    @classmethod
    def _made(cls, output: StrPath | None, options: dict[str, Any], make: Any) -> Dataset:
        folder = Folder(output, "dataset")
        if output is None:
            options.setdefault("rejects", 0)  # samples of rejected rows, which nobody would read
        log_notes(make(folder.path, options))
        return cls(_core.Dataset.open(folder.path), folder)

    @property
    def path(self) -> str:
        """The dataset folder."""
        return self._folder.path

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest: format, version, options, counts, and what was dropped for which reason."""
        return self._opened.manifest

    @property
    def counts(self) -> dict[str, int]:
        """How many users, sessions, playlists, plays and songs were kept."""
        counts: dict[str, int] = self.manifest["counts"]
        return counts

    @property
    def dropped(self) -> dict[str, int]:
        """How many rows and plays were dropped, by reason (docs/ingest.md)."""
        dropped: dict[str, int] = self.manifest["dropped"]
        return dropped

    @property
    def songs(self) -> Table:
        """The catalogue: id, title, artist, album, tags, plays; a row a song, the most played first."""
        return Table(self._opened.songs)

    @property
    def queues(self) -> Table:
        """The queues: user, start (UTC, microseconds), songs (rows of `songs`), name."""
        return Table(self._opened.queues)

    def __repr__(self) -> str:
        one = self._opened
        return f"<segue.Dataset: {one.play_count:,} plays of {one.song_count:,} songs in {one.queue_count:,} queues>"


@with_options("ingest")
def ingest(
    inputs: StrPath | Sequence[StrPath],
    output: StrPath | None = None,
    *,
    progress: bool = False,
    **options: Unpack[IngestOptions],
) -> Dataset:
    """Reads listening logs and playlists in any known form, as `segue ingest` does.

    `inputs`: files, folders, archives or URIs, one or several. `output`: the dataset folder to write; None: a temporary
    one that lives as long as the dataset.

    Raises NotFound, BadInput for a file that is no log or if nothing is kept, WrongUse for an option out of its range.
    """
    several = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    names = [os.fspath(one) for one in several]
    return Dataset._made(output, dict(options), lambda path, given: _core.ingest(names, path, given, shower(progress)))
