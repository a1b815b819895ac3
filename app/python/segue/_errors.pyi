"""What Segue raises, for type checkers."""

# Written by tools/python-package from the tables of the C++ library. Do not edit.

from typing import ClassVar

class Error(Exception):
    code: ClassVar[str]

class BadInput(Error, ValueError):
    code: ClassVar[str]

class Corrupt(Error):
    code: ClassVar[str]

class Exhausted(Error, MemoryError):
    code: ClassVar[str]

class Forbidden(Error):
    code: ClassVar[str]

class Interrupted(Error):
    code: ClassVar[str]

class IoFailed(Error, OSError):
    code: ClassVar[str]

class NoSpace(Error, OSError):
    code: ClassVar[str]

class NotFound(Error, FileNotFoundError):
    code: ClassVar[str]

class TooLarge(Error):
    code: ClassVar[str]

class TooMany(Error):
    code: ClassVar[str]

class Unauthorised(Error):
    code: ClassVar[str]

class Unavailable(Error):
    code: ClassVar[str]

class Unsupported(Error):
    code: ClassVar[str]

class WrongUse(Error, ValueError):
    code: ClassVar[str]

__all__ = ["Error", "BadInput", "Corrupt", "Exhausted", "Forbidden", "Interrupted", "IoFailed", "NoSpace", "NotFound", "TooLarge", "TooMany", "Unauthorised", "Unavailable", "Unsupported", "WrongUse"]
