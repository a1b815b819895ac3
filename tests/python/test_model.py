"""Training and the parts of a model."""

import gc
import hashlib
import os
import pathlib
import subprocess

import numpy as np
import pytest

import segue

SEGUE = os.environ["SEGUE_BINARY"]


def digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_bytes_as_the_command_line(dataset: segue.Dataset, tmp_path: pathlib.Path):
    segue.train(dataset, tmp_path / "python", dim=24, window=3, epochs=2, seed=7, threads=1, subsample=1e-3)
    command = [
        SEGUE,
        "train",
        dataset.path,
        "-o",
        str(tmp_path / "command"),
        "--dim",
        "24",
        "--window",
        "3",
        "--epochs",
        "2",
        "--seed",
        "7",
        "--threads",
        "1",
        "--subsample",
        "0.001",
        "--quiet",
    ]
    subprocess.run(command, check=True)
    for name in ("vectors.npy", "context.npy", "transitions.arrow", "songs.arrow"):
        assert digest(tmp_path / "python" / name) == digest(tmp_path / "command" / name), name
    python, command_line = (segue.Model.open(tmp_path / name).manifest for name in ("python", "command"))
    for field in ("options", "blend", "blend_next", "dataset"):
        assert python.get(field) == command_line.get(field), field


def test_defaults_are_those_of_the_command_line(dataset: segue.Dataset, tmp_path: pathlib.Path):
    segue.train(dataset, tmp_path / "python", threads=1)
    subprocess.run(
        [SEGUE, "train", dataset.path, "-o", str(tmp_path / "command"), "--threads", "1", "--quiet"], check=True
    )
    assert digest(tmp_path / "python" / "vectors.npy") == digest(tmp_path / "command" / "vectors.npy")


def test_vectors_are_views_of_the_file(model: segue.Model):
    vectors = model.vectors
    assert vectors.dtype == np.float32 and vectors.shape == (len(model), 16)
    assert not vectors.flags.writeable and not vectors.flags.owndata
    assert np.array_equal(vectors, np.load(os.path.join(model.path, "vectors.npy")))
    assert np.array_equal(model.context_vectors, np.load(os.path.join(model.path, "context.npy")))
    with pytest.raises(ValueError, match="read-only"):
        vectors[0, 0] = 1


def test_vectors_outlive_the_model(dataset: segue.Dataset):
    model = segue.train(dataset, dim=8, epochs=1, threads=1, fit_blend="off")
    vectors, path = model.vectors, model.path
    before = vectors.copy()
    del model
    gc.collect()
    assert not os.path.exists(path)
    assert np.array_equal(vectors, before)


def test_rows_are_songs_everywhere(model: segue.Model):
    songs = model.songs.to_polars()
    assert model.ids == songs["id"].to_list()
    assert model.plays.tolist() == songs["plays"].to_list()
    assert len(model) == len(model.ids) == len(model.vectors)


def test_saved_models_are_the_same(model: segue.Model, tmp_path: pathlib.Path):
    model.save(tmp_path / "copy")
    copy = segue.Model.open(tmp_path / "copy")
    assert np.array_equal(copy.vectors, model.vectors)
    model.save(tmp_path / "copy")  # replaces it
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(segue.WrongUse, match="refusing to replace a folder"):
        model.save(tmp_path / "other")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"wndow": 3}, r"unknown option wndow \(did you mean window\?\)"),
        ({"window": 0}, 'window: expected a whole number from 1 to 1000, found "0"'),
        ({"window": "wide"}, 'window: expected a whole number from 1 to 1000, found "wide"'),
        ({"window": True}, "window: expected a whole number from 1 to 1000, found True"),
        ({"preset": "none at all"}, 'preset: expected one of auto, none, found "none at all"'),
        ({"dynamic_window": 1}, "dynamic_window: expected true or false, found 1"),
        ({"dim": [1, 2]}, r"dim: expected a whole number from 1 to 4096, found \[1, 2\]"),
    ],
)
def test_wrong_options(dataset: segue.Dataset, options, words):
    with pytest.raises(segue.WrongUse, match=words) as raised:
        segue.train(dataset, **options)
    assert isinstance(raised.value, ValueError) and raised.value.code == "wrong_use"


