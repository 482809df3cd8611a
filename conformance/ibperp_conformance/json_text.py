"""JSON as text: read strictly, and shown safely."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any


class JsonTextError(ValueError):
    """Text that is not one strict JSON value; the message says where, and what to write."""


def decode(text: str | bytes) -> Any:
    """Return the JSON value in `text`; raise `JsonTextError` if invalid or if a name repeats."""
    try:
        return json.loads(
            text.decode("utf-8") if isinstance(text, bytes) else text,
            object_pairs_hook=_object,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise JsonTextError(f"not UTF-8 at byte {error.start}: write JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        if error.doc.startswith("\ufeff"):
            raise JsonTextError("a byte order mark: write UTF-8 without one") from None
        where = f"line {error.lineno} column {error.colno}"
        raise JsonTextError(f"not JSON at {where}: {error.msg}; write one JSON value") from None
    except RecursionError:
        raise JsonTextError("nested too deeply: no message nests more than a dozen deep") from None
    except JsonTextError:
        raise
    except ValueError:
        message = 'a number too long to read: write integers as strings, "1"'
        raise JsonTextError(message) from None


def visible(text: str, limit: int = 2000) -> str:
    """Return `text` safe to print: control characters escaped, the middle of a long text cut."""
    if len(text) > limit:
        text = f"{text[: limit // 2]} … {text[-limit // 2 :]}"
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in text
    )


def on_one_line(text: str, limit: int = 2000) -> str:
    """Return `text` safe to print on one line."""
    return visible(text, limit).replace("\n", "\\n")


def told(value: object, limit: int = 80) -> str:
    """Return a value as JSON, safe to print, the middle of a long one cut, for a message."""
    return on_one_line(json.dumps(value, ensure_ascii=False), limit)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise JsonTextError(f"{twice}: named twice in one object; name every field once")
    return members


def _constant(name: str) -> Any:
    raise JsonTextError(f"{name} is not JSON; write integers as decimal strings")
