"""What Segue raises: `Error`, and a class for each kind of error, also a kind of Python's own where there is one."""

from ._core import (
    BadInput,
    Corrupt,
    Error,
    Exhausted,
    Forbidden,
    Interrupted,
    IoFailed,
    NoSpace,
    NotFound,
    TooLarge,
    TooMany,
    Unauthorised,
    Unavailable,
    Unsupported,
    WrongUse,
)

__all__ = [
    "BadInput",
    "Corrupt",
    "Error",
    "Exhausted",
    "Forbidden",
    "Interrupted",
    "IoFailed",
    "NoSpace",
    "NotFound",
    "TooLarge",
    "TooMany",
    "Unauthorised",
    "Unavailable",
    "Unsupported",
    "WrongUse",
]
