"""Lists for one and for many, in the caller's kind of frame, and the same as the command line's."""

import json
import os
import subprocess

import duckdb
import pandas
import polars
import pyarrow
import pytest
from conftest import half

import segue

SEGUE = os.environ["SEGUE_BINARY"]


def command(*words: str) -> dict:
    return json.loads(subprocess.run([SEGUE, *words, "--json"], check=True, capture_output=True, text=True).stdout)


def rounded(items: list) -> list:
    return [
        {
            name: float(f"{value:.5g}") if isinstance(value, float) else value
            for name, value in item.items()
            if not isinstance(value, dict)
        }
        for item in items
    ]


def plain(songs: segue.SongList) -> list:
    from dataclasses import asdict

    return rounded([{name: value for name, value in asdict(song).items() if value is not None} for song in songs])


def test_similar_is_that_of_the_command_line(model: segue.Model):
    songs = model.similar("s3", k=7)
    assert plain(songs) == rounded(command("similar", model.path, "s3", "-k", "7")["items"])
    assert len(songs) == 7 and sum(half(one) for one in songs.ids) >= 6
    assert songs[0].similarity >= songs[1].similarity and songs[0].together.times >= 0
    assert model.similar("Title s3").taken_as[0].songs == ["s3"]


def test_sums_and_differences(model: segue.Model):
    asked = model.similar("s3", plus="s4", minus=["s40"], k=5)
    answer = command("similar", model.path, "s3", "--plus", "s4", "--minus", "s40", "-k", "5")
    assert plain(asked) == rounded(answer["items"])


def test_recommend_is_that_of_the_command_line(model: segue.Model, dataset: segue.Dataset):
    songs = model.recommend(["s1", "s2", "s3"], k=5, explain=True)
    assert plain(songs) == rounded(command("recommend", model.path, "s1", "s2", "s3", "-k", "5", "--explain")["items"])
    assert "Because of" in songs[0].explanation.text
    user = model.recommend(dataset=dataset, users="u5", mode="any", k=5)
    answer = command("recommend", model.path, "--user", "u5", "--dataset", dataset.path, "--mode", "any", "-k", "5")
    assert plain(user) == rounded(answer["items"])


def test_radio_and_journey_are_those_of_the_command_line(model: segue.Model):
    assert plain(model.radio("s3", length=12, seed=4)) == rounded(
        command("radio", model.path, "s3", "--length", "12", "--seed", "4")["items"]
    )
    assert plain(model.journey("s3", "s40", steps=4)) == rounded(
        command("journey", model.path, "s3", "s40", "--steps", "4")["items"]
    )


HISTORIES = [["s1", "s2"], ["s40", "s41", "s42"], ["unheard of"], ["s5", "unheard of"]]


@pytest.fixture
def lists(model: segue.Model) -> list[list[str]]:
    """What each history gives alone."""
    return [
        [] if history == ["unheard of"] else model.recommend([one for one in history if one != "unheard of"], k=4).ids
        for history in HISTORIES
    ]


def test_lists_for_lists(model: segue.Model, lists):
    assert model.recommend(HISTORIES, k=4) == lists


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "duckdb"])
def test_frames_for_frames(model: segue.Model, lists, kind):
    columns = {"user": ["a", "b", "c", "d"], "songs": HISTORIES}
    table = pyarrow.table(columns)
    frame = {
        "pandas": lambda: pandas.DataFrame(columns),
        "polars": lambda: polars.DataFrame(columns),
        "pyarrow": lambda: table,
        "duckdb": lambda: duckdb.from_arrow(table),
    }[kind]()
    answer = model.recommend(frame, k=4)
    assert type(answer) is type(frame)
    rows = answer.to_arrow_table() if kind == "duckdb" else pyarrow.table(answer)
    assert rows.column("song").to_pylist() == [song for one in lists for song in one]
    assert rows.column("user").to_pylist() == [user for user, one in zip("abcd", lists) for _ in one]


