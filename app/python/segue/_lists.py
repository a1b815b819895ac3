"""Lists of songs: the result of asking a model about one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ._html import html_table
from ._replies import Song, TakenSeed, reply_of

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Item = TypeVar("Item", bound=Song)


class SongList(Sequence[Item], Generic[Item]):
    """Songs in order, with what is known of each.

    `title`: a name for the list. `taken_as`: what the words that were typed were taken as. `unknown_plays`: plays of
    the history that are of songs the model does not have.
    """

    def __init__(self, kind: type[Item], made: dict[str, Any]) -> None:
        self._items: list[Item] = [reply_of(kind, item) for item in made["items"]]
        self._kind = kind
        self.title: str = made["title"]
        self.taken_as: list[TakenSeed] = [reply_of(TakenSeed, seed) for seed in made["taken_as"]]
        self.unknown_plays: int = made["unknown_plays"]

    @property
    def ids(self) -> list[str]:
        """The ids of the songs."""
        return [item.id for item in self._items]

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        return self._items[at]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    def to_pydict(self) -> dict[str, list[Any]]:
        """A list for each field; a field of a field is `together.times`, and missing where no song has one."""
        rows = [_flat(asdict(item)) for item in self._items]
        names = list(dict.fromkeys(name for row in rows for name in row))
        return {name: [row.get(name) for row in rows] for name in names}

    def to_pandas(self) -> pandas.DataFrame:
        """The list as a `pandas.DataFrame`, a row a song."""
        import pandas

        return pandas.DataFrame(self.to_pydict())

    def to_polars(self) -> polars.DataFrame:
        """The list as a `polars.DataFrame`, a row a song."""
        import polars

        return polars.DataFrame(self.to_pydict(), strict=False)

    def to_pyarrow(self) -> pyarrow.Table:
        """The list as a `pyarrow.Table`, a row a song."""
        import pyarrow

        return pyarrow.table(self.to_pydict())

    def _repr_html_(self) -> str:
        shown = [name for name in self.to_pydict() if name not in ("row", "plays")]
        columns = self.to_pydict()
        return html_table(shown, list(zip(*(columns[name] for name in shown))), self.title)

    def __repr__(self) -> str:
        lines = [f"{at + 1:>3}  {_name(item)}" for at, item in enumerate(self._items)]
        return "\n".join([f"{self.title or 'songs'}:", *lines])


def framed_list(songs: SongList[Any], library: str) -> Any:
    """The list as a frame of that library."""
    if library == "pandas":
        return songs.to_pandas()
    if library == "polars":
        return songs.to_polars()
    return songs.to_pyarrow()


def _name(song: Song) -> str:
    known = [text for text in (song.artist, song.title) if text]
    return f"{' – '.join(known)} [{song.id}]" if known else song.id


def _flat(fields: dict[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{before}{name}."))
        elif value is not None and not isinstance(value, list):
            flat[before + name] = value
    return flat
