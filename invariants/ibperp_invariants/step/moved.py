"""Which parts a step moved: what its events tell, and what of the views differs.

Of assets, markets and accounts each member is a part of its own, so that a step in which only time
counts on in an idle pool has moved that alone.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from ibperp.state import FEES, INSURANCE, Pool
from ibperp_invariants.step.facts import NOTHING_TOLD, Facts
from ibperp_invariants.view.live import Live
from ibperp_invariants.view.observed import NotObserved, missing_of, names_of
from ibperp_invariants.view.totals import PARTS, SUMS, Add
from ibperp_invariants.view.view import (
    AccountView,
    AssetView,
    Entries,
    MarketView,
    PerpetualView,
    PositionView,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.leaves import Leaf

TOLD: Final = tuple(part.name for part in fields(Facts))
BESIDE: Final = ("system", "next_order", "active", "exposed")
"""The parts of a view that no observation shows."""

OF_BESIDE: Final = attrgetter(*BESIDE)
SEEN: Final = tuple(part.name for part in fields(View) if part.name != "portfolios")
REPEAT: Final = "repeat"

REPORTED: Final = "reported"
"""The part that moves where another health of an account is reported."""

INDEX: Final = "index"
"""The part that stands for a due list which is kept up: the step is one of the reference."""

ENTRIES: Final = "entries"
"""The part of assets, markets and accounts that moves where one of them comes or goes."""

OF_SYSTEM: Final = "of_system"
"""The part of accounts that moves where one of the system's own differs."""

MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "assets": (*sorted(set(names_of(AssetView)) - {"pool"}), *names_of(Pool)),
    "markets": names_of(PerpetualView),
    "accounts": (*sorted(set(names_of(AccountView)) - {"positions"}), *names_of(PositionView)),
}
"""The members that are parts of their own, those of pools and positions among them."""

SINGLE: Final = (
    *TOLD,
    *(name for name in SEEN if name not in MEMBERS),
    *(f"{kind}/{name}" for kind, names in MEMBERS.items() for name in (ENTRIES, *sorted(names))),
    f"accounts/{OF_SYSTEM}",
    REPEAT,
    REPORTED,
    INDEX,
)
BITS: Final = {name: 1 << place for place, name in enumerate(SINGLE)}
"""The parts by name, each as a bit of its own: a set of parts is a number."""

BITS.update({kind: sum(BITS[name] for name in SINGLE if name.startswith(kind)) for kind in MEMBERS})


OF_TOLD: Final = attrgetter(*TOLD)
BITS_TOLD: Final = tuple(BITS[name] for name in TOLD)


class _Row:
    """The members of a kind of record that are compared one by one, with their bits."""

    def __init__(self, kind: str, record: Any, without: str = "") -> None:
        names = [name for name in names_of(record) if name != without]
        self.get, self.bits = attrgetter(*names), [BITS[f"{kind}/{name}"] for name in names]
        self.all = sum(self.bits)

    def differing(self, old: object, new: object) -> int:
        """Return the bits of the members that differ; raise NotObserved if one is not observed."""
        before, after, found = self.get(old), self.get(new), 0
        if before == after:
            return 0
        for bit, was, now in zip(self.bits, before, after, strict=True):
            if was is not now and was != now:
                found |= bit
        return found


ASSET: Final = _Row("assets", AssetView, without="pool")
POOL: Final = _Row("assets", Pool)
SPOT: Final = _Row("markets", MarketView)
PERPETUAL: Final = _Row("markets", PerpetualView)
ACCOUNT: Final = _Row("accounts", AccountView, without="positions")
POSITION: Final = _Row("accounts", PositionView)

AMOUNTS: Final = POOL.all - BITS["assets/rate_time"]
"""The parts of a pool that differ only where atoms or shares moved, or its bound."""


def bits_of(names: Iterable[str]) -> int:
    """Return a set of parts as a number."""
    found = 0
    for name in names:
        found |= BITS[name]
    return found


def moved_parts(step: Step) -> tuple[int, dict[str, int]]:
    """Return the parts that a step tells of or moved, and those of each asset that it touched.

    What is not observed may have moved.
    """
    found, by_asset = BITS[REPEAT] if step.repeat else 0, dict[str, int]()
    found |= BITS[INDEX] if step.index is not None else 0
    before, after = step.before, step.after
    if step.facts is not NOTHING_TOLD:
        found |= _told_parts(step.facts)
    if before is after:
        return found, by_asset
    found |= BITS[REPORTED] if step.reported_anew() else 0
    if step.leaves is not None:
        found |= _moved_by(step.leaves, by_asset)
    for name in SEEN if step.leaves is None else () if _is_as_before(step) else BESIDE:
        try:
            old, new = getattr(before, name), getattr(after, name)
            if old is new and not (type(new) is Live and new.partial):
                continue
            if type(new) is Live and new.partial:
                found |= BITS[name]
            elif not may_differ(old, new):
                continue
            elif name in MEMBERS:
                by_key = by_asset if name == "assets" else {}
                found |= _moved_entries(step, name, by_key)
            else:
                found |= BITS[name]
        except NotObserved:
            found |= BITS[name]
    return found, by_asset