def test_columns_for_columns(model: segue.Model, lists):
    flat = [song for one in lists for song in one]
    series = pandas.Series(HISTORIES, index=["a", "b", "c", "d"])
    answer = model.recommend(series, k=4)
    assert isinstance(answer, pandas.DataFrame) and list(answer["song"]) == flat
    assert list(dict.fromkeys(answer["user"])) == ["a", "b", "d"]
    answer = model.recommend(polars.Series(HISTORIES), k=4)
    assert isinstance(answer, polars.DataFrame) and answer["song"].to_list() == flat
    one = model.recommend(pandas.Series(["s1", "s2"]), k=4)
    assert isinstance(one, pandas.DataFrame) and list(one["id"]) == lists[0]


def test_similar_for_many(model: segue.Model):
    alone = [model.similar(song, k=3).ids for song in ("s9", "s2", "s9")]
    assert model.similar(["s9", "s2", "s9"], k=3) == alone
    answer = model.similar(polars.Series(["s9", "s2"]), k=3, names=True)
    assert answer.columns == ["seed", "rank", "song", "score", "artist", "title"]
    assert answer["song"].to_list() == alone[0] + alone[1]
    assert len(model.similar("all", k=3)) == 3 * len(model)
    with pytest.raises(segue.NotFound, match="such as nobody"):
        model.similar(["s9", "nobody"])


def test_users_of_a_dataset(model: segue.Model, dataset: segue.Dataset):
    table = model.recommend(dataset=dataset, users="all", k=3, mode="any").to_polars()
    assert table["user"].n_unique() == 80
    some = model.recommend(dataset=dataset, users=["u7", "u3"], k=3, mode="any").to_polars()
    assert some["user"].unique(maintain_order=True).to_list() == ["u7", "u3"]
    assert some["song"][:3].to_list() == model.recommend(dataset=dataset, users="u7", k=3, mode="any").ids
    with pytest.raises(segue.NotFound, match="nobody"):
        model.recommend(dataset=dataset, users=["nobody"])


def test_batches_are_read_only_as_far_as_somebody_reads(model: segue.Model):
    read = []
    schema = pyarrow.schema({"user": pyarrow.string(), "songs": pyarrow.list_(pyarrow.string())})

    def batches():
        for at in range(10):
            read.append(at)
            yield pyarrow.record_batch({"user": [str(at)], "songs": [["s1", "s2"]]}, schema=schema)

    stream = model.recommend_batches(pyarrow.RecordBatchReader.from_batches(schema, batches()), k=2)
    first = next(iter(stream))
    assert read == [0] and first.column("user") == ["0", "0"]
    rest = pyarrow.RecordBatchReader.from_stream(stream).read_all()
    assert read == list(range(10)) and rest.num_rows == 18


def test_nothing_is_asked_in_silence(model: segue.Model, dataset: segue.Dataset):
    for ask in (
        lambda: model.recommend(),
        lambda: model.recommend(dataset=dataset),
        lambda: model.similar(),
        lambda: model.radio([]),
        lambda: model.recommend(["s1", ["s2"]]),
        lambda: model.similar(["s1"], plus="s2"),
    ):
        with pytest.raises(segue.WrongUse, match="expected"):
            ask()
    with pytest.raises(segue.BadInput, match="expected songs, found none"):
        model.recommend([])
    with pytest.raises(segue.NotFound, match="Titel"):
        model.similar("Titel s3")
    with pytest.raises(segue.BadInput, match="expected the columns user and songs, found listener"):
        model.recommend(pandas.DataFrame({"listener": ["a"]}))


def test_maps_and_tables(model: segue.Model, tmp_path):
    model.save(tmp_path / "model")
    mapped = segue.Model.open(tmp_path / "model")
    laid_out = mapped.map(perplexity=5, iterations=60)
    assert laid_out.points.column("id") == mapped.ids
    assert laid_out.points.to_pandas()[["x", "y"]].notna().all(axis=None)
    assert mapped.map(perplexity=5, iterations=60).points.to_pydict() == laid_out.points.to_pydict()


def test_notebooks_show_lists_and_tables(model: segue.Model):
    html = model.similar("s3", k=2)._repr_html_()
    assert html.count("<tr>") == 3 and "Title s" in html
    assert "<caption>60 rows</caption>" in model.songs._repr_html_()
    assert "Title s" in repr(model.similar("s3", k=2))
