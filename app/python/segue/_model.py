"""Models: song vectors, and everything that is asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _core
from ._dataset import Dataset
from ._docs import with_options
from ._folders import Folder, StrPath
from ._frames import asked, framed, library_of, values_of
from ._lists import SongList, framed_list
from ._progress import log_notes, shower
from ._replies import JourneySong, RadioSong, RecommendedSong, SimilarSong
from ._table import Table

if TYPE_CHECKING:
    from typing import Unpack

    import numpy as np
    from numpy.typing import NDArray

    from ._options import (
        CompareOptions,
        JourneyOptions,
        MapOptions,
        PlaceOptions,
        RadioOptions,
        RecommendOptions,
        SimilarOptions,
        TrainOptions,
    )
    from .keyed_vectors import KeyedVectors

_MANY = 1000  # lists from which on it pays to code the vectors first


class SongMap(NamedTuple):
    """A map: `points` (id, x, y, region), `regions` (label, size, level, parent, x, y, source), and how
    it was laid out."""

    points: Table
    regions: Table
    record: dict[str, Any]


class Placed(NamedTuple):
    """New songs in a model: `model`, which has them, and `report`, what each was placed from: `songs` (id, plays,
    near, album_songs, artist_songs, tag_songs), and how many were `placed`, `known`, `without_vector`."""

    model: Model
    report: dict[str, Any]


class Comparison(NamedTuple):
    """What a later model changed: `report`, with the shares of `neighbours_kept` and `lists_kept`, the cosine of songs
    with their old selves and how far the map moved; `cosines` of each song, by id, the most moved first; `judged`,
    which of the two predicts better what was played later, or None."""

    report: dict[str, Any]
    cosines: dict[str, float]
    judged: dict[str, Any] | None


class ListStream:
    """Lists as they are made: a table for each block of listeners, or a stream for any library that takes Arrow's.

    Iterating gives a Table a block. `polars.DataFrame(stream)`, `pyarrow.RecordBatchReader.from_stream(stream)` and
    `duckdb.sql("from stream")` read it as it is made. It can be read once.
    """

    def __init__(self, stream: _core.ListStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Table]:
        while (table := self._stream.next()) is not None:
            yield Table(table)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._stream.__arrow_c_stream__(requested_schema)

    def to_table(self) -> Table:
        """All that is left, as one table."""
        return Table(self._stream.collect(None))


def _warn_of_nothing(songs: SongList[RecommendedSong]) -> None:
    if not songs:
        log_notes(
            [
                'nothing found: no song may be recommended; mode="any" allows those played before, and filters that '
                "let more songs pass give more"
            ]
        )


def _texts(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _lists(table: Table, key: str, keys: list[str]) -> list[list[str]]:
    """The ids of each list, in the order of `keys`; a list without songs has no row in the table."""
    lists: list[list[str]] = []
    at = iter(zip(table.column(key), table.column("rank"), table.column("song")))
    row = next(at, None)
    for one in keys:
        songs: list[str] = []
        while row is not None and row[0] == one and row[1] == len(songs) + 1:
            songs.append(row[2])
            row = next(at, None)
        lists.append(songs)
    return lists


def _path_of(dataset: Dataset | StrPath | None) -> str:
    if dataset is None:
        return ""
    return dataset.path if isinstance(dataset, Dataset) else Folder(dataset, "dataset").path


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

    def __fspath__(self) -> str:
        return self.path

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

    @with_options("similar")
    def similar(
        self,
        songs: Any = None,
        *,
        plus: str | Sequence[str] = (),
        minus: str | Sequence[str] = (),
        progress: bool = False,
        **options: Unpack[SimilarOptions],
    ) -> Any:
        """The songs most like a song, or like each of many.

        `songs`: a str is one song: an id, or words of its title and artist, or `artist:NAME`, `album:NAME`, `tag:NAME`.
        A list or a column of ids is many; "all" is every song. `plus`, `minus`: songs to add to the one and to take
        from it, as in "A + B - C".

        Returns a SongList of SimilarSong for one. For many, a frame of the kind that was given (pandas, Polars,
        pyarrow) with the columns seed, rank, song and score, the cosine; a list of lists of ids for lists; a Table for
        "all".

        Raises NotFound, with the nearest names, for a song that the model does not have.
        """
        added, taken = _texts(plus), _texts(minus)
        if songs is None or (isinstance(songs, str) and songs != "all"):
            added = ([] if songs is None else [songs]) + added
            if not added:
                raise _core.WrongUse("expected a song or plus, found neither")
            return SongList(SimilarSong, _core.similar(self._opened, added, taken, dict(options)))
        if added or taken:
            raise _core.WrongUse("plus and minus are for one song; expected none with many")
        show = shower(progress)
        if isinstance(songs, str):
            return Table(_core.similar_many(self._opened, None, dict(options), False, show))
        ids = values_of(songs)
        table = Table(_core.similar_many(self._opened, ids, dict(options), False, show))
        if library_of(songs):
            return framed(table, library_of(songs))
        distinct = list(dict.fromkeys(ids))
        lists = dict(zip(distinct, _lists(table, "seed", distinct)))
        return [lists[one] for one in ids]

    @with_options("recommend")
    def recommend(
        self,
        history: Any = None,
        *,
        dataset: Dataset | StrPath | None = None,
        users: str | Sequence[str] | None = None,
        progress: bool = False,
        **options: Unpack[RecommendOptions],
    ) -> Any:
        """Songs to play for someone who played these, or for each of many.

        `history`: a str, or a list or column of str, is one history, the newest last: ids, words of title and artist,
        `artist:NAME` and the like. A list of lists of ids, a column of lists, or a frame with the columns user and
        songs is many. Instead of it, `dataset` with `users`: one user, a list of users, or "all".

        Returns a SongList of RecommendedSong for one. For many, a frame of the kind that was given with the columns
        user, rank, song and score (and artist and title with `names`, reason with `explain`); lists of ids for lists; a
        Table for users of a dataset. Ids of many that the model does not have are ignored; a history without any other
        has an empty list.

        Raises NotFound for a song or user that does not exist, BadInput for a history without a direction.
        """
        if (history is None) == (dataset is None):
            raise _core.WrongUse("expected a history, or a dataset with users")
        if dataset is not None:
            return self._recommend_users(dataset, users, progress, options)
        given = asked(history)
        if given.one is not None:
            if not given.one:
                raise _core.BadInput("history: expected songs, found none")
            made = SongList(RecommendedSong, _core.recommend(self._opened, given.one, None, None, dict(options)))
            _warn_of_nothing(made)
            return made if given.library is None else framed_list(made, given.library)
        show = shower(progress)
        if given.frame is not None:
            name = type(given.frame).__name__
            stream = _core.recommend_table(self._opened, given.frame, name, dict(options))
            return framed(Table(stream.collect(show)), given.library)
        many = list(given.many or ())
        stream = _core.recommend_queues(self._opened, many, given.names, dict(options), len(many) >= _MANY)
        table = Table(stream.collect(show))
        if given.library:
            return framed(table, given.library)
        return _lists(table, "user", [str(at) for at in range(len(many))])

    @with_options("recommend")
    def recommend_batches(self, batches: Any, **options: Unpack[RecommendOptions]) -> ListStream:
        """Recommendations for a stream of Arrow batches, as far as somebody reads them.

        `batches`: an object with `__arrow_c_stream__` (a `pyarrow.RecordBatchReader`, say) whose columns are user, and
        songs, a list of ids, the newest last. Memory does not grow with the number of listeners.

        Returns a ListStream with the columns user, rank, song and score.
        """
        return ListStream(_core.recommend_table(self._opened, batches, type(batches).__name__, dict(options)))

    @with_options("radio")
    def radio(self, songs: str | Sequence[str], **options: Unpack[RadioOptions]) -> SongList[RadioSong]:
        """A playlist that continues from seed songs, without repeats.

        `songs`: one or several, the newest last, as `recommend` takes them.

        Raises NotFound for a song that the model does not have.
        """
        seeds = _texts(songs)
        if not seeds:
            raise _core.WrongUse("songs: expected at least one seed, found none")
        return SongList(RadioSong, _core.radio(self._opened, seeds, dict(options)))

    @with_options("journey")
    def journey(self, source: str, target: str, **options: Unpack[JourneyOptions]) -> SongList[JourneySong]:
        """A playlist that leads from one song to another.

        Raises NotFound for a song that the model does not have and if there is no such path.
        """
        return SongList(JourneySong, _core.journey(self._opened, source, target, dict(options)))

    @with_options("map")
    def map(self, *, progress: bool = False, **options: Unpack[MapOptions]) -> SongMap:
        """Where songs lie on the map: laid out and stored in the model, or as it has them already.

        Raises BadInput for fewer than two songs.
        """
        made = _core.lay_out(self._opened, dict(options), shower(progress))
        self._opened = _core.Model.open(self._folder.path)  # the model has a new version, with the map
        return SongMap(Table(made["points"]), Table(made["regions"]), made["record"])

    @with_options("place")
    def place(
        self,
        output: StrPath | None = None,
        *,
        dataset: Dataset | StrPath | None = None,
        progress: bool = False,
        **options: Unpack[PlaceOptions],
    ) -> Placed:
        """Gives songs that training did not know a place in the model, as `segue place` does, and returns that model.

        `dataset`: plays of new songs; all its songs that the model lacks are placed. `songs`: files that describe new
        songs. `output`: the model folder to write; None: a temporary one that lives as long as the model. This model
        stays as it is, unless `output` is its own folder.

        Raises WrongUse for neither songs nor a dataset, BadInput if the model has all songs, NotFound, NoSpace.
        """
        folder = Folder(output, "model")
        report = _core.place(self._opened, folder.path, _path_of(dataset), dict(options), shower(progress))
        return Placed(Model(_core.Model.open(folder.path), folder), report)

    @with_options("compare")
    def compare(
        self,
        later: Model | StrPath,
        *,
        dataset: Dataset | StrPath | None = None,
        judge_after: str | None = None,
        progress: bool = False,
        **options: Unpack[CompareOptions],
    ) -> Comparison:
        """What a later model changed of this one: songs, neighbours, lists, the map.

        `dataset`: lists follow its listeners. `judge_after`: a date or moment; both models are judged by what listeners
        of the dataset played in sessions that began later.

        Raises BadInput if the models share no trained song, WrongUse for a moment without a dataset.
        """
        other = later if isinstance(later, Model) else Model.open(later)
        made = _core.compare(
            self._opened, other._opened, _path_of(dataset), judge_after or "", dict(options), shower(progress)
        )
        return Comparison(made["comparison"], made["cosines"], made["judged"])

    def _recommend_users(
        self, dataset: Dataset | StrPath, users: str | Sequence[str] | None, progress: bool, options: Any
    ) -> Any:
        if users is None:
            raise _core.WrongUse('expected users with a dataset: one, a list of them, or "all"; found none')
        opened = dataset if isinstance(dataset, Dataset) else Dataset.open(dataset)
        if isinstance(users, str) and users != "all":
            made = SongList(RecommendedSong, _core.recommend(self._opened, [], users, opened._opened, dict(options)))
            _warn_of_nothing(made)
            return made
        names = None if isinstance(users, str) else values_of(users)
        show = shower(progress)
        return framed(
            Table(_core.recommend_users(self._opened, opened._opened, names, dict(options), show)), library_of(users)
        )

    def __len__(self) -> int:
        return self._opened.song_count

    def __repr__(self) -> str:
        songs, dim = self.vectors.shape
        return f"<segue.Model: {songs:,} songs, {dim} numbers each>"


@with_options("train")
def train(
    dataset: Dataset | StrPath,
    output: StrPath | None = None,
    *,
    progress: bool = False,
    **options: Unpack[TrainOptions],
) -> Model:
    """Learns song vectors from a dataset and writes a model, as `segue train` does.

    `dataset`: a Dataset or the path of one. `output`: the model folder to write; None: a temporary one that lives as
    long as the model. The same dataset, options and seed give the same bytes with `threads=1`.

    Raises WrongUse for an option that is unknown or out of its range, BadInput for a dataset that cannot be trained on,
    NotFound, NoSpace. Ctrl-C raises KeyboardInterrupt and leaves nothing half written.
    """
    folder = Folder(output, "model")
    log_notes(_core.train(_path_of(dataset), folder.path, dict(options), None, shower(progress)))
    return Model(_core.Model.open(folder.path), folder)
