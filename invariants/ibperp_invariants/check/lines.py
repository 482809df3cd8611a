"""The lines of a log: text to strict JSON, with the byte at which it stops being that."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final

LINE_MAX: Final = 1 << 29
"""The most bytes of a line, half a gibibyte: the whole state of some million accounts."""

TOO_LONG: Final = f"the line is longer than {LINE_MAX} bytes, the most that is read of one"

BEGINNING: Final = 1 << 20
"""How many bytes of a longer line are looked at before the rest of it is read."""

CUT_OFF: Final = 1 << 16
"""How long a value may be in which that beginning ends."""


UNENDED: Final = "Unterminated string"
"""How the decoder begins to say that a line ends within a text."""


class LineError(ValueError):
    """A line that is no JSON; `at`: the byte of the line at which that shows.

    `is_in_text`: it ends within a text.
    """

    def __init__(self, message: str, at: int = 0, *, is_in_text: bool = False) -> None:
        super().__init__(message)
        self.at, self.is_in_text = at, is_in_text


def decoded(line: bytes | str) -> object:
    """Return the JSON value of a line; raise LineError if it is invalid, or repeats a name."""
    if len(line) > LINE_MAX:
        raise LineError(TOO_LONG)
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        is_utf16 = line[:2] in (b"\xff\xfe", b"\xfe\xff")
        reason = "the file is UTF-16" if is_utf16 else error.reason
        raise LineError(f"not UTF-8: {reason}", error.start) from None
    try:
        return STRICT.decode(text)
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode("utf-8", "surrogatepass"))
        is_in_text = error.msg.startswith(UNENDED)
        raise LineError(f"not JSON{_what(text, error)}", at, is_in_text=is_in_text) from None
    except LineError:
        raise
    except RecursionError:
        raise LineError("the line is nested too deeply") from None
    except ValueError:
        message = "a number has too many digits; integers are written as decimal strings"
        raise LineError(message) from None


def without_mark(line: str | bytes) -> str | bytes:
    """Return the first line of a file without a byte order mark."""
    if isinstance(line, bytes):
        return line.removeprefix(b"\xef\xbb\xbf")
    return line.removeprefix("\ufeff")


def flaw_of(line: str | bytes) -> LineError | None:
    """Return why a line longer than `BEGINNING` is no record, None if it begins as one."""
    begun = without_mark(line[:BEGINNING])
    opening = begun.lstrip()[:1]
    if opening not in ("{", b"{"):
        message = "not JSON: a record is an object in braces"
        return LineError(f"{message}, and the line is longer than {BEGINNING} bytes")
    try:
        decoded(begun)
    except LineError as error:
        if len(begun) - error.at > CUT_OFF:
            what = f"a text is longer than {CUT_OFF} bytes" if error.is_in_text else str(error)
            message = f"{what}, in a line that is longer than {BEGINNING} bytes"
            return LineError(message, error.at)
    return None


def _what(text: str, error: json.JSONDecodeError) -> str:
    """Return what is wrong with a text, and where it is the usual mistake, what to do."""
    if text.startswith("\ufeff"):
        return ": a byte order mark inside the log; files are not simply joined"
    if "\0" in text:
        return ": it holds a NUL; a log is UTF-8, and a string holds \\u0000 for it"
    if "\r" in text.rstrip():
        return ": lines end at a line feed, and this one holds a carriage return"
    if text.strip() in ("{", "["):
        return ": a record stands on one line, and is not spread over several"
    cut = " (it seems to be cut off)" if _is_cut(text, error) else ""
    return f"{cut}: {error.msg.removesuffix(' at')} at column {error.colno}"


def _is_cut(text: str, error: json.JSONDecodeError) -> bool:
    return error.pos >= len(text.rstrip()) or error.msg.startswith(UNENDED)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        most = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise LineError(f"a field is given twice: {most}")
    return members


def _refused(constant: str) -> object:
    raise LineError(f"{constant} is not a JSON value")


STRICT: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refused)
"""The decoder of lines: what no JSON is, and a name that is given twice, it refuses."""
