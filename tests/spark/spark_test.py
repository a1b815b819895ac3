"""Segue on a Spark cluster of two executors, each a JVM with Python processes of its own: the same datasets and lists as
on one machine, also if an executor is killed; training by ranks; a model fetched by URI.

    PYTHONPATH=build/release/python PYSPARK_PYTHON=VENV/bin/python VENV/bin/python tests/spark/spark_test.py
"""

import functools
import http.server
import json
import os
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time
import unittest.mock

import pyarrow as pa
import pyarrow.parquet
from pyspark.sql import SparkSession

import segue
from segue import spark as on_spark
from segue.spark import __main__ as command

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**6)
FILES_COMPARED = ("songs.arrow", "queues.arrow", "queues-0000.arrow", "queues-0001.arrow", "queues-0002.arrow", "skips.arrow")
FIELDS_COMPARED = ("counts", "dropped", "largest_users", "first_listen", "last_listen", "options")


def log(rows=30_000):
    """Listens with all that the rules are about: ids and names that meet, spellings, skips, repeats, faulty rows."""
    draw = random.Random(SEED)
    table = {name: [] for name in ("user", "song", "time", "title", "artist", "tags", "ms_played", "offset")}
    for offset in range(rows):
        song = int(draw.paretovariate(0.7)) % 900
        listener = draw.randrange(150)
        table["user"].append(draw.choice([f"u{listener}", f"ü{listener}", f"{listener}", f"{listener}.0"]))
        table["song"].append(None if song % 3 == 0 and draw.random() < 0.4 else f"s{song}")
        table["time"].append(1_600_000_000 + offset * 97 % 4_000_000 // 20 * 20)
        table["title"].append(f"Title {song}" if draw.random() < 0.8 else f"TITLE {song}")
        table["artist"].append(f"Artist {song % 50}")
        table["tags"].append(draw.choice(["rock|pop", "jazz", None]))
        table["ms_played"].append(draw.choice([None, 200_000, 10_000]))
        table["offset"].append(offset)
    for column, value in (("user", None), ("time", None), ("time", 5), ("artist", "x\0y"), ("title", None)):
        for row in draw.sample(range(rows), 20):
            table[column][row] = value
    return pa.table(table)


def check_same(one, other):
    first, second = (json.loads(pathlib.Path(path, "manifest.json").read_text()) for path in (one, other))
    for name in FIELDS_COMPARED:
        assert first[name] == second[name], (SEED, name, first[name], second[name])
    for name in FILES_COMPARED:
        assert first["files"].get(name) == second["files"].get(name), (SEED, name)


def executors():
    """The processes that Spark calls executors, of this test alone."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and parent == jvm():
            found.append(int(folder.name))
    return found


def jvm():
    return int(session._jvm.ProcessHandle.current().pid())


def slowly(marks, batches):
    """The rows as they are; says that a task is running, and waits for leave to go on."""
    for batch in batches:
        pathlib.Path(marks, f"running-{os.getpid()}").touch()
        while not pathlib.Path(marks, "go").exists():
            time.sleep(0.01)
        yield batch


def with_kills(folder, frame, job, later=None):
    """The result of job(frame) while an executor is killed as its tasks run, and one more once `later` matches a path."""
    marks = folder / f"marks-{len(list(folder.iterdir()))}"
    marks.mkdir()
    ended = threading.Event()

    def kill_once(is_time):
        while not is_time() and not ended.wait(0.01):
            pass
        if not ended.is_set():
            os.kill(executors()[0], signal.SIGKILL)

    def kill():
        kill_once(lambda: any(marks.iterdir()))
        (marks / "go").touch()
        if later:
            kill_once(lambda: any(folder.glob(later)))

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return job(frame.mapInArrow(functools.partial(slowly, str(marks)), frame.schema))
    finally:
        ended.set()
        killer.join()


def as_rows(table):
    return sorted(tuple(row.values()) for row in pa.table(table).to_pylist())


def check_ingest(folder):
    table = log()
    pa.parquet.write_table(table, folder / "log.parquet")
    rows = session.read.parquet(str(folder / "log.parquet")).repartition(4)
    for shards in (1, 3):
        segue.ingest(folder / "log.parquet", folder / f"alone-{shards}", shards=shards)
    on_spark.ingest(rows, folder / "spark-3", parts=5, order="offset", name="log.parquet", shards=3)
    check_same(folder / "alone-3", folder / "spark-3")
    with_kills(folder, rows, lambda frame: on_spark.ingest(frame, folder / "killed", parts=5, order="offset", name="log.parquet"),
               later=".killed.spark-*/part-*")
    check_same(folder / "alone-1", folder / "killed")
    left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    assert left == [], left


def check_refusals(folder, rows):
    for error, options in ((segue.WrongUse, {"base": "other"}), (segue.WrongUse, {"min_session": 0}),
                           (segue.BadInput, {"user_column": "nobody"})):
        try:
            on_spark.ingest(rows, folder / "refused", **options)
        except error:
            assert not (folder / "refused").exists()
        else:
            raise AssertionError(options)


def check_lists(folder, model):
    histories = {"user": [f"u{number}" for number in range(400)],
                 "songs": [[f"s{(number * 7 + place) % 900}" for place in range(6)] for number in range(400)]}
    wanted = as_rows(model.recommend(pa.table(histories), k=5, names=True).select(["user", "rank", "song", "score", "artist", "title"]))
    users = session.createDataFrame(list(zip(*histories.values())), "user string, songs array<string>").repartition(4)

    def lists(frame):
        return sorted(tuple(row) for row in on_spark.recommend(frame, model, k=5, names=True).collect())

    assert lists(users) == wanted
    assert with_kills(folder, users, lists) == wanted
    all_songs = sorted(tuple(row) for row in on_spark.similar(session, model, k=3).collect())
    assert all_songs == as_rows(model.similar("all", k=3))
    some = session.createDataFrame([("s1",), ("s2",), ("unheard of",)], "song string")
    found = [tuple(row) for row in on_spark.similar(some, model, k=3).orderBy("seed", "rank").collect()]
    assert found == [row for row in all_songs if row[0] in ("s1", "s2")]


def check_model_by_uri(folder, model):
    fetched = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            fetched.append(self.path)

    handler = functools.partial(Handler, directory=model.path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        uri = f"http://127.0.0.1:{server.server_address[1]}"
        made = on_spark.similar(session, uri, cache=folder / "cache", k=3).collect()
        server.shutdown()
    assert sorted(tuple(row) for row in made) == as_rows(model.similar("all", k=3))
    # Two executors on one machine: one fetched, the other found the model there.
    assert fetched.count("/vectors.npy") == 1, fetched


def check_training(folder, dataset):
    model = on_spark.train(session, dataset, folder / "by-ranks", ranks=2, dim=16, epochs=4, min_plays=1, fit_blend="off",
                           rank_timeout="30s")
    history = model.manifest["history"]
    assert len(history) == 4 and history[-1]["sample_loss"] < history[0]["sample_loss"], history

    # An executor that is killed, with its rank: Spark starts all ranks again, and they come to the same bytes.
    def trained(name):
        return on_spark.train(session, dataset, folder / name, ranks=2, dim=64, epochs=200, min_plays=1, fit_blend="off",
                              threads=1, checkpoint_every="1ms", rank_timeout="30s")

    def kill():
        deadline = time.monotonic() + 60
        while not (folder / "by-killed-ranks.checkpoint").exists():
            assert time.monotonic() < deadline, "no checkpoint"
            time.sleep(0.01)
        os.kill(executors()[0], signal.SIGKILL)
        killed_at_work.append((folder / "by-killed-ranks.checkpoint").exists())

    killed_at_work = []
    killer = threading.Thread(target=kill)
    killer.start()
    by_killed = trained("by-killed-ranks")
    killer.join()
    assert killed_at_work == [True]
    whole = trained("by-ranks-again")
    assert pathlib.Path(by_killed.path, "vectors.npy").read_bytes() == pathlib.Path(whole.path, "vectors.npy").read_bytes()


def check_commands(folder, model):
    """In this process, whose session they take; they stop it at their end."""
    histories = pa.table({"user": ["ann"], "songs": [["s1", "s2"]]})
    pa.parquet.write_table(histories, folder / "histories.parquet")
    words = ["recommend", model.path, "--parquet", str(folder / "histories.parquet"), "-o", str(folder / "lists"), "-k", "3", "--names"]
    with unittest.mock.patch.object(sys, "argv", ["segue.spark", *words]):
        assert command.main() == 0
    assert as_rows(pa.parquet.read_table(folder / "lists")) == as_rows(model.recommend(histories, k=3, names=True))


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        check_ingest(folder)
        check_refusals(folder, session.createDataFrame([("u", "s", 1_600_000_000)], "user string, song string, time long"))
        dataset = segue.Dataset.open(folder / "spark-3")
        model = segue.train(dataset, folder / "model", dim=16, epochs=4, min_plays=1, threads=1, fit_blend="off")
        check_lists(folder, model)
        check_model_by_uri(folder, model)
        check_training(folder, dataset)
        check_commands(folder, model)


if __name__ == "__main__":
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "4",
                "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # Executors run in folders of their own.
    os.environ["PYTHONPATH"] = os.path.abspath(os.path.dirname(segue.__path__[0]))
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    try:
        main()
    finally:
        session.stop()
    print("spark: ok")
