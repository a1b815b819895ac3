"""The estimators: scikit-learn's own checks, and their place in its pipelines."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas
import pytest
from conftest import half, queues
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

import segue
from segue.keyed_vectors import KeyedVectors
from segue.sklearn import HistoryVectors, SongVectors
from segue.word2vec import Word2Vec

HISTORIES = queues(count=300)
LABELS = [half(history[0]) for history in HISTORIES]
TRAINING: dict[str, Any] = {"dim": 8, "epochs": 5, "threads": 1, "subsample": 0.0}


class OfNumbers(HistoryVectors):
    """HistoryVectors on the tables of numbers that scikit-learn's checks make: each number, rounded, is a song."""

    def fit(self, X: Any, y: Any = None) -> HistoryVectors:
        return super().fit(self._songs(validate_data(self, X)))

    def transform(self, X: Any) -> NDArray[np.float32]:
        estimator_checks.check_is_fitted(self)
        return super().transform(self._songs(validate_data(self, X, reset=False)))

    @staticmethod
    def _songs(X: Any) -> list[list[str]]:
        return [[f"{column}:{round(float(value))}" for column, value in enumerate(row)] for row in X]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.string = False
        return tags


EXPECTED_FAILURES = {
    "check_fit2d_1feature": "queues of one song teach nothing, and the error says that instead of counting features",
}


@parametrize_with_checks(
    [OfNumbers(dim=4, epochs=1, threads=1, min_plays=1)], expected_failed_checks=lambda _: EXPECTED_FAILURES
)
def test_checks_of_scikit_learn_with_data(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("estimator", [SongVectors(), HistoryVectors(), HistoryVectors(dim=4, half_life=3)], ids=str)
@pytest.mark.parametrize(
    "check",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_valid_tag_types",
        "check_no_attributes_set_in_init",
        "check_mixin_order",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
        "check_do_not_raise_errors_in_init_or_set_params",
    ],
)
def test_checks_of_scikit_learn_without_data(estimator: Any, check: str) -> None:
    getattr(estimator_checks, check)(type(estimator).__name__, estimator)


def test_a_history_is_the_mean_of_its_songs() -> None:
    songs = KeyedVectors(["a", "b", "zero"], np.array([[3, 0], [0, 5], [0, 0]], dtype=np.float32))
    vectors = HistoryVectors(songs, normalize=False).fit([])
    histories = [["a"], ["a", "b", "a", "unknown"], [], ["unknown"], ["zero"], ("b",)]
    np.testing.assert_allclose(vectors.transform(histories), [[1, 0], [2 / 3, 1 / 3], [0, 0], [0, 0], [0, 0], [0, 1]])
    assert vectors.transform([]).shape == (0, 2)
    recent = HistoryVectors(songs, half_life=1, normalize=False).fit([])
    np.testing.assert_allclose(recent.transform([["a", "b"], ["b", "unknown", "a"]]), [[1 / 3, 2 / 3], [2 / 3, 1 / 3]])
    unit = HistoryVectors(songs).fit([])
    np.testing.assert_allclose(unit.transform([["a", "b"], []]), [[0.5**0.5, 0.5**0.5], [0, 0]], rtol=1e-6)


def test_songs_become_their_vectors(model: segue.Model, tmp_path: Any) -> None:
    model.save(tmp_path / "model")
    for source in (model, model.wv, tmp_path / "model", str(tmp_path / "model")):
        vectors = SongVectors(source, normalize=False).fit().transform(["s1", "unknown", "s2"])
        np.testing.assert_array_equal(vectors, [model.wv["s1"], np.zeros(16), model.wv["s2"]])
    in_column = SongVectors(model, normalize=False).fit_transform(pandas.DataFrame({"song": ["s1", "unknown", "s2"]}))
    np.testing.assert_array_equal(in_column, vectors)
    np.testing.assert_allclose(np.linalg.norm(SongVectors(model).fit_transform(["s1", "x"]), axis=1), [1, 0], rtol=1e-6)
    with pytest.raises(KeyError, match="key 'unknown' is not among"):
        SongVectors(model, unknown="error").fit().transform(["unknown"])


