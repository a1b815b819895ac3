"""The search for better training options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _core
from ._dataset import Dataset
from ._docs import with_options
from ._folders import Folder, StrPath
from ._html import html_table
from ._progress import shower

if TYPE_CHECKING:
    from typing import Unpack

    import pandas
    import polars

    from ._options import TuneOptions


class Tuning:
    """What a search found: `train(dataset, **tuning.options)` trains with it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        """Everything that was tried."""

    @property
    def options(self) -> dict[str, Any]:
        """The best training options, as keywords of `train`."""
        options: dict[str, Any] = self.document["options"]
        return options

    def to_pydict(self) -> dict[str, list[Any]]:
        """A row for each trial: its options and its scores on the validation part."""
        rows = [_flat(trial) for trial in self.document["trials"]]
        names = list(dict.fromkeys(name for row in rows for name in row))
        return {name: [row.get(name) for row in rows] for name in names}

    def to_pandas(self) -> pandas.DataFrame:
        """The trials as a `pandas.DataFrame`."""
        import pandas

        return pandas.DataFrame(self.to_pydict())

    def to_polars(self) -> polars.DataFrame:
        """The trials as a `polars.DataFrame`."""
        import polars

        return polars.DataFrame(self.to_pydict(), strict=False)

    def _repr_html_(self) -> str:
        columns = self.to_pydict()
        return html_table(list(columns), list(zip(*columns.values())), "trials")

    def __repr__(self) -> str:
        return f"<segue.Tuning: {len(self.document['trials'])} trials, the best with {self.options}>"


def _flat(trial: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in trial.items():
        if isinstance(value, dict):
            flat.update(
                {f"{name}_{inner}" if name in ("sample", "all") else inner: one for inner, one in value.items()}
            )
        else:
            flat[name] = value
    return flat


@with_options("tune")
def tune(
    dataset: Dataset | StrPath,
    journal: StrPath | None = None,
    *,
    progress: bool = False,
    **options: Unpack[TuneOptions],
) -> Tuning:
    """Searches for training options that predict the next song better, as `segue tune` does.

    Options that are given are kept, the others are searched, on the validation part only. `journal`: a file for the
    trials; a search with the same journal goes on after them. It takes as long as the options `time` and `trials`
    allow: an hour unless they say otherwise.

    Raises BadInput for a dataset too small to split, WrongUse for an option that is unknown or out of its range.
    """
    opened = dataset if isinstance(dataset, Dataset) else Dataset.open(dataset)
    trials = Folder(journal, "trials")
    return Tuning(_core.tune(opened._opened, trials.path, dict(options), shower(progress)))
