"""Options in docstrings, from the tables that check them."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

from . import _core

Function = TypeVar("Function", bound=Callable[..., Any])


def with_options(job: str) -> Callable[[Function], Function]:
    """Adds the options of a job to the end of a function's docstring."""

    def add(function: Function) -> Function:
        if function.__doc__ is not None:  # python -OO drops docstrings
            function.__doc__ = f"{inspect.cleandoc(function.__doc__)}\n\n{_section(job)}"
        return function

    return add


def _section(job: str) -> str:
    lines = ["Options, each a keyword (its default):"]
    for option in _core.options(job):
        wanted = ", ".join(option["choices"]) or option["wanted"]
        default = option["default"] or "none"
        lines += textwrap.wrap(
            f"{option['name']} ({default}): {option['help']}. Expects {wanted}.",
            100,
            initial_indent="    ",
            subsequent_indent="        ",
        )
    return "\n".join(lines)
