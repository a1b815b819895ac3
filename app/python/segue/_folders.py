"""Where datasets and models lie: a folder of the user's, or a temporary one that lives as long as the object."""

from __future__ import annotations

import os
import tempfile
from typing import Union

StrPath = Union[str, "os.PathLike[str]"]


class Folder:
    """The path of a folder, and the temporary folder around it if it is ours."""

    def __init__(self, output: StrPath | None, name: str) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if output is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="segue-", ignore_cleanup_errors=True)
            self.path = os.path.join(self._temporary.name, name)
        else:
            self.path = os.fspath(output)
