"""Snapshots: a whole state as canonical bytes, its hash, and the way back.

Equal states have equal bytes, whatever interpreter, machine or hash seed wrote them. What a
snapshot restores is equal to what was snapshot, and continues alike; anything else is refused.
"""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF8
from typing import Any, Final

from ibperp.state import State
from ibperp_conformance.snapshot.canonical import CanonicalError, canonical_bytes, decoded, encoded
from ibperp_conformance.snapshot.checks import faults

FORMAT: Final = "ibperp-snapshot"
"""What tells a snapshot from other JSON."""

VERSION: Final = "1"
"""The version of the format; the records of the reference say what a state has."""

_FIELDS: Final = {"format", "state", "version"}


class SnapshotError(ValueError):
    """A snapshot that cannot be taken or restored: the field, what was expected, what to do."""


def snapshot(state: State) -> bytes:
    """Return the canonical bytes of a state.

    Raise SnapshotError where a field holds a value of another type than its record says.
    """
    try:
        body = encoded(state, State)
    except CanonicalError as error:
        raise SnapshotError(f"state{error.path}: {error.problem}") from None
    return canonical_bytes({"format": FORMAT, "state": body, "version": VERSION})


def state_hash(state: State) -> str:
    """Return the SHA-256 of the snapshot of a state, in hexadecimal; equal for equal states."""
    return hashlib.sha256(snapshot(state)).hexdigest()


def restore(data: bytes) -> State:
    """Return the state that a snapshot holds.

    Raise SnapshotError for bytes that `snapshot` did not write, for a state whose derived parts
    (who is to be settled, the books, sums) do not follow from the rest, and for one that breaks a
    law of its parameters or an invariant.
    """
    value = _opened(data)
    try:
        state: State = decoded(value, State)
    except CanonicalError as error:
        raise SnapshotError(f"state{error.path}: {error.problem}") from None
    for fault in faults(state):
        raise SnapshotError(f"{fault}; take the snapshot again from a sound state")
    return state


def _opened(data: bytes) -> Any:
    """Return the `state` of an envelope of this format and version, in canonical bytes."""
    try:
        value = json.loads(data.decode())
    except UnicodeDecodeError as error:
        raise SnapshotError(f"not UTF-8 at byte {error.start}; give a snapshot") from None
    except (ValueError, RecursionError) as error:
        is_deep = isinstance(error, RecursionError)
        what = "nested too deeply" if is_deep else "a number of too many digits"
        where = ""
        if isinstance(error, json.JSONDecodeError):
            what, where = error.msg, f" at character {error.pos}"
        if data.startswith(BOM_UTF8):
            what = "a byte order mark; write UTF-8 without one"
        raise SnapshotError(
            f"not JSON{where}: {what}; it is cut short, or not a snapshot"
        ) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise SnapshotError(f'format: expected "{FORMAT}"; give a file written by --snapshot')
    if value.get("version") != VERSION:
        shown = ascii(value.get("version"))[:40]
        message = f'version: expected "{VERSION}", got {shown}; restore it with the ibperp it is of'
        raise SnapshotError(message)
    for name in sorted(_FIELDS ^ value.keys()):
        problem = "missing" if name in _FIELDS else "unknown field"
        raise SnapshotError(f"{ascii(name)[1:-1][:60]}: {problem}; take the snapshot again")
    _check_canonical(data, value)
    return value["state"]


def _check_canonical(data: bytes, value: Any) -> None:
    """Refuse bytes that say the same in another way: one state has one hash."""
    try:
        expected = canonical_bytes(value)
    except (UnicodeEncodeError, RecursionError):
        raise SnapshotError("not canonical: lone surrogates; take the snapshot again") from None
    if data != expected:
        pairs = enumerate(zip(data, expected, strict=False))
        same = min(len(data), len(expected))
        index = next((index for index, (one, other) in pairs if one != other), same)
        raise SnapshotError(
            f"not canonical at byte {index}: expected sorted fields, each once, without white "
            "space; take the snapshot again instead of editing it"
        )
