"""Tables in Arrow's memory, given to any library that takes them, without a copy and without pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from . import _core

_SHOWN_ROWS = 10


class Table:
    """A table of columns.

    Any library that knows the Arrow PyCapsule interface takes it as it is: `polars.DataFrame(table)`,
    `pyarrow.table(table)`, `duckdb.sql("from table")`.
    """

    def __init__(self, table: _core.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return len(self._table)

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in their order."""
        return self._table.column_names

    def column(self, name: str, most: int | None = None) -> list[Any]:
        """The values of a column as a list, at most the first `most`."""
        return self._table.column(name, len(self) if most is None else most)

    def to_pydict(self, most: int | None = None) -> dict[str, list[Any]]:
        """All columns as lists, at most the first `most` rows."""
        return {name: self.column(name, most) for name in self.column_names}

    def to_pyarrow(self) -> pyarrow.Table:
        """The table as a `pyarrow.Table`, without a copy."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The table as a `pandas.DataFrame`; needs pyarrow too."""
        return self.to_pyarrow().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The table as a `polars.DataFrame`."""
        import polars

        return polars.DataFrame(self)

    def _repr_html_(self) -> str:
        from ._html import html_table

        shown = self.to_pydict(_SHOWN_ROWS)
        rows = list(zip(*shown.values())) if shown else []
        return html_table(self.column_names, rows, f"{len(self):,} rows")

    def __repr__(self) -> str:
        return f"<segue.Table: {len(self):,} rows of {', '.join(self.column_names)}>"
