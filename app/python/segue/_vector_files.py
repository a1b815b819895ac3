"""Files of keyed vectors: the formats of word2vec.c, and our own, which holds nothing but arrays."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Any, Union

import numpy as np
from numpy.typing import NDArray

from ._errors import BadInput, Corrupt, Unsupported, WrongUse
from ._folders import StrPath

Key = Union[str, int]

_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_CHUNK = 1 << 22
_FORMAT = "segue-keyed-vectors"
_VERSION = 1


def open_packed(path: StrPath, mode: str) -> IO[bytes]:
    """Opens a file for bytes, through gzip, bzip2 or xz if its name ends so."""
    name = os.fspath(path)
    opener = _OPENERS.get(os.path.splitext(name)[1], open)
    file: IO[bytes] = opener(name, mode)
    return file


@contextlib.contextmanager
def whole_file(path: StrPath) -> Iterator[IO[bytes]]:
    """A file to write that appears under its name at the end, or not at all."""
    name = os.fspath(path)
    # The suffix stays, for it says how the file is packed.
    handle, scratch = tempfile.mkstemp(".part" + os.path.splitext(name)[1], ".", os.path.dirname(name) or ".")
    os.close(handle)
    try:
        os.chmod(scratch, 0o666 & ~_umask())
        with open_packed(scratch, "wb") as file:
            yield file
        os.replace(scratch, name)
    except BaseException:
        os.unlink(scratch)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _encoded_keys(keys: Sequence[Key], prefix: str) -> list[bytes]:
    encoded = []
    for key in keys:
        text = f"{prefix}{key}"
        if not text or len(text.split()) != 1 or text != text.strip():
            raise WrongUse(f"key {key!r}: the word2vec formats hold keys without spaces and line breaks only")
        encoded.append(text.encode())
    return encoded


def write_word2vec(
    path: StrPath,
    keys: Sequence[Key],
    vectors: NDArray[Any],
    order: NDArray[np.intp],
    *,
    binary: bool,
    header: tuple[int, int] | None,
    prefix: str,
    append: bool,
) -> None:
    """Writes the rows named by `order`. `header`: the rows and numbers a row of the first line, if any."""
    encoded = _encoded_keys(keys, prefix)
    exact = "%.17g" if vectors.dtype.itemsize > 4 else "%.9g"
    line = " ".join([exact] * vectors.shape[1])
    with open_packed(path, "ab") if append else whole_file(path) as file:
        if header is not None:
            file.write(b"%d %d\n" % header)
        for row in order:
            if binary:
                file.write(encoded[row] + b" " + vectors[row].astype("<f4").tobytes())
            else:
                file.write(encoded[row] + b" " + (line % tuple(vectors[row].tolist())).encode() + b"\n")


def write_counts(
    path: StrPath, keys: Sequence[Key], counts: NDArray[Any], order: NDArray[np.intp], prefix: str
) -> None:
    """Writes a line a key: the key and its count."""
    encoded = _encoded_keys(keys, prefix)
    with whole_file(path) as file:
        for row in order:
            file.write(encoded[row] + b" " + str(counts[row].item()).encode() + b"\n")


def read_counts(path: StrPath, encoding: str, errors: str) -> dict[str, int]:
    """Reads what `write_counts`, gensim or word2vec.c's -save-vocab wrote."""
    counts = {}
    with open_packed(path, "rb") as file:
        for number, line in enumerate(file, 1):
            parts = line.split()
            if len(parts) != 2 or not parts[1].isdigit():
                raise BadInput(f"{os.fspath(path)}:{number}: expected a key and a count, found {line[:80]!r}")
            counts[parts[0].decode(encoding, errors)] = int(parts[1])
    return counts


def _read_header(file: IO[bytes], path: str) -> tuple[int, int]:
    parts = file.readline(200).split()
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise BadInput(f"{path}: expected a first line with the number of keys and of numbers a key, found {parts[:4]}")
    return int(parts[0]), int(parts[1])


def _short(path: str, wanted: int, found: int) -> Corrupt:
    return Corrupt(f"{path}: expected {wanted:,} keys, found {found:,}")


def _text_rows(
    file: IO[bytes], path: str, rows: int | None, dim: int | None, first: int
) -> Iterator[tuple[bytes, Any]]:
    """Rows until the end of the file if `rows` is None."""
    found = 0
    while rows is None or found < rows:
        line = file.readline()
        if not line:
            if rows is not None:
                raise _short(path, rows, found)
            return
        if dim is None:
            dim = len(line.split()) - 1
        parts = line.rsplit(None, dim)
        try:
            numbers = np.array(parts[1:], dtype=np.float64)
        except ValueError:
            numbers = np.empty(0)
        if dim < 1 or len(numbers) != dim:
            raise BadInput(f"{path}:{first + found}: expected a key and {dim} numbers, found {line[:80]!r}")
        found += 1
        yield parts[0].strip(), numbers


def _binary_rows(file: IO[bytes], path: str, rows: int, dim: int) -> Iterator[tuple[bytes, Any]]:
    chunk, start = b"", 0
    for found in range(rows):
        while True:
            space = chunk.find(b" ", start)
            end = space + 1 + 4 * dim
            if space >= 0 and end <= len(chunk):
                break
            more = file.read(_CHUNK)
            if not more:
                raise _short(path, rows, found)
            chunk, start = chunk[start:] + more, 0
        # word2vec.c puts a line break after a row, which is before the next key.
        yield chunk[start:space].lstrip(b"\n"), np.frombuffer(chunk, "<f4", dim, space + 1)
        start = end


