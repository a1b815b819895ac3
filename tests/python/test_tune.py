"""The search for training options."""

import pytest

import segue

QUICK = {"trials": 6, "space": "window=2..6, epochs=1..3", "dim": 8, "threads": 1, "positions": 200, "split": "queues"}


def test_the_best_options_train_a_model(dataset: segue.Dataset):
    found = segue.tune(dataset, **QUICK)
    trials = found.to_pydict()
    assert len(trials["trial"]) >= 2 and set(trials["window"]) <= set(range(1, 7))
    assert max(score for score in trials["all_ndcg"] if score is not None) == found.document["best"]["all"]["ndcg"]
    assert found.options["dim"] == 8
    model = segue.train(dataset, fit_blend="off", **found.options)
    assert model.manifest["options"]["window"] == found.options["window"]


def test_a_journal_is_gone_on_with(dataset: segue.Dataset, tmp_path):
    first = segue.tune(dataset, tmp_path / "trials", **QUICK)
    again = segue.tune(dataset, tmp_path / "trials", **QUICK)
    assert again.document["trials"] == first.document["trials"]
    with pytest.raises(segue.WrongUse, match="trials"):
        segue.tune(dataset, tmp_path / "trials", **{**QUICK, "dim": 9})


def test_wrong_spaces(dataset: segue.Dataset):
    with pytest.raises(segue.WrongUse, match="windw"):
        segue.tune(dataset, space="windw=2..5")
    with pytest.raises(segue.WrongUse, match="expected a limit"):
        segue.tune(dataset, trials=0, time="0s")
