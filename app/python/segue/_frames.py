"""What kind of frame or list a caller gives, so that the answer is of the same kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import _core
from ._table import Table

_FRAMES = {"pandas", "polars", "pyarrow", "duckdb"}


def library_of(value: Any) -> str | None:
    """The library whose frame or column this is: pandas, polars, pyarrow, duckdb; None for anything else."""
    name = type(value).__module__.partition(".")[0].lstrip("_")
    return name if name in _FRAMES else None


def is_frame(value: Any) -> bool:
    """Whether it has columns, as opposed to being one."""
    return hasattr(value, "columns") or hasattr(value, "column_names") or hasattr(value, "schema")


def framed(table: Table, library: str | None) -> Any:
    """The table as a frame of that library; as it is without one."""
    if library == "pandas":
        return table.to_pandas()
    if library == "polars":
        return table.to_polars()
    if library == "pyarrow":
        return table.to_pyarrow()
    if library == "duckdb":
        import duckdb

        return duckdb.from_arrow(table.to_pyarrow())
    return table


def values_of(column: Any) -> list[Any]:
    """The values of a column or list."""
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            values: list[Any] = getattr(column, method)()
            return values
    return list(column)


@dataclass(frozen=True)
class Asked:
    """What was asked for: one history, or many; and whose kind of answer is wanted."""

    one: list[str] | None = None
    many: Sequence[Iterable[str]] | None = None
    names: Sequence[Any] | None = None  # of the many
    frame: Any = None  # with columns user and songs
    library: str | None = None


def asked(given: Any) -> Asked:
    """Tells a song, a history and many histories apart.

    A str is one song. A list of str, or a column of them, is one history; a list of lists, or a column of lists, is
    many. A frame has a row a listener.
    """
    if isinstance(given, str):
        return Asked(one=[given])
    library = library_of(given)
    if (library is not None and is_frame(given)) or _is_table(given):
        return Asked(frame=given, library=library)
    values = values_of(given)
    if all(isinstance(value, str) for value in values):
        return Asked(one=values, library=library)
    if any(isinstance(value, str) for value in values):
        raise _core.WrongUse("expected ids of songs, or lists of ids; found both")
    names = values_of(given.index) if library == "pandas" else None
    return Asked(many=[_history(value) for value in values], names=names, library=library)


def _is_table(given: Any) -> bool:
    return hasattr(given, "__arrow_c_stream__") and library_of(given) is None and not isinstance(given, (list, tuple))


def _history(value: Any) -> list[Any]:
    if value is None:
        return []
    try:
        return values_of(value)
    except TypeError:
        raise _core.WrongUse(f"expected ids of songs, or lists of ids; found {value!r:.60}") from None
