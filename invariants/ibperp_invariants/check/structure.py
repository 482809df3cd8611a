"""What every observation must be, whatever the rules: what it names is there, and stays there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from ibperp_invariants.view.observed import NotObserved

if TYPE_CHECKING:
    from ibperp_invariants.view.view import View

LASTING: Final = {
    "chains": "chain",
    "assets": "asset",
    "markets": "market",
    "accounts": "account",
    "withdrawals": "withdrawal",
    "rebalances": "rebalance",
}
"""The records that never go away, and what one is called."""

HELD: Final = {
    "free": ("assets", "a balance of an asset that is not listed"),
    "shares": ("assets", "shares of an asset that is not listed"),
    "reserved": ("assets", "a reservation of an asset that is not listed"),
    "positions": ("markets", "a position in a market that is not listed"),
}
"""What an account holds by name, what the name is one of, and what to say if it is not."""

NAMED: Final = {
    "orders": {"account": "accounts", "market": "markets"},
    "withdrawals": {"account": "accounts", "asset": "assets", "chain": "chains"},
    "rebalances": {"asset": "assets", "source": "chains", "destination": "chains"},
    "requests": {"account": "accounts", "market": "markets"},
}
"""What a record names, and what that is one of."""

NAMING: Final = {"accounts", *NAMED}
"""The records that name others."""


def misplaced(before: View, after: View, touched: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield what is gone of the touched entries, and what they name that is not there.

    What the observations leave out is not looked at.
    """
    for name, key in touched:
        try:
            entries = getattr(after, name)
            if isinstance(entries, Mapping) and (name in NAMING or key not in entries):
                yield from _misplaced(before, after, name, key)
        except NotObserved:
            continue


def _misplaced(before: View, after: View, name: str, key: Any) -> Iterator[str]:
    entries: Mapping[Any, Any] = getattr(after, name)
    where = f"observation/{name}/{key}"
    if key not in entries:
        if name in LASTING and key in getattr(before, name):
            yield f"{where}: the {LASTING[name]} was there, and is gone"
        return
    entry = entries[key]
    for part, (of, message) in HELD.items() if name == "accounts" else ():
        with suppress(NotObserved):
            yield from _unlisted(after, getattr(entry, part), f"{where}/{part}", of, message)
    for part, of in NAMED.get(name, {}).items():
        with suppress(NotObserved):
            named = getattr(entry, part)
            if named not in getattr(after, of):
                yield f"{where}/{part}: {named!r} is none of the {of}"


def _unlisted(view: View, held: Iterable[str], where: str, of: str, message: str) -> Iterator[str]:
    listed = getattr(view, of)
    for symbol in held:
        if symbol not in listed:
            yield f"{where}/{symbol}: {message}"
