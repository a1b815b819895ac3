"""Models on the machines of a cluster: fetched once a machine, opened once a process."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import threading
from dataclasses import dataclass

from .. import _core
from .._errors import Corrupt, WrongUse
from .._folders import StrPath
from .._model import Model


@dataclass(frozen=True)
class ModelPlace:
    """Which model, wherever it is opened: all tasks of a job, also those repeated later, take the same one.

    `uri`: a folder that all machines see, or s3://, gs://, http://, https://. `digest`: of its manifest. `cache`: a
    folder of each machine for models that lie elsewhere; "": one in the folder for temporary files.
    """

    uri: str
    digest: str
    cache: str


def model_place(model: Model | StrPath, cache: StrPath | None) -> ModelPlace:
    """The model that is at this place now."""
    uri = os.fspath(model)
    kept = "" if cache is None else os.fspath(cache)
    if _core.is_remote(uri):
        return ModelPlace(uri, _core.published_digest(uri, _cache_folder(kept)), kept)
    path = os.path.abspath(uri.removeprefix("file://"))
    Model.open(path)  # refuses what is no model before tasks start
    return ModelPlace(path, _digest_of(path), kept)


_opening = threading.Lock()
_opened: tuple[ModelPlace, Model] | None = None


def opened_model(place: ModelPlace) -> Model:
    """The model, mapped. A process keeps the last one open for the tasks that come after."""
    global _opened
    with _opening:
        if _opened is None or _opened[0] != place:
            _opened = None
            _opened = place, _open(place)
        return _opened[1]


def _open(place: ModelPlace) -> Model:
    if _core.is_remote(place.uri):
        return Model.open(_fetched(place))
    model = Model.open(place.uri)
    if (found := _digest_of(place.uri)) != place.digest:
        raise Corrupt(f"{place.uri}: expected the model {place.digest}, found {found}: it was replaced meanwhile")
    return model


def _fetched(place: ModelPlace) -> str:
    folder = _cache_folder(place.cache)
    name = hashlib.sha256(place.uri.encode()).hexdigest()[:16]
    # One process of a machine fetches; the others wait, and find the model there.
    with open(os.path.join(folder, f"{name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _core.fetch_model(place.uri, folder, place.digest, None)


def _cache_folder(given: str) -> str:
    if given:
        os.makedirs(given, exist_ok=True)
        return given
    # The folder for temporary files belongs to everybody: a folder of this name may be somebody else's.
    folder = os.path.join(tempfile.gettempdir(), f"segue-cache-{os.getuid()}")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    status = os.lstat(folder)
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise WrongUse(f"{folder}: expected a folder of this user alone, found another; give cache=")
    return folder


def _digest_of(path: str) -> str:
    with open(os.path.join(path, "manifest.json"), encoding="utf-8") as manifest:
        return str(json.load(manifest)["digest"])