def test_a_model_trained_from_another_stays_close(dataset: segue.Dataset, model: segue.Model):
    later = segue.train(dataset, from_=model, epochs=1, threads=1)
    assert later.manifest["start"]["songs_kept"] == later.vectors.shape[0] - later.manifest["start"]["songs_new"]
    assert later.manifest["start"]["cosine"]["mean"] > 0.9
    assert later.manifest["options"]["dim"] == model.manifest["options"]["dim"]
    with pytest.raises(segue.WrongUse, match="expected a model of dim 17, found 16"):
        segue.train(dataset, from_=model, dim=17, threads=1)


def test_new_songs_are_placed_as_by_the_command_line(model: segue.Model, tmp_path: pathlib.Path):
    queues = [["s1", "new", "s2", "s3"], ["s4", "new", "s5", "s6"]]
    today = segue.Dataset.from_lists(queues)
    later, report = model.place(tmp_path / "python", dataset=today, threads=1)
    assert report["placed"] == 1 and report["known"] == 0 and report["without_vector"] == 0
    assert report["songs"] == [
        {"id": "new", "plays": 2, "near": 6, "album_songs": 0, "artist_songs": 0, "tag_songs": 0}
    ]
    assert len(later) == len(model) + 1 and later.path == str(tmp_path / "python")
    assert later.similar("new", k=5) and all(int(song.id[1:]) < 30 for song in later.similar("new", k=5))
    command = [SEGUE, "place", model.path, "--dataset", today.path, "-o", str(tmp_path / "command"), "--quiet"]
    subprocess.run(command, check=True)
    assert digest(tmp_path / "python" / "vectors.npy") == digest(tmp_path / "command" / "vectors.npy")
    songs = tmp_path / "releases.csv"
    songs.write_text("id,title,artist\nnewer,A Title,Artist 3\n")
    kept, report = later.place(songs=songs)  # a temporary folder
    assert report["songs"][0]["artist_songs"] == 3 and len(kept) == len(model) + 2
    assert kept.manifest["new_songs"]["songs"] == 2
    with pytest.raises(segue.WrongUse, match="neither"):
        model.place()
    with pytest.raises(segue.NotFound):
        model.place(songs=tmp_path / "missing.csv")


def test_a_later_model_is_compared(model: segue.Model, dataset: segue.Dataset):
    same = model.compare(model, threads=1)
    assert same.report["neighbours_kept"] == 1 and same.judged is None
    assert min(same.cosines.values()) > 0.999 and set(same.cosines) == {f"s{i}" for i in range(60)}
    later = segue.train(dataset, from_=model, epochs=1, threads=1, learning_rate=0.1, fit_blend="off")
    found = model.compare(later, dataset=dataset, judge_after="2023-11-15", k=5, threads=1)
    assert found.report["songs_both"] == 60 and 0 < found.report["neighbours_kept"] < 1
    cosines = list(found.cosines.values())
    assert cosines == sorted(cosines) and cosines[0] < 0.999
    assert found.judged is not None and found.judged["verdict"] in ("worse", "undecided", "better")
    assert found.judged["positions"] > 100
    with pytest.raises(segue.WrongUse, match="judge_after: expected a dataset"):
        model.compare(later, judge_after="2023-11-15")
    with pytest.raises(segue.WrongUse, match="judge_after"):
        model.compare(later, dataset=dataset, judge_after="yesterday")


def test_numbers_of_numpy_are_numbers(dataset: segue.Dataset):
    model = segue.train(
        dataset,
        dim=np.int64(8),
        learning_rate=np.float32(0.05),
        epochs=np.uint8(1),
        fit_blend="off",
        dynamic_window=np.bool_(False),
    )
    assert model.manifest["options"]["dim"] == 8 and model.manifest["options"]["dynamic_window"] is False


def test_missing_and_foreign_folders(tmp_path: pathlib.Path, dataset: segue.Dataset):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        segue.Model.open(tmp_path / "none")
    with pytest.raises(segue.WrongUse):
        segue.Model.open(dataset.path)
    with pytest.raises(segue.NotFound):
        segue.train(tmp_path / "none")


def test_a_corrupt_model_is_refused(model: segue.Model, tmp_path: pathlib.Path):
    model.save(tmp_path / "model")
    file = tmp_path / "model" / "vectors.npy"
    content = file.read_bytes()
    file.unlink()  # it may be a link to that of the other model
    file.write_bytes(content[:-4])
    with pytest.raises(segue.Corrupt, match="vectors.npy"):
        segue.Model.open(tmp_path / "model")
