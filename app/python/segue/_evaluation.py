"""Evaluation: how often a method predicts the next song."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _core
from ._dataset import Dataset
from ._docs import with_options
from ._folders import StrPath
from ._html import html_table
from ._progress import log_notes, shower

if TYPE_CHECKING:
    from typing import Unpack

    import pandas
    import polars

    from ._options import EvaluateOptions

Predict = Callable[[list[str], int], Sequence[str]]


class Evaluation:
    """The scores of every method in every mode, with 95 % intervals.

    Gains are differences from the reference, the best baseline of the mode. Their intervals are paired: both methods
    are measured at the same positions, and whole users or playlists are resampled.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        """Everything that was measured, as `segue evaluate --json` has it."""

    def to_pydict(self) -> dict[str, list[Any]]:
        """A row for each seed, mode and method: hit rate, NDCG, MRR and recall by cutoff, gains and intervals."""
        rows = [
            row
            for run in self.document["runs"]
            for mode, scores in run["modes"].items()
            for row in _rows(run["seed"], mode, scores)
        ]
        names = list(dict.fromkeys(name for row in rows for name in row))
        return {name: [row.get(name) for row in rows] for name in names}

    def to_pandas(self) -> pandas.DataFrame:
        """The rows of `to_pydict` as a `pandas.DataFrame`."""
        import pandas

        return pandas.DataFrame(self.to_pydict())

    def to_polars(self) -> polars.DataFrame:
        """The rows of `to_pydict` as a `polars.DataFrame`."""
        import polars

        return polars.DataFrame(self.to_pydict(), strict=False)

    def _shown(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        columns = self.to_pydict()
        names: list[str] = [
            name
            for name in ("mode", "method", "hit_rate_10", "ndcg_10", "ndcg_gain", "ndcg_gain_low", "ndcg_gain_high")
            if name in columns
        ]
        return names, list(zip(*(columns[name] for name in names)))

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), "accuracy of the next song")

    def __repr__(self) -> str:
        names, rows = self._shown()
        cells = [
            names,
            *([f"{value:.4f}" if isinstance(value, float) else str(value) for value in row] for row in rows),
        ]
        widths = [max(len(row[at]) for row in cells) for at in range(len(names))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells)


def _rows(seed: int, mode: str, scores: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for method in scores["models"]:
        row = {
            "seed": seed,
            "mode": mode,
            "positions": scores["positions"],
            "method": method["name"],
            "baseline": method["baseline"],
            "reference": method["name"] == scores["reference"],
        }
        for metric in ("hit_rate", "ndcg", "mrr", "recall"):
            row.update({f"{metric}_{cutoff}": value for cutoff, value in method[metric].items()})
        for name in ("hit_rate", "ndcg", "hit_rate_gain", "ndcg_gain"):
            if name.endswith("gain"):
                row[name] = method[name]
            if f"{name}_interval" in method:
                row[f"{name}_low"], row[f"{name}_high"] = method[f"{name}_interval"]
        row.update(fit_seconds=method["fit_seconds"], rank_seconds=method["rank_seconds"])
        rows.append(row)
    return rows


@with_options("evaluate")
def evaluate(
    dataset: Dataset | StrPath,
    methods: Mapping[str, Predict] | None = None,
    *,
    progress: bool = False,
    **options: Unpack[EvaluateOptions],
) -> Evaluation:
    """Measures how often methods predict the next song, as `segue evaluate` does.

    A part of the dataset is held out; every method learns from the rest and lists the songs it expects at each position
    of the held-out part. `methods`: functions to measure beside those of Segue. Each is called as
    `function(history, k)` with the ids of the songs played before, the newest last, and gives ids, the likeliest first;
    it should have learnt from the same training part, or from other data. Ids that the training part does not have are
    ignored, and so are songs just heard where the task is to predict something new. Each is compared with the best
    baseline.

    Raises BadInput for a dataset too small to split, WrongUse for a name that is taken or an option out of its range,
    and what a function raises.
    """
    opened = dataset if isinstance(dataset, Dataset) else Dataset.open(dataset)
    document = _core.evaluate(opened._opened, dict(methods or {}), dict(options), shower(progress))
    log_notes(document[name] for name in ("untuned_because", "unfitted_because") if name in document)
    return Evaluation(document)
