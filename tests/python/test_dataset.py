"""Datasets from frames, lists and files: all the same dataset, whatever they come from."""

import gc
import os

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.compute
import pytest
from conftest import listens, queues

import segue


def digests(dataset: segue.Dataset) -> dict[str, str]:
    return {name: one["sha256"] for name, one in dataset.manifest["files"].items()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The digests of the dataset that a Parquet file of the same rows gives."""
    import pyarrow.parquet

    path = tmp_path_factory.mktemp("log") / "listens.parquet"
    pyarrow.parquet.write_table(pyarrow.table(listens()), path)
    return digests(segue.ingest(path, rejects=0))


def arrow_relation() -> duckdb.DuckDBPyRelation:
    return duckdb.from_arrow(pyarrow.table(listens())).filter("true")


@pytest.mark.parametrize(
    "frame",
    [
        lambda: pandas.DataFrame(listens()),
        lambda: pandas.DataFrame(listens()).astype({"user": "category", "artist": "category"}),
        lambda: polars.DataFrame(listens()),
        lambda: polars.DataFrame(listens()).with_columns(polars.col("user", "artist").cast(polars.Categorical)),
        lambda: pyarrow.table(listens()),
        lambda: pyarrow.RecordBatchReader.from_batches(
            pyarrow.table(listens()).schema, pyarrow.table(listens()).to_batches(max_chunksize=7)
        ),
        arrow_relation,
    ],
    ids=["pandas", "pandas-categories", "polars", "polars-categories", "pyarrow", "pyarrow-reader", "duckdb"],
)
def test_every_frame_gives_the_dataset_of_the_file(frame, expected):
    assert digests(segue.Dataset.from_frame(frame())) == expected


def test_histories_as_recommend_takes_them_are_queues():
    frame = pandas.DataFrame({"user": ["ann", "bob", "ann"], "songs": [["a", "b"], ["b", "c", "a"], ["c", "a"]]})
    dataset = segue.Dataset.from_frame(frame)
    assert dataset.queues.to_pydict()["user"] == ["ann", "bob", "ann"]
    assert dataset.counts["plays"] == 7


def test_errors_name_keywords_not_flags():
    with pytest.raises(segue.BadInput) as raised:
        segue.Dataset.from_frame(pandas.DataFrame({"who": ["ann"], "songs": [["a", "b"]]}))
    assert "user_column" in str(raised.value)
    assert "--" not in str(raised.value)


def test_times_of_frames_are_times():
    rows = listens()
    frame = pandas.DataFrame(rows)
    frame["time"] = pandas.to_datetime(frame["time"], unit="s", utc=True)
    assert digests(segue.Dataset.from_frame(frame)) == digests(segue.Dataset.from_frame(pyarrow.table(rows)))


def test_a_large_batch_is_read_in_parts(expected):
    """One batch with lists and dictionaries that begin in the middle of their values."""
    playlists = queues(count=30_000)
    table = pyarrow.table({"playlist": [str(at) for at in range(len(playlists))], "songs": playlists})
    assert digests(segue.Dataset.from_frame(table)) == digests(segue.Dataset.from_lists(playlists))
    assert digests(segue.Dataset.from_frame(table.slice(5_000))) == digests(
        segue.Dataset.from_frame(pyarrow.table(table.slice(5_000).to_pydict()))
    )


def test_lists_may_be_any_iterable_of_iterables():
    lists = digests(segue.Dataset.from_lists(queues()))
    assert digests(segue.Dataset.from_lists(tuple(queue) for queue in queues())) == lists
    assert digests(segue.Dataset.from_lists(iter([iter(queue) for queue in queues()]))) == lists


def test_counts_songs_and_queues(dataset: segue.Dataset):
    assert dataset.counts["plays"] == dataset.queues.to_polars()["songs"].list.len().sum()
    songs = dataset.songs.to_pandas()
    assert list(songs["plays"]) == sorted(songs["plays"], reverse=True)
    assert set(songs.columns) == {"id", "title", "artist", "album", "tags", "plays"}
    assert dataset.songs.column("id", 3) == list(songs["id"][:3])


def test_says_what_was_dropped():
    made = segue.Dataset.from_lists([["a", "b"], ["a"], ["b", "b", "a"]])
    assert made.counts["playlists"] == 2
    assert {reason: count for reason, count in made.dropped.items() if count} == {"repeat": 1, "short_playlist": 1}


def test_what_an_iterable_raises_is_raised():
    def broken():
        yield ["a", "b"]
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        segue.Dataset.from_lists(broken())


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ([["a", 3]], TypeError, r"queues\[0\]: expected ids of songs as str, found 3"),
        (["abc"], TypeError, r"queues\[0\]: expected a list of ids of songs, found 'abc'"),
        ([["a", "b"], None], TypeError, "not iterable"),
        ([["only"]], segue.BadInput, "expected at least one queue, found none"),
    ],
)
def test_wrong_lists(given, error, words):
    with pytest.raises(error, match=words):
        segue.Dataset.from_lists(given)


def test_a_frame_without_the_columns_names_those_it_has():
    with pytest.raises(segue.BadInput, match="DataFrame: .*colour"):
        segue.Dataset.from_frame(pandas.DataFrame({"colour": ["red"]}))
    with pytest.raises(segue.WrongUse, match="int: expected a table"):
        segue.Dataset.from_frame(3)


def test_a_temporary_dataset_lives_as_long_as_the_object():
    made = segue.Dataset.from_lists(queues())
    path = made.path
    table = made.songs
    assert os.path.isdir(path)
    del made
    gc.collect()
    assert not os.path.exists(path)
    assert len(table) > 0 and table.column("id", 1)  # still mapped


def test_output_is_written_and_opened(tmp_path):
    made = segue.Dataset.from_lists(queues(), tmp_path / "dataset")
    assert digests(segue.Dataset.open(tmp_path / "dataset")) == digests(made)


def parts_of(table: pyarrow.Table, counted: pyarrow.Table, scratch: str, users: list[list[str]], **options) -> None:
    """A dataset of the table, made in a part for each list of users, as segue.spark makes it."""
    from segue import _core

    join = _core.PartsJoin(options, os.path.join(scratch, "dataset"), "table", scratch)
    for batch in counted.to_batches(max_chunksize=1_000):
        join.add_mentions(pyarrow.table(_core.count_mentions(pyarrow.table(batch), "table", options)))
    join.settle(None)
    for number, of_part in enumerate(users):
        rows = table.filter(pyarrow.compute.is_in(table["user"], pyarrow.array(of_part, pyarrow.string())))
        _core.write_part(rows, "table", options, scratch, number)
        _core.write_part(rows, "table", options, scratch, number)  # as a task that is repeated
    join.order_songs(range(len(users)))
    for shard in range(options.get("shards", 1)):
        _core.write_shard(scratch, shard)
    _core.write_skips(scratch)
    join.finish()


def rows_with_skips() -> pyarrow.Table:
    table = pyarrow.table(listens())
    played = [10_000 if row % 7 == 0 else None for row in range(len(table))]
    songs = [None if row % 5 == 0 else song for row, song in enumerate(table["song"].to_pylist())]
    columns = table.set_column(1, "song", pyarrow.array(songs, pyarrow.string()))
    return columns.append_column("ms_played", pyarrow.array(played, pyarrow.int64()))


@pytest.mark.parametrize("shards", [1, 3])
def test_parts_make_the_same_dataset(tmp_path, shards):
    table = rows_with_skips()
    users = sorted(set(table["user"].to_pylist()))
    parts_of(table, table, str(tmp_path), [users[:10], users[10:11], [], users[11:]], shards=shards)
    made = segue.Dataset.open(tmp_path / "dataset")
    alone = segue.Dataset.from_frame(table, shards=shards, rejects=20)
    assert digests(made) == digests(alone)
    assert (made.counts, made.dropped) == (alone.counts, alone.dropped)
    assert made.counts["skips"] > 0


def test_parts_refuse_what_would_be_wrong(tmp_path):
    table = rows_with_skips()
    users = sorted(set(table["user"].to_pylist()))
    for name, counted, parts, message in (
        ("order", table, [users[10:], users[:10]], "expected users after"),
        ("fewer", table, [users[:10]], "the table has changed"),
        ("songs", table.slice(0, 100), [users], "the table has changed"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        with pytest.raises(segue.BadInput, match=message):
            parts_of(table, counted, str(folder), parts)
        assert not (folder / "dataset").exists()
    dates = pyarrow.table({"user": ["a", "a"], "song": ["x", "y"], "time": ["25/12/2022 10:00", "08/03/2022 10:00"]})
    with pytest.raises(segue.BadInput, match="date_format: expected dmy or mdy"):
        parts_of(dates, dates, str(tmp_path), [["a"]])
    with pytest.raises(segue.WrongUse, match="base: expected none"):
        parts_of(dates, dates, str(tmp_path), [["a"]], base="other")
