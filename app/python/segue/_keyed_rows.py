"""Sums over many rows that take no memory of the size of the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def lengths(rows: NDArray[Any]) -> NDArray[Any]:
    """The length of each row, without the copy that numpy.linalg.norm makes."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)))


def unit(vector: NDArray[Any]) -> NDArray[Any]:
    """The vector scaled to length 1; a zero vector as it is."""
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def most(scores: NDArray[Any], count: int) -> NDArray[np.intp]:
    """The indices of the largest scores, the largest first and ties in their order."""
    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        chosen = np.flatnonzero(scores >= least)
    else:
        chosen = np.arange(len(scores))
    return np.asarray(chosen[np.argsort(-scores[chosen], kind="stable")])
