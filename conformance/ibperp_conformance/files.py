"""Files that a user names: written wholly or not at all, and a clear error when they cannot be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


class WrongUseError(Exception):
    """The caller asked for something that cannot be done; the message says what to change."""


def writable(path: Path, what: str = "report") -> Path:
    """Return `path` when a file can be put there; raise `WrongUseError` before the work starts."""
    if path.is_dir():
        raise WrongUseError(f"cannot write the {what} {path}: it is a directory")
    if not path.parent.is_dir():
        raise WrongUseError(f"cannot write the {what} {path}: there is no directory {path.parent}")
    target = path if path.exists() and not path.is_file() else path.parent
    if not os.access(target, os.W_OK):
        raise WrongUseError(f"cannot write the {what} {path}: no permission to write there")
    return path


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
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
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
