"""Scoring keyed vectors against what people say: pairs of similar keys, and analogies."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ._errors import BadInput, Unsupported
from ._folders import StrPath
from ._vector_files import open_packed

if TYPE_CHECKING:
    from .keyed_vectors import KeyedVectors

_log = logging.getLogger("segue")

Section = dict[str, Any]
Correlation = tuple[float, float]


def _known(vectors: KeyedVectors, restrict_vocab: int | None, case_insensitive: bool) -> dict[str, int]:
    """The row of each key, the first of those that differ in case only."""
    rows: dict[str, int] = {}
    for row, key in enumerate(vectors.index_to_key[:restrict_vocab]):
        rows.setdefault(str(key).upper() if case_insensitive else str(key), row)
    return rows


def _lines(path: StrPath, encoding: str) -> Iterator[tuple[int, str]]:
    with open_packed(path, "rb") as file:
        for number, line in enumerate(file, 1):
            yield number, line.decode(encoding)


def score_pairs(
    vectors: KeyedVectors,
    pairs: StrPath,
    delimiter: str,
    encoding: str,
    restrict_vocab: int | None,
    case_insensitive: bool,
    dummy4unknown: bool,
) -> tuple[Correlation, Correlation, float]:
    """See KeyedVectors.evaluate_word_pairs."""
    try:
        from scipy import stats
    except ImportError as error:
        raise Unsupported("evaluate_word_pairs needs SciPy: pip install scipy") from error
    rows = _known(vectors, restrict_vocab, case_insensitive)
    told: list[float] = []
    found: list[float] = []
    unknown = 0
    for number, line in _lines(pairs, encoding):
        if line.startswith("#"):
            continue
        try:
            one, other, value = (line.upper() if case_insensitive else line).split(delimiter)
            similarity = float(value)
        except ValueError:
            _log.info("%s:%d: skipped, expected two keys and a number", pairs, number)
            continue
        if one not in rows or other not in rows:
            unknown += 1
            if dummy4unknown:
                told.append(similarity)
                found.append(0.0)
            continue
        told.append(similarity)
        found.append(vectors.similarity(vectors.index_to_key[rows[one]], vectors.index_to_key[rows[other]]))
    if not told:
        raise BadInput(f"{os.fspath(pairs)}: expected pairs of the {len(vectors):,} keys, found none")
    ratio = 100.0 * unknown / (len(told) if dummy4unknown else len(told) + unknown)
    return stats.pearsonr(told, found), stats.spearmanr(told, found), ratio


def _share(section: Section) -> float:
    right, wrong = len(section["correct"]), len(section["incorrect"])
    if right + wrong == 0:
        return 0.0
    _log.info("%s: %.1f%% (%d/%d)", section["section"], 100.0 * right / (right + wrong), right, right + wrong)
    return right / (right + wrong)


def score_analogies(
    vectors: KeyedVectors,
    analogies: StrPath,
    restrict_vocab: int | None,
    case_insensitive: bool,
    dummy4unknown: bool,
    similarity_function: str,
) -> tuple[float, list[Section]]:
    """See KeyedVectors.evaluate_word_analogies."""
    rows = _known(vectors, restrict_vocab, case_insensitive)
    nearest = getattr(vectors, similarity_function)
    sections: list[Section] = []
    for number, line in _lines(analogies, "utf-8"):
        if line.startswith(": "):
            sections.append({"section": line[2:].strip(), "correct": [], "incorrect": []})
            continue
        words = tuple((line.upper() if case_insensitive else line).split())
        if not sections:
            raise BadInput(f"{os.fspath(analogies)}:{number}: expected a line `: SECTION` before the first analogy")
        if len(words) != 4:
            _log.info("%s:%d: skipped, expected four keys", analogies, number)
            continue
        if not all(word in rows for word in words):
            if dummy4unknown:
                sections[-1]["incorrect"].append(words)
            continue
        a, b, c = (vectors.index_to_key[rows[word]] for word in words[:3])
        predicted = None
        for key, _ in nearest(positive=[b, c], negative=[a], topn=5, restrict_vocab=restrict_vocab):
            name = str(key).upper() if case_insensitive else str(key)
            if name in rows and name not in words[:3]:
                predicted = name
                break
        sections[-1]["correct" if predicted == words[3] else "incorrect"].append(words)
    total: Section = {"section": "Total accuracy", "correct": [], "incorrect": []}
    for section in sections:
        _share(section)
        total["correct"] += section["correct"]
        total["incorrect"] += section["incorrect"]
    if not total["correct"] and not total["incorrect"]:
        raise BadInput(f"{os.fspath(analogies)}: expected analogies of the {len(vectors):,} keys, found none")
    return _share(total), [*sections, total]
