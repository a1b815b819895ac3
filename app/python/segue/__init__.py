"""Segue: song vectors and recommendations from listening queues.

    import segue
    dataset = segue.Dataset.from_frame(listens)      # pandas, Polars, pyarrow, DuckDB
    model = segue.train(dataset, dim=64)
    model.similar("Bill Evans Waltz for Debby")
    model.recommend(["song-1", "song-2"], k=20)

Options are those of the command line, with the same names and defaults (docs/options.md).
"""

from ._core import version as __version__
from ._dataset import Dataset, ingest
from ._errors import *
from ._errors import __all__ as _error_names
from ._evaluation import Evaluation, evaluate
from ._lists import SongList
from ._model import Comparison, ListStream, Model, Placed, SongMap, train
from ._replies import JourneySong, RadioSong, RecommendedSong, SimilarSong, Song
from ._table import Table
from ._tuning import Tuning, tune

__all__ = [
    "Comparison",
    "Dataset",
    "Evaluation",
    "JourneySong",
    "ListStream",
    "Model",
    "Placed",
    "RadioSong",
    "RecommendedSong",
    "SimilarSong",
    "Song",
    "SongList",
    "SongMap",
    "Table",
    "Tuning",
    "__version__",
    "evaluate",
    "ingest",
    "train",
    "tune",
    *_error_names,
]
