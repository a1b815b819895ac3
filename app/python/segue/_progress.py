"""How long work reports: a bar of tqdm for each stage, and notes through logging."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

_log = logging.getLogger("segue")

Show = Callable[..., None]


def log_notes(notes: Iterable[str]) -> None:
    """Warns of what a user should know beside the result."""
    for note in notes:
        _log.warning("%s", note)


def shower(progress: bool) -> Show | None:
    """A function that draws bars, or None without `progress` or without tqdm."""
    if not progress:
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        _log.warning("progress=True shows bars if tqdm is installed: pip install tqdm")
        return None
    return _Bars(tqdm)


class _Bars:
    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._stage: tuple[str, int, str] | None = None

    def __call__(self, what: str | None, done: int = 0, total: int = 0, unit: str = "", note: str = "") -> None:
        stage = None if what is None else (what, total, unit)
        if stage != self._stage and self._bar is not None:
            self._bar.close()
            self._bar = None
        self._stage = stage
        if what is None:
            return
        if self._bar is None:
            self._bar = self._tqdm(total=total or None, desc=what, unit=f" {unit}" if unit else "it", unit_scale=True)
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(done - self._bar.n)
