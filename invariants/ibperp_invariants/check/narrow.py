"""Views in which only what a step touched is gone through, and everything is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ibperp.numbers import INT128_MAX
from ibperp_invariants.step.moved import BITS
from ibperp_invariants.view.observed import NotObserved, missing_of, with_parts
from ibperp_invariants.view.totals import Totals
from ibperp_invariants.view.view import settlement_asset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.view import View

K = TypeVar("K")
T = TypeVar("T")

OF_MARKETS: Final = frozenset({"lots", "long_lots", "indexed", "fund"})
"""The sums by market."""

OF_SETTLED: Final = frozenset({"virtual_lends", "virtual_borrows"})
"""The sums by market that belong to the pool of the settlement asset."""

SUMS: Final = tuple(part.name for part in fields(Totals) if part.name != "unpaid")
NEEDED: Final = frozenset({"assets", "markets", "accounts", "orders", "system"})


OF_LISTED: Final = BITS["assets"] | BITS["markets"] | BITS["orders"]
"""The parts by which an asset or a market is touched."""

TIME: Final = BITS["assets/rate_time"]
"""The part of a pool in which time counts on, though nothing is lent and nothing owed."""

OF_TIME: Final = frozenset({"non_negative", "stored_values_in_range"})
"""The invariants of every state that look at it: they see the assets where it is out of range."""


class Narrow(Mapping[K, T]):
    """Entries of which some are gone through, and all are found."""

    def __init__(self, entries: Mapping[K, T], keys: Iterable[K]) -> None:
        self._entries, self._keys = entries, [key for key in keys if key in entries]

    def __getitem__(self, key: K) -> T:
        return self._entries[key]

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return any entry, or `default` for a key without an entry."""
        return self._entries.get(key, default)


def narrowed(step: Step, old: Totals, new: Totals) -> tuple[View, View]:
    """Return the view after a step twice, with the assets and markets that it may have touched.

    It touched those that differ, those of which a sum does, and the markets of orders that do. Both
    are without the assets in whose pools time alone counted on; the first has those where that time
    is out of its range. Where that is not observed, all are there.
    """
    before, after = step.before, step.after
    if step.moved & BITS["system"]:
        return after, after
    if not (NEEDED.isdisjoint(missing_of(before)) and NEEDED.isdisjoint(missing_of(after))):
        return after, after
    if old is new and not step.moved & OF_LISTED:
        narrow = with_parts(
            after, assets=Narrow(after.assets, ()), markets=Narrow(after.markets, ())
        )
        return narrow, narrow
    try:
        assets, markets = _touched_by_sums(after, old, new)
        for index in step.changed_orders() if step.moved & BITS["orders"] else ():
            orders = (view.orders.get(index) for view in (before, after))
            markets |= {order.market for order in orders if order}
        assets.update(step.moved_assets(~TIME))
        touched = [symbol for symbol in step.touched_assets if symbol not in assets]
        times = [(symbol, after.assets[symbol].pool.rate_time) for symbol in touched]
    except NotObserved:
        return after, after
    markets.update(step.touched_markets)
    narrow = with_parts(
        after, assets=Narrow(after.assets, assets), markets=Narrow(after.markets, markets)
    )
    beyond = [symbol for symbol, time in times if not 0 <= time <= INT128_MAX]
    if not beyond:
        return narrow, narrow
    return with_parts(narrow, assets=Narrow(after.assets, assets.union(beyond))), narrow


def _touched_by_sums(view: View, old: Totals, new: Totals) -> tuple[set[str], set[str]]:
    """Return the assets and markets of which a sum differs."""
    assets, markets = set[str](), set[str]()
    for name in () if old is new else SUMS:
        was, now = getattr(old, name), getattr(new, name)
        if was is now:
            continue
        keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
        if name in OF_MARKETS:
            markets |= set(keys)
        elif name in OF_SETTLED:
            assets |= {settlement_asset(view) or ""} if keys else set()
        else:
            assets |= {key if isinstance(key, str) else key[0] for key in keys}
    return assets, markets
