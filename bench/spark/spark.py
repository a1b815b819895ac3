"""Segue on a Spark cluster on this machine: datasets, lists, and training against Spark's own Word2Vec.

    PYTHONPATH=build/release/python .venv/bin/python bench/spark/spark.py ingest LISTENS.parquet [--parts 16]
    PYTHONPATH=build/release/python .venv/bin/python bench/spark/spark.py lists MODEL [--users 1000000] [-k 20] [--by vectors] [--alone]
    PYTHONPATH=build/release/python .venv/bin/python bench/spark/spark.py mllib DATASET [--dim 100] [--epochs 5]

Needs `tools/setup check` (PySpark, Java). The cluster is `local-cluster[2,1,4096]`: two executors of one core each, on
the machine of the driver, so times compare the programs and say nothing of a real cluster.

ingest: `segue.spark.ingest` and `segue.ingest` of the same Parquet file, whether the files are the same, and what the
executors and the driver took. bench/ingest/write_listens.py writes such a file.
lists: histories of 30 songs, drawn by their plays; lists by `segue.spark.recommend` into Parquet, and by one process with --alone.
mllib: holds out a tenth of the queues and trains on the others: Spark's Word2Vec, `segue.spark.train` with two ranks,
and `segue.train` with one thread, with the same dim, window and epochs, and with those that Segue chooses. The hit rate is that of
bench/training/next_song.py. Then a vocabulary whose songs x dim is 2^31.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from pyspark.sql import SparkSession

import segue
from segue import spark as on_spark

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "training"))
import hit_rate  # noqa: E402

ROWS_AT_ONCE = 100_000
HISTORY = 30
MOST_JUDGED = 5_000


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, round(time.perf_counter() - start, 1)


def tell(**fields):
    print(json.dumps(fields), flush=True)


def files_of(path):
    return json.loads(pathlib.Path(path, "manifest.json").read_text())["files"]


def ingest(session, folder, arguments):
    numbered = folder / "numbered.parquet"  # with the order of the log
    source = pyarrow.parquet.ParquetFile(arguments.input)
    with pyarrow.parquet.ParquetWriter(numbered, source.schema_arrow.append(pa.field("offset", pa.int64()))) as out:
        at = 0
        for batch in source.iter_batches(1_000_000):
            out.write_batch(batch.append_column("offset", pa.array(range(at, at + batch.num_rows), pa.int64())))
            at += batch.num_rows
    options = {"shards": arguments.shards}
    alone, seconds_alone = timed(lambda: segue.ingest(numbered, folder / "alone", threads=2, **options))
    rows = session.read.parquet(str(numbered))
    _, seconds = timed(lambda: on_spark.ingest(rows, folder / "spark", parts=arguments.parts, order="offset",
                                               name="numbered.parquet", **options))
    first, second = files_of(folder / "alone"), files_of(folder / "spark")
    tell(rows=at, plays=alone.counts["plays"], songs=alone.counts["songs"], one_machine_s=seconds_alone, spark_s=seconds,
         parts=arguments.parts, same={name: first[name] == second.get(name) for name in first})


def histories(model, users, path):
    draw = np.random.default_rng(1)
    ids = pa.array(model.ids)
    chances = np.cumsum(model.plays / model.plays.sum())
    with pyarrow.parquet.ParquetWriter(path, pa.schema([("user", pa.string()), ("songs", pa.list_(pa.string()))])) as out:
        for begin in range(0, users, ROWS_AT_ONCE):
            count = min(ROWS_AT_ONCE, users - begin)
            rows = np.minimum(np.searchsorted(chances, draw.random(count * HISTORY)), len(ids) - 1)
            songs = pa.ListArray.from_arrays(pa.array(np.arange(0, count * HISTORY + 1, HISTORY, dtype=np.int32)), ids.take(pa.array(rows)))
            out.write_table(pa.table({"user": pa.array([f"u{begin + i}" for i in range(count)]), "songs": songs}))


def lists(session, folder, arguments):
    model = segue.Model.open(arguments.input)
    histories(model, arguments.users, folder / "histories.parquet")
    users = session.read.parquet(str(folder / "histories.parquet")).repartition(arguments.parts)
    _, seconds = timed(lambda: on_spark.recommend(users, model, k=arguments.k, by=arguments.by).write.parquet(str(folder / "lists")))
    made = session.read.parquet(str(folder / "lists"))
    rows, listeners = made.count(), made.select("user").distinct().count()

    def one_process():
        with pyarrow.parquet.ParquetFile(folder / "histories.parquet") as file:
            reader = pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(ROWS_AT_ONCE))
            total = 0
            for table in model.recommend_batches(reader, k=arguments.k, by=arguments.by, threads=2):
                total += len(table)
            return total

    tell(users=arguments.users, songs=len(model), by=arguments.by, listeners=listeners, rows=rows, spark_s=seconds)
    if arguments.alone:
        rows_alone, seconds_alone = timed(one_process)
        tell(one_process_s=seconds_alone, rows=rows_alone)


def mllib(session, folder, arguments):
    from pyspark.ml.feature import Word2Vec

    table = segue.Dataset.open(arguments.input).queues.to_pyarrow()
    ids = segue.Dataset.open(arguments.input).songs.column("id")
    queues = [[ids[row] for row in songs] for songs in table.column("songs").to_pylist()]
    held_out = queues[::10]
    kept = [queue for at, queue in enumerate(queues) if at % 10]
    same = {"dim": arguments.dim, "window": 5, "epochs": arguments.epochs, "min_plays": 5, "negatives": 5, "learning_rate": 0.025}
    sentences = session.createDataFrame([(queue,) for queue in kept], "songs array<string>").repartition(2).cache()
    sentences.count()
    for partitions in arguments.partitions:
        spark_word2vec = Word2Vec(vectorSize=same["dim"], windowSize=same["window"], minCount=same["min_plays"], maxIter=same["epochs"],
                                  stepSize=same["learning_rate"], numPartitions=partitions, maxSentenceLength=10_000, seed=1, inputCol="songs", outputCol="v")
        fitted, seconds = timed(lambda: spark_word2vec.fit(sentences))
        vectors = fitted.getVectors().collect()
        rows = np.array([row["vector"].toArray() for row in vectors], np.float32)
        score(f"MLlib, {partitions} partitions", seconds, [row["word"] for row in vectors], rows, held_out)
    dataset = segue.Dataset.from_lists(kept, folder / "kept", min_session=1, keep_repeats=True)
    # MLlib has no vectors for songs below min_plays, so Segue places none either.
    plain = {"place_plays": same["min_plays"], "fit_blend": "off"}
    for name, chosen in (("the same options", {"preset": "none", **same}), ("its own options", {"min_plays": same["min_plays"]})):
        alone, seconds = timed(lambda: segue.train(dataset, folder / "alone", threads=1, **plain, **chosen))
        score(f"Segue, one thread, {name}", seconds, alone.ids, alone.vectors, held_out)
        ranks, seconds = timed(lambda: on_spark.train(session, dataset, folder / "ranks", ranks=2, **plain, **chosen))
        score(f"Segue, 2 ranks on Spark, {name}", seconds, ranks.ids, ranks.vectors, held_out)
    large = session.range(0, arguments.vocabulary).selectExpr("array(concat('s', id)) as songs")
    try:
        Word2Vec(vectorSize=2**31 // arguments.vocabulary + 1, minCount=1, inputCol="songs", outputCol="v").fit(large)
        tell(system="MLlib", vocabulary=arguments.vocabulary, refused=False)
    except Exception as error:  # a Java exception
        tell(system="MLlib", vocabulary=arguments.vocabulary, refused=" ".join(str(error).splitlines()[:2])[:300])


def score(system, seconds, ids, vectors, held_out):
    questions = hit_rate.every_song(held_out)[:MOST_JUDGED]
    tell(system=system, seconds=seconds, songs=len(ids), hit_rate=round(hit_rate.hit_rate(ids, vectors, questions), 4))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("ingest", "lists", "mllib"))
    parser.add_argument("input")
    parser.add_argument("--parts", type=int, default=16)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("-k", type=int, default=20)
    parser.add_argument("--by", default="blend", choices=("blend", "vectors"))
    parser.add_argument("--alone", action="store_true", help="lists in one process too")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--partitions", type=int, nargs="*", default=[1, 2], help="of MLlib's training")
    parser.add_argument("--vocabulary", type=int, default=100_000)
    arguments = parser.parse_args()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (SparkSession.builder.master("local-cluster[2,1,4096]").config("spark.driver.memory", "4g").config("spark.ui.enabled", "false")
               .config("spark.ui.showConsoleProgress", "false").config("spark.driver.maxResultSize", "4g").getOrCreate())
    session.sparkContext.setLogLevel("OFF")
    try:
        with tempfile.TemporaryDirectory() as scratch:
            {"ingest": ingest, "lists": lists, "mllib": mllib}[arguments.what](session, pathlib.Path(scratch), arguments)
    finally:
        session.stop()


if __name__ == "__main__":
    main()
