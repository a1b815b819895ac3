"""Segue: song vectors and recommendations from listening queues.

    import segue
    dataset = segue.Dataset.from_frame(listens)      # pandas, Polars, pyarrow, DuckDB
    model = segue.train(dataset, dim=64)
    model.similar("Bill Evans Waltz for Debby")
    model.recommend(["song-1", "song-2"], k=20)

Options are those of the command line, with the same names and defaults (docs/options.md).
"""

from ._core import __version__
from ._dataset import Dataset, ingest
from ._errors import *  # noqa: F403
from ._errors import __all__ as _error_names
from ._model import Model, train
from ._table import Table

__all__ = ["Dataset", "Model", "Table", "__version__", "ingest", "train", *_error_names]
