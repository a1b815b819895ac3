"""Lists for everybody, made where the rows are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyarrow
from pyspark.sql import DataFrame, SparkSession

from .. import _core
from .._docs import with_options
from .._folders import StrPath
from .._model import Model
from ._frames import column_named, schema_of, task_threads
from ._models import ModelPlace, model_place, opened_model

if TYPE_CHECKING:
    from typing import Unpack

    from .._options import RecommendOptions, SimilarOptions

Batches = Iterable[pyarrow.RecordBatch]
_SONGS_AT_ONCE = 8192


@with_options("recommend")
def recommend(
    users: DataFrame, model: Model | StrPath, *, cache: StrPath | None = None, **options: Unpack[RecommendOptions]
) -> DataFrame:
    """Recommendations for each row of a table, as `Model.recommend` makes them.

    `users`: a DataFrame with the columns user (or user_id), and songs (or song_ids, history), an array of ids, the
    newest last. `model`: a folder that all machines see, or a URI (s3://, gs://, http://, https://), fetched once by
    each machine into `cache`. All tasks use the model that is there now, or fail. `threads` is spark.task.cpus unless
    given.

    Returns a DataFrame with the columns user, rank, song and score (and artist and title with `names`, reason with
    `explain`), made when Spark needs it. Ids that the model does not have are ignored; a listener without any other
    has no rows.

    Raises BadInput if a column is missing, WrongUse for an option out of its range, NotFound without a model.
    """
    user = column_named(users, ("user", "user_id"))
    songs = column_named(users, ("songs", "song_ids", "history"))
    given = task_threads(users.sparkSession, options)
    schema = schema_of(_core.no_lists("recommend", given))
    place = model_place(model, cache)

    def lists(batches: Batches) -> Batches:
        return _recommended(batches, place, given)

    return users.select(user.cast("string").alias("user"), songs.alias("songs")).mapInArrow(lists, schema)


@with_options("similar")
def similar(
    songs: DataFrame | SparkSession,
    model: Model | StrPath,
    *,
    cache: StrPath | None = None,
    **options: Unpack[SimilarOptions],
) -> DataFrame:
    """The songs most like each song of a table, or like every song of the model.

    `songs`: a DataFrame with the column song (or song_id, seed), each an id; or a SparkSession, for all songs that were
    trained, in one task for each core of the cluster. The other arguments are those of `segue.spark.recommend`.

    Returns a DataFrame with the columns seed, rank, song and score, the cosine (and artist and title with `names`).
    Songs that the model does not have have no rows.

    Raises BadInput if a column is missing, WrongUse for an option out of its range, NotFound without a model.
    """
    session = songs.sparkSession if isinstance(songs, DataFrame) else songs
    given = task_threads(session, options)
    schema = schema_of(_core.no_lists("similar", given))
    place = model_place(model, cache)
    if isinstance(songs, DataFrame):
        ids = songs.select(column_named(songs, ("song", "song_id", "seed")).cast("string").alias("song"))

        def neighbours(batches: Batches) -> Batches:
            return _similar(batches, place, given)

        return ids.mapInArrow(neighbours, schema)
    tasks = session.sparkContext.defaultParallelism

    def all_neighbours(batches: Batches) -> Batches:
        return _similar(_songs_of_task(place, _number_in(batches), tasks), place, given)

    return session.range(0, tasks, 1, tasks).mapInArrow(all_neighbours, schema)


def _recommended(batches: Batches, place: ModelPlace, options: dict[str, Any]) -> Batches:
    left = iter(batches)
    first = next(left, None)
    if first is None:
        return

    def histories() -> Batches:
        yield first
        yield from left

    reader = pyarrow.RecordBatchReader.from_batches(first.schema, histories())
    for table in opened_model(place).recommend_batches(reader, **options):
        yield from pyarrow.table(table).to_batches()


def _similar(batches: Batches, place: ModelPlace, options: dict[str, Any]) -> Batches:
    for batch in batches:
        ids = [one for one in batch.column(0).to_pylist() if one is not None]
        made = _core.similar_many(opened_model(place)._opened, ids, options, True, None)
        yield from pyarrow.table(made).to_batches()


def _number_in(batches: Batches) -> int:
    (number,) = (number for batch in batches for number in batch.column(0).to_pylist())
    return int(number)


def _songs_of_task(place: ModelPlace, task: int, tasks: int) -> Batches:
    model = opened_model(place)
    trained = model.vectors.shape[0]
    begin, end = trained * task // tasks, trained * (task + 1) // tasks
    ids = pyarrow.table(model.songs).select(["id"]).slice(begin, end - begin)
    yield from ids.to_batches(max_chunksize=_SONGS_AT_ONCE)