def _is_as_before(step: Step) -> bool:
    """Tell whether what no observation shows is known to be the same in both views."""
    try:
        return bool(OF_BESIDE(step.before) == OF_BESIDE(step.after))
    except NotObserved:
        return False


def _told_parts(facts: Facts) -> int:
    """Return the parts of which events tell something, or of which it is not observed."""
    found, missing = 0, missing_of(facts)
    if not missing:
        for bit, told in zip(BITS_TOLD, OF_TOLD(facts), strict=True):
            if told:
                found |= bit
        return found
    for name, bit in zip(TOLD, BITS_TOLD, strict=True):
        if name in missing or getattr(facts, name):
            found |= bit
    return found


def _moved_by(leaves: Sequence[Leaf], by_asset: dict[str, int]) -> int:
    """Return the parts that leaves are, and note those of each asset."""
    found = 0
    for leaf in leaves:
        moved = BITS[leaf.part] if leaf.part else 0
        if leaf.name == "assets":
            by_asset[leaf.key] = by_asset.get(leaf.key, 0) | moved
        elif moved and leaf.name == "accounts" and leaf.own in {FEES, INSURANCE}:
            moved |= BITS[f"accounts/{OF_SYSTEM}"]
        found |= moved
    return found


@lru_cache(maxsize=1 << 12)
def sums_moved(moved: int) -> frozenset[Add]:
    """Return those of the sums that a step may change which moved these parts."""
    return frozenset(
        add
        for kind, sums in SUMS.items()
        for add in sums
        if moved & bits_of(f"{kind}/{part}" if kind in MEMBERS else kind for part in PARTS[add])
    )


def may_differ(old: Any, new: Any) -> bool:
    """Tell whether two values that are not the same object may differ; looks at no entry."""
    if isinstance(new, Entries) and isinstance(old, Entries):
        return old.vector is not new.vector
    return not isinstance(new, int) or old != new


def _moved_entries(step: Step, kind: str, by_key: dict[str, int]) -> int:
    """Return the parts of all entries of a kind that moved, and note those of each."""
    before, after = getattr(step.before, kind), getattr(step.after, kind)
    if kind == "accounts":
        touched: Iterable[Any] = step.changed_accounts()
    else:
        touched = step.touched_assets if kind == "assets" else step.touched_markets
    found = came = 0
    for key in touched:
        old, new = before.get(key), after.get(key)
        came += old is None
        try:
            moved = BITS[kind] if old is None or new is None else OF_ENTRY[kind](old, new)
        except NotObserved:
            moved = BITS[kind]
        by_key[key] = moved
        found |= moved
        if kind == "accounts" and key in {FEES, INSURANCE}:
            found |= BITS[f"accounts/{OF_SYSTEM}"]
    if kind != "accounts" and _is_gone(before, after, came):
        return BITS[kind]
    return found


def _is_gone(before: Mapping[str, Any], after: Mapping[str, Any], came: int) -> bool:
    """Tell whether an asset or a market is not there any more."""
    if isinstance(after, Live):
        return any(key not in after for key in after.was)
    return len(before) + came != len(after)


def _in_asset(old: AssetView, new: AssetView) -> int:
    found = ASSET.differing(old, new)
    return found if old.pool is new.pool else found | POOL.differing(old.pool, new.pool)


def _in_market(old: MarketView, new: MarketView) -> int:
    if isinstance(old, PerpetualView) is not isinstance(new, PerpetualView):
        return BITS["markets"]
    return (PERPETUAL if isinstance(old, PerpetualView) else SPOT).differing(old, new)


def _in_account(old: AccountView, new: AccountView) -> int:
    found = ACCOUNT.differing(old, new)
    if old.positions is new.positions:
        return found
    for market in {**old.positions, **new.positions}:
        was, now = old.positions.get(market), new.positions.get(market)
        if was is None or now is None:
            found |= POSITION.all
        elif was is not now:
            found |= POSITION.differing(was, now)
    return found


OF_ENTRY: Final[Mapping[str, Any]] = {
    "assets": _in_asset,
    "markets": _in_market,
    "accounts": _in_account,
}
"""What tells the parts of an entry that moved, by its kind."""
