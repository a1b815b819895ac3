"""From a table of listens to a dataset, where the rows are.

Spark reads the rows twice. First each task counts the songs that its rows mention, and Spark adds the counts up; the
driver settles which of them are the same song. Then Spark sorts the rows by user into parts, and each task cuts its
part into queues. At last tasks write the files of the dataset. All rules are those of the C++ library.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pyarrow
import pyarrow.dataset
from pyspark import TaskContext
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import ByteType, IntegerType, LongType, ShortType, StringType, StructType

from .. import _core
from .._dataset import Dataset
from .._docs import with_options
from .._errors import BadInput
from .._folders import StrPath
from .._progress import shower
from ._frames import task_threads

if TYPE_CHECKING:
    from typing import Unpack

    from .._options import IngestOptions

Batches = Iterable[pyarrow.RecordBatch]
_MENTIONS = "id string, title string, artist string, album string, tags array<string>, times bigint"
_MEMORY_OF_TASK = "1G"


@with_options("ingest")
def ingest(
    listens: DataFrame,
    output: StrPath,
    *,
    parts: int | None = None,
    order: str | Sequence[str] = (),
    name: str = "table",
    progress: bool = False,
    **options: Unpack[IngestOptions],
) -> Dataset:
    """Makes a dataset of a table of listens or playlists: the files that `segue ingest` makes of the same rows.

    `listens`: a DataFrame with the columns that a Parquet log would have: user, song, time, title, artist and so on
    (docs/ingest.md). It is read twice and must be the same both times; `listens.cache()` keeps what is costly to make.
    `output`: the dataset folder, which driver and executors see under the same name. `parts`: into how many the users
    are divided, one a task; None: spark.sql.shuffle.partitions. `order`: columns that say in which order the rows of a
    user were logged, such as an offset; it decides between listens at the same time, and between playlists with one id.
    Without it, all columns do. `name`: stands for the table in messages and in the manifest.

    `memory` (1G) and `threads` (spark.task.cpus) are for each task. `base` and `anonymise` are
    refused.

    Raises BadInput if columns are missing, nothing is kept, or the rows of the second reading differ from the first;
    WrongUse for an option out of its range; what a task raises comes as Spark's PythonException.
    """
    session = listens.sparkSession
    path = os.path.abspath(os.fspath(output))
    # All tasks go by one clock.
    latest = (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = {"memory": _MEMORY_OF_TASK, **task_threads(session, options), "latest": options.get("latest") or latest}
    used = _core.columns_in_use(_no_rows(listens.schema), name, given)
    rows = listens.select([_column(listens, one).alias(one) for one in used["names"]])
    by_user = _in_parts(listens, used, [order] if isinstance(order, str) else list(order))
    count = parts or int(session.conf.get("spark.sql.shuffle.partitions") or 200)
    scratch = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.spark-{uuid.uuid4().hex}")
    os.mkdir(scratch)
    try:
        join = _core.PartsJoin(dict(options), path, name, scratch)
        _count_mentions(rows, name, given, scratch)
        for batch in pyarrow.dataset.dataset(f"{scratch}/mentions", format="parquet").to_batches():
            join.add_mentions(batch)
        join.settle(shower(progress))
        join.order_songs(_write_parts(by_user(count), name, given, scratch))
        _write_files(session, scratch, int(given.get("shards") or 1))
        join.finish()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Dataset.open(path)


def _count_mentions(rows: DataFrame, name: str, given: dict[str, Any], scratch: str) -> None:
    def count(batches: Batches) -> Batches:
        if (reader := _reader_of(batches)) is not None:
            yield from pyarrow.table(_core.count_mentions(reader, name, given)).to_batches()

    keys = ["id", "title", "artist", "album", "tags"]
    counted = rows.mapInArrow(count, _MENTIONS).groupBy(keys).agg(F.sum("times").alias("times"))
    counted.write.parquet(pathlib.Path(scratch, "mentions").as_uri())


def _in_parts(listens: DataFrame, used: dict[str, Any], order: list[str]) -> Callable[[int], DataFrame]:
    """The rows in so many parts, sorted by user, and then by `order`, or else by time and all columns."""
    names = {one: f"segue {at}" for at, one in enumerate(used["names"])}
    wanted = [_column(listens, one).alias(name) for one, name in names.items()]
    keys = [f"segue order {at}" for at in range(len(order))]
    wide = listens.select(
        _user_order(listens, used["user"]).alias("segue user"),
        *wanted,
        *(_column(listens, one).alias(key) for one, key in zip(order, keys)),
    )
    if not order:
        comparable = [name for name, kind in wide.dtypes[1:] if "map<" not in kind]  # maps have no order
        keys = sorted(comparable, key=lambda name: name != names.get(used["time"]))
    plain = [F.col(name).alias(one) for one, name in names.items()]
    return lambda parts: (
        wide.repartitionByRange(parts, "segue user").sortWithinPartitions("segue user", *keys).select(plain)
    )


def _write_parts(rows: DataFrame, name: str, given: dict[str, Any], scratch: str) -> list[int]:
    def write(batches: Batches) -> Batches:
        part = _this_task()
        if (reader := _reader_of(batches)) is None:
            return
        _core.write_part(reader, name, given, scratch, part)
        yield pyarrow.RecordBatch.from_pydict({"part": [part]})

    return sorted(row["part"] for row in rows.mapInArrow(write, "part bigint").collect())


def _write_files(session: Any, scratch: str, shards: int) -> None:
    def write(batches: Batches) -> Batches:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                if number < shards:
                    _core.write_shard(scratch, number)
                else:
                    _core.write_skips(scratch)
            yield batch

    session.range(0, shards + 1, 1, shards + 1).mapInArrow(write, "id bigint").collect()


def _user_order(listens: DataFrame, user: str) -> Column:
    """What sorts as the users do in a dataset: by their bytes, without the .0 of numbers."""
    if not user:
        return F.lit("")
    kind = listens.select(_column(listens, user)).schema[0].dataType
    text = _column(listens, user).cast("string")
    if isinstance(kind, (ByteType, ShortType, IntegerType, LongType)):
        return text
    if not isinstance(kind, StringType):
        raise BadInput(f"{user}: expected users as text or whole numbers, found {kind.simpleString()}")
    return F.regexp_replace(text, r"^([0-9]+)\.0\z", "$1")


def _column(frame: DataFrame, name: str) -> Column:
    """A column, or a member of one with a dotted name."""
    return frame[f"`{name}`"] if name in frame.columns else F.col(name)


def _this_task() -> int:
    context = TaskContext.get()
    assert context is not None  # this runs in tasks only
    part: int = context.partitionId()
    return part


def _reader_of(batches: Batches) -> pyarrow.RecordBatchReader | None:
    left = iter(batches)
    first = next(left, None)
    if first is None:
        return None

    def all_of_them() -> Batches:
        yield first
        yield from left

    return pyarrow.RecordBatchReader.from_batches(first.schema, all_of_them())


def _no_rows(schema: StructType) -> pyarrow.Table:
    return to_arrow_schema(schema).empty_table()