def read_word2vec(
    path: StrPath, *, binary: bool, encoding: str, errors: str, limit: int | None, dtype: Any, no_header: bool
) -> tuple[list[str], NDArray[Any]]:
    """Keys and their vectors, keys x numbers; the first of several rows with the same key counts.

    Raises BadInput for a file of another form, Corrupt if rows are missing, FileNotFoundError.
    """
    if binary and no_header:
        raise WrongUse("no_header=True: the binary format needs its first line, which says how long the vectors are")
    name = os.fspath(path)
    index: dict[str, None] = {}
    taken: list[NDArray[Any]] = []
    dim = 0
    with open_packed(path, "rb") as file:
        rows: int | None = limit
        if not no_header:
            promised, dim = _read_header(file, name)
            rows = promised if limit is None else min(promised, limit)
        if binary:
            found = _binary_rows(file, name, rows or 0, dim)
        else:
            found = _text_rows(file, name, None if no_header else rows, dim or None, 1 if no_header else 2)
        for number, (raw, numbers) in enumerate(found):
            if rows is not None and number >= rows:
                break
            key = raw.decode(encoding, errors)
            if key not in index:
                index[key] = None
                taken.append(numbers.astype(dtype))
    vectors = np.vstack(taken) if taken else np.empty((0, dim), dtype)
    return list(index), vectors


def save_arrays(path: StrPath, keys: Sequence[Key], vectors: NDArray[Any], attributes: dict[str, NDArray[Any]]) -> None:
    """Writes an uncompressed .npz whose vectors begin at a multiple of 64 bytes, so that `load_arrays` can map them."""
    if any(isinstance(key, bool) or not isinstance(key, (str, int, np.integer)) for key in keys):
        raise WrongUse("save: keys can be str or int")
    about = {"format": _FORMAT, "version": _VERSION, "attributes": sorted(attributes)}
    are_numbers = np.array([not isinstance(key, str) for key in keys], dtype=bool)
    texts = [str(key).encode() for key in keys]
    members = {
        "vectors": np.ascontiguousarray(vectors),
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "key_bytes": np.frombuffer(b"".join(texts), np.uint8),
        "key_sizes": np.array([len(text) for text in texts], dtype=np.uint32),
        "key_is_number": are_numbers,
    }
    for name, values in attributes.items():
        if values.dtype.hasobject:
            raise WrongUse(f"save: expected numbers as attribute {name!r}, found values of several kinds")
        members["attribute." + name] = values
    with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, values in members.items():
            info = zipfile.ZipInfo(name + ".npy")
            # A member is preceded by 30 bytes, its name, an extra field of 20 bytes for sizes, and this one.
            info.extra = _padding(file.tell() + 30 + len(info.filename) + 20)
            with archive.open(info, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, values, allow_pickle=False)


def _padding(offset: int) -> bytes:
    size = -(offset + 4) % 64
    return b"\xff\xff" + size.to_bytes(2, "little") + bytes(size)


def load_arrays(path: StrPath, mapped: bool) -> tuple[list[Key], NDArray[Any], dict[str, NDArray[Any]]]:
    """What `save_arrays` wrote. `mapped`: the vectors are read-only and stay in the file until they are used.

    Raises FileNotFoundError, Unsupported for a file that is not ours, Corrupt for a damaged one.
    """
    name = os.fspath(path)
    if not zipfile.is_zipfile(name):
        os.stat(name)
        raise Unsupported(
            f"{name}: no file of KeyedVectors.save; a file that gensim saved is opened by gensim alone, whose "
            "save_word2vec_format writes what load_word2vec_format reads"
        )
    try:
        with np.load(name, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            if about["format"] != _FORMAT or about["version"] > _VERSION:
                raise Unsupported(f"{name}: expected {_FORMAT} {_VERSION}, found {about['format']} {about['version']}")
            blob = stored["key_bytes"].tobytes()
            ends = np.cumsum(stored["key_sizes"], dtype=np.int64).tolist()
            texts = [blob[start:end].decode() for start, end in zip([0, *ends], ends)]
            keys: list[Key] = [
                int(text) if is_number else text for text, is_number in zip(texts, stored["key_is_number"])
            ]
            attributes = {key: stored["attribute." + key] for key in about["attributes"]}
            vectors = _map_member(name, "vectors.npy") if mapped else stored["vectors"]
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        if isinstance(error, Unsupported):
            raise
        raise Corrupt(f"{name}: {error}") from error
    if vectors.ndim != 2 or len(vectors) != len(keys):
        raise Corrupt(f"{name}: expected vectors of {len(keys):,} keys, found an array of shape {vectors.shape}")
    return keys, vectors, attributes


def _map_member(path: str, name: str) -> NDArray[Any]:
    """An uncompressed member of a .npz as a read-only memory map."""
    with zipfile.ZipFile(path) as archive:
        begins = archive.getinfo(name).header_offset
    with open(path, "rb") as file:
        file.seek(begins + 26)
        sizes = file.read(4)
        file.seek(int.from_bytes(sizes[:2], "little") + int.from_bytes(sizes[2:], "little"), os.SEEK_CUR)
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        return np.memmap(path, dtype, "r", file.tell(), shape)
