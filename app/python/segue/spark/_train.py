"""Training by ranks that Spark starts."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyarrow
from pyspark import BarrierTaskContext
from pyspark.sql import SparkSession

from .. import _core
from .._dataset import Dataset
from .._docs import with_options
from .._errors import WrongUse
from .._folders import StrPath
from .._model import Model
from .._progress import log_notes
from ._frames import task_threads

if TYPE_CHECKING:
    from typing import Unpack

    from .._options import TrainOptions


@with_options("train")
def train(
    session: SparkSession,
    dataset: Dataset | StrPath,
    output: StrPath,
    *,
    ranks: int,
    **options: Unpack[TrainOptions],
) -> Model:
    """Learns song vectors by several ranks, each a task of one barrier stage, and writes a model.

    `dataset`, `output`: folders that all machines see. `ranks`: tasks that have to run at the same time. Spark starts
    them, and they tell each other where rank 0 is; afterwards they exchange vectors directly (docs/distributed.md).
    `threads` is spark.task.cpus unless given. If a rank is lost, Spark repeats the stage; with `checkpoint_every` the
    ranks then continue from the last checkpoint.

    Raises WrongUse for an option out of its range, and what Spark raises if the stage failed for good.
    """
    if ranks < 1:
        raise WrongUse(f"ranks: expected at least 1, found {ranks}")
    read = dataset.path if isinstance(dataset, Dataset) else os.fspath(dataset)
    paths = [os.path.abspath(one) for one in (read, os.fspath(output))]
    given = _resumable(task_threads(session, options), f"{paths[1]}.checkpoint")
    Dataset.open(paths[0])

    def run(batches: Iterable[pyarrow.RecordBatch]) -> Iterable[pyarrow.RecordBatch]:
        for _ in batches:
            pass
        notes = _run_rank(paths[0], paths[1], given)
        yield pyarrow.RecordBatch.from_pydict({"note": pyarrow.array(notes, pyarrow.string())})

    trained = session.range(0, ranks, 1, ranks).mapInArrow(run, "note string", barrier=True)
    # Spark repeats a barrier stage that feeds a shuffle, but not one that gives the result of the job.
    ended = trained.repartition(1).collect()
    log_notes(row["note"] for row in ended)
    return Model.open(paths[1])


def _resumable(options: dict[str, Any], checkpoint: str) -> dict[str, Any]:
    if not options.get("checkpoint_every") or options.get("resume"):
        return options
    # A repeated stage has to resume, and must not meet the checkpoint of another run.
    if os.path.exists(checkpoint):
        raise WrongUse(f"{checkpoint}: left by an unfinished run; expected resume=True, or no such folder")
    return {**options, "resume": True}


def _run_rank(dataset: str, output: str, options: dict[str, Any]) -> list[str]:
    context = BarrierTaskContext.get()
    tasks = context.getTaskInfos()
    rank = context.partitionId()
    port = _free_port() if rank == 0 else 0
    ports = context.allGather(str(port))
    here = _core.Rank(rank, len(tasks), tasks[0].address.rpartition(":")[0] or tasks[0].address, int(ports[0]))
    notes = _core.train(dataset, output, options, here, None)
    return notes if rank == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
