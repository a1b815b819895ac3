"""Segue on Apache Spark: datasets, training and lists where the rows are. Needs segue[spark].

    from segue import spark as on_spark
    on_spark.ingest(session.table("listens"), "/shared/dataset")
    on_spark.train(session, "/shared/dataset", "/shared/model", ranks=4)
    on_spark.recommend(histories, "/shared/model", k=50).write.parquet("/lists")

Executors need this package too (docs/spark.md). From a shell: `python -m segue.spark --help`.
"""

try:
    import pyspark  # noqa: F401

    import pyarrow  # noqa: F401
except ImportError as error:
    raise ImportError(f"segue.spark needs {error.name}: pip install 'segue[spark]'") from error

from ._ingest import ingest
from ._lists import recommend, similar
from ._train import train

__all__ = ["ingest", "recommend", "similar", "train"]