def test_training_is_that_of_the_library() -> None:
    fitted = HistoryVectors(**TRAINING).fit(HISTORIES)
    dataset = segue.Dataset.from_lists(HISTORIES, identity="id", min_session=1)
    np.testing.assert_array_equal(fitted.model_.vectors, segue.train(dataset, fit_blend="off", **TRAINING).vectors)
    assert len(fitted.model_.recommend(HISTORIES[0], k=5)) == 5


def test_a_pipeline_predicts_and_a_grid_searches_options() -> None:
    pipeline = make_pipeline(HistoryVectors(**TRAINING), LogisticRegression())
    grid = GridSearchCV(pipeline, {"historyvectors__window": [2, 5], "historyvectors__half_life": [None, 4]}, cv=2)
    grid.fit(HISTORIES, LABELS)
    assert grid.best_score_ > 0.95
    assert set(grid.best_params_) == {"historyvectors__window", "historyvectors__half_life"}


def test_columns_of_a_frame(model: segue.Model) -> None:
    frame = pandas.DataFrame({"song": [history[0] for history in HISTORIES], "history": HISTORIES})
    columns = ColumnTransformer([("song", SongVectors(model), ["song"]), ("history", HistoryVectors(model), "history")])
    features = columns.set_output(transform="pandas").fit_transform(frame)
    assert features.shape == (300, 32)
    assert list(features.columns[[0, 31]]) == ["song__songvectors0", "history__historyvectors15"]


def test_parameters_are_the_options_of_training() -> None:
    of_runs = {"checkpoint_every", "resume", "output", "from_", "warm", "fresh_passes"}
    names = {option["name"] for option in segue._core.options("train")} - of_runs
    assert names < set(HistoryVectors().get_params())
    assert HistoryVectors().set_params(window=3).get_params()["window"] == 3
    with pytest.raises(ValueError, match="Invalid parameter 'windo'"):
        HistoryVectors().set_params(windo=3)
    with pytest.raises(TypeError, match="windo"):
        HistoryVectors(windo=3)


def test_clones_and_pickles(model: segue.Model) -> None:
    for source in (model, model.wv, Word2Vec(HISTORIES, vector_size=8, workers=1)):
        made = HistoryVectors(source).fit([])
        assert clone(made).model is source
        read = pickle.loads(pickle.dumps(made))
        np.testing.assert_array_equal(read.transform(HISTORIES), made.transform(HISTORIES))
        np.testing.assert_array_equal(clone(read).fit([]).transform(HISTORIES), made.transform(HISTORIES))
    trained = HistoryVectors(**TRAINING).fit(HISTORIES)
    features = trained.transform(HISTORIES)
    stored = pickle.dumps(trained)
    del trained
    np.testing.assert_array_equal(pickle.loads(stored).transform(HISTORIES), features)


@pytest.mark.parametrize(
    ("estimator", "X", "sentence"),
    [
        (SongVectors(), None, "expected a model, found None"),
        (SongVectors(KeyedVectors(3), unknown="guess"), None, "'zero' or 'error', found 'guess'"),
        (HistoryVectors(), ["a text"], r"histories\[0\]: expected a list of ids, found 'a text'"),
        (HistoryVectors(), [["a"], 7], r"histories\[1\]"),
        (HistoryVectors(), np.zeros((2, 2)), "one column"),
        (HistoryVectors(half_life=0), HISTORIES, "half_life above 0"),
        (HistoryVectors(dim=0), HISTORIES, "dim"),
        (HistoryVectors(KeyedVectors(3), dim=4), HISTORIES, r"found both \(dim\)"),
    ],
    ids=str,
)
def test_wrong_use(estimator: Any, X: Any, sentence: str) -> None:
    with pytest.raises(segue.WrongUse, match=sentence):
        estimator.fit(X)
