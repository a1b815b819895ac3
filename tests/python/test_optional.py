"""What needs packages that Segue does not: imported by itself only, and named where it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

HIDE = """
import importlib.abc, sys
class Hidden(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {"anywidget", "gensim", "pandas", "polars", "pyarrow", "pyspark", "scipy", "sklearn"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hidden())
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", HIDE + script], capture_output=True, text=True)


def test_gensims_names_need_numpy_alone() -> None:
    done = run(
        "from segue.word2vec import Word2Vec\n"
        "model = Word2Vec([['a', 'b', 'c']] * 50, vector_size=8, workers=1)\n"
        "print(len(model.wv.most_similar('a')))"
    )
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr


@pytest.mark.parametrize(("module", "package"), [("sklearn", "scikit-learn"), ("widget", "anywidget")])
def test_a_missing_package_is_named(module: str, package: str) -> None:
    assert f"ImportError: segue.{module} needs {package}: pip install {package}" in run(f"import segue.{module}").stderr


def test_spark_names_its_extra() -> None:
    assert "ImportError: segue.spark needs pyspark: pip install 'segue[spark]'" in run("import segue.spark").stderr


def test_correlations_name_scipy() -> None:
    done = run("from segue.keyed_vectors import KeyedVectors\nKeyedVectors(['a'], [[1.0]]).evaluate_word_pairs('none')")
    assert "segue.Unsupported: evaluate_word_pairs needs SciPy: pip install scipy" in done.stderr
