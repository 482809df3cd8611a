"""The lines of a log: text to strict JSON, with the byte at which it stops being that."""

from __future__ import annotations

import json
from typing import Final

LINE_MAX: Final = 1 << 29
"""The most bytes of a line, half a gibibyte: the whole state of some million accounts."""


class LineError(ValueError):
    """A line that is no JSON; `at`: the byte of the line at which that shows."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


def decoded(line: bytes | str) -> object:
    """Return the JSON value of a line; raise LineError if it is none, or repeats a name."""
    if len(line) > LINE_MAX:
        raise LineError(f"the line is longer than {LINE_MAX} bytes")
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8: {error.reason}", error.start) from None
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refused)
    except json.JSONDecodeError as error:
        cut = " (it seems to be cut off)" if _is_cut(text, error) else ""
        what = error.msg.removesuffix(" at")
        at = len(text[: error.pos].encode("utf-8", "surrogatepass"))
        message = f"not JSON{cut}: {what} at column {error.colno}"
        raise LineError(message, at) from None
    except LineError:
        raise
    except (RecursionError, ValueError) as error:
        message = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise LineError(f"the line is not acceptable JSON: {message}") from None


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise LineError(f"a field is given twice: {max(names, key=names.count)}")
    return members


def _refused(constant: str) -> object:
    raise LineError(f"{constant} is not a JSON value")
