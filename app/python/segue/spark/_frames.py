"""What the functions share: columns, schemas, threads of a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_type
from pyspark.sql.types import StructField, StructType

from .. import _core
from .._errors import BadInput


def column_named(frame: DataFrame, names: Sequence[str]) -> Column:
    """The first of these columns that the frame has."""
    known = {name.lower(): name for name in frame.columns}
    for name in names:
        if name in known:
            return frame[f"`{known[name]}`"]
    raise BadInput(f"expected a column {' or '.join(names)}, found {', '.join(frame.columns)}")


def schema_of(table: _core.Table) -> StructType:
    """The columns of a table, for Spark."""
    return StructType([StructField(one.name, from_arrow_type(one.type)) for one in pyarrow.table(table).schema])


def task_threads(session: SparkSession, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, with as many threads as Spark gives a task processors."""
    return {"threads": int(session.conf.get("spark.task.cpus", "1") or 1), **options}
