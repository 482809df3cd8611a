"""Files that a user names: written wholly or not at all, and a clear error when they cannot be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from os.path import realpath
from pathlib import Path
from typing import Final


class WrongUseError(Exception):
    """The caller asked for something that cannot be done; the message says what to change."""


READ_MAX: Final = 1 << 28
"""The most bytes of a file that is read at once: many times what any of them needs."""


def read_whole(path: Path, what: str = "file", most: int = READ_MAX) -> bytes:
    """Return the bytes of a file; raise `WrongUseError` if it cannot be read, or does not end."""
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise WrongUseError(f"cannot read the {what} {path}: {error.strerror}") from None
    if len(data) > most:
        raise WrongUseError(f"cannot read the {what} {path}: it is larger than {most} bytes")
    return data


def outputs(named: Mapping[str, Path | None], read: Iterable[Path | None] = ()) -> None:
    """Refuse files to write that cannot be written, are one file, or are one that is `read`.

    `named`: the files by what is written to each. Raise `WrongUseError` before the work starts.
    """
    inputs = {realpath(path) for path in read if path is not None}
    taken = set[str]()
    for what, path in named.items():
        if path is None:
            continue
        place = realpath(writable(path, what))
        if place in inputs:
            raise WrongUseError(f"cannot write the {what} {path}: it is read in the same run")
        if place in taken:
            raise WrongUseError(f"{path} is named for two files; name one for each")
        if not path.exists() or path.is_file():
            taken.add(place)


def writable(path: Path, what: str = "report") -> Path:
    """Return `path` when a file can be put there; raise `WrongUseError` before the work starts."""
    try:
        reason = _why_not(path)
    except OSError as error:
        reason = error.strerror or str(error)
    if reason:
        raise WrongUseError(f"cannot write the {what} {path}: {reason}")
    return path


def _why_not(path: Path) -> str:
    """Return why no file can be put there, empty if one can."""
    if path.is_dir():
        return "it is a directory"
    if not path.parent.is_dir():
        return f"there is no directory {path.parent}"
    target = path if path.exists() and not path.is_file() else path.parent
    return "" if os.access(target, os.W_OK) else "no permission to write there"


def write_atomically(path: Path, parts: Iterable[str], what: str = "report") -> None:
    """Put the parts of a text at `path`, all or nothing; raise `WrongUseError` when that fails.

    A file is written beside `path`, then renamed; a pipe or a device is written directly.
    """
    data = (part.encode("utf-8", "backslashreplace") for part in parts)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(data)
            return
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".ibperp.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.writelines(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WrongUseError(f"cannot write the {what} {path}: {reason}") from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
