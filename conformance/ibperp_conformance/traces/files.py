"""Logs as files: plain, gzip or zstd, told by their first bytes, read line by line."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from ibperp_conformance.files import WrongUseError
from ibperp_invariants.check.lines import BEGINNING, LINE_MAX, flaw_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class DamagedError(Exception):
    """Compressed data that ends too early, or is not what was compressed."""


class UnreadableError(Exception):
    """The system gives no more of a file; the message is its reason."""


class EndlessError(Exception):
    """A line that does not end, or lines of which none is one of a log."""


DAMAGED: Final = "the compressed data is cut off or damaged"
STDIN: Final = "-"
SKIP_MAX: Final = 1 << 30
"""How many bytes of a line that is not read are skipped in search of its end."""

GZIP: Final = b"\x1f\x8b"
PIECE: Final = 1 << 12
"""How many compressed bytes are taken at a time: few, because they may become very many."""

ZSTD: Final = b"\x28\xb5\x2f\xfd"


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Open a log, `-` for standard input; raise WrongUseError if it cannot be read."""
    try:
        raw = sys.stdin.buffer if name == STDIN else open(name, "rb")  # noqa: SIM115, PTH123
    except OSError as error:
        raise WrongUseError(f"cannot read {name}: {error.strerror}") from None
    try:
        stream = io.BufferedReader(cast("Any", raw)) if not hasattr(raw, "peek") else raw
        first = _first_of(stream)
        if first.startswith(GZIP):
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
        elif first == ZSTD:
            yield _zstd(stream)
        else:
            yield stream
    except UnreadableError as error:
        raise WrongUseError(f"cannot read {name}: {error}") from None
    finally:
        if name != STDIN:
            raw.close()


def _first_of(stream: Any) -> bytes:
    try:
        return bytes(stream.peek(4)[:4])
    except OSError as error:
        raise UnreadableError(_reason(error)) from None


def is_plain(name: str) -> bool:
    """Tell whether a log is an ordinary file, not packed, of which parts can be read."""
    path = Path(name)
    if name == STDIN or not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            first = stream.read(4)
    except OSError:
        return False
    return not first.startswith(GZIP) and first != ZSTD


def lines_of(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield the lines, which end at a line feed and nowhere else, each with what is lost of it.

    Of a line that is too long, or long and no JSON, the beginning is given and so many bytes are
    lost. Raise EndlessError if it does not end, DamagedError where compressed data is damaged.
    """
    while line := _next_line(stream, BEGINNING):
        if not _goes_on(line, BEGINNING):
            yield line, 0
            continue
        if flaw_of(line) is None:
            line += _next_line(stream, LINE_MAX - BEGINNING)
            if not _goes_on(line, LINE_MAX):
                yield line, 0
                continue
        lost = len(line) - BEGINNING
        line, rest = line[:BEGINNING], _next_line(stream, BEGINNING)
        while lost < SKIP_MAX and _goes_on(rest, BEGINNING):
            lost, rest = lost + len(rest), _next_line(stream, BEGINNING)
        yield line, lost + len(rest)
        if _goes_on(rest, BEGINNING):
            raise EndlessError(f"the line has no end within {lost} bytes")


def pieces_in(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what a file holds, in pieces that are not long; raise DamagedError as `lines_of`."""
    while piece := _next_line(stream, BEGINNING):
        yield piece


def _goes_on(line: bytes, size: int) -> bool:
    return len(line) >= size and not line.endswith(b"\n")


def _next_line(stream: IO[bytes], size: int) -> bytes:
    try:
        return stream.readline(size)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile) or error.errno is None:
            raise DamagedError(f"{DAMAGED}: {_reason(error)}") from None
        raise UnreadableError(_reason(error)) from None
    except (EOFError, zlib.error) as error:
        raise DamagedError(f"{DAMAGED}: {_reason(error)}") from None
    except Exception as error:
        if type(error).__name__ == "ZstdError":
            raise DamagedError(f"{DAMAGED}: {_reason(error)}") from None
        raise


def _zstd(stream: IO[bytes]) -> IO[bytes]:
    try:
        import zstandard
    except ImportError:
        message = "reading zstd needs the extra zstd: pip install 'ibperp[zstd]'"
        raise WrongUseError(message) from None
    return io.BufferedReader(_Zstd(stream, zstandard.ZstdDecompressor()), 1 << 16)


class _Zstd(io.RawIOBase):
    """What zstd frames hold, one after another; all of it before an error says what is damaged."""

    def __init__(self, stream: IO[bytes], known: Any) -> None:
        self._stream, self._known = stream, known
        self._frame: Any = None
        self._rest, self._ready = b"", memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            piece = self._rest or self._stream.read(PIECE)
            if not piece:
                if self._frame is not None:
                    raise EOFError("it ends within a frame")
                return 0
            self._frame = self._frame or self._known.decompressobj()
            self._ready = memoryview(self._frame.decompress(piece))
            self._rest = self._frame.unused_data if self._frame.eof else b""
            self._frame = None if self._frame.eof else self._frame
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
