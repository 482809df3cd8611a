"""The profile `venue`: bounds within which no intermediate value needs more than 256 bits.

What a trace or a run has beyond them is no fault. It is told, because an engine whose integers are
as wide as the profile asks for computes it wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from ibperp.numbers import RATIO
from ibperp_conformance.protocol.observation import flatten


@dataclass(frozen=True, slots=True)
class Profile:
    """Bounds on what a venue stores and admits, each at most what NT-7 and the laws allow.

    `atoms`: of one balance, pool or account. `price`: quote atoms per lot. `lots`: of one position
    or order. `value`: quote atoms that one holding, debt or position is worth. `unit`: atoms of a
    lot, quote atoms of a dollar. `fraction`: of a notional that is required. `lines`: assets and
    markets of one account. `multiplier`: the widest band. `penalty`: of a haircut.
    """

    name: str
    atoms: int
    price: int
    lots: int
    value: int
    unit: int
    fraction: int
    lines: int
    multiplier: int
    penalty: int


VENUE: Final = Profile(
    name="venue",
    atoms=10**25,
    price=10**13,
    lots=10**20,
    value=10**33,
    unit=10**18,
    fraction=10**4 * RATIO,
    lines=1_000,
    multiplier=10 * RATIO,
    penalty=10**16,
)
"""What a large venue admits: a balance of 10^25 atoms, a position of 10^33 quote atoms."""

_LEAVES: Final[Mapping[str, str]] = {
    "atoms": "amount received fee custody pending cash lent borrowed reserve unearned in_transit "
    "unsettled reserved virtual minimum_deposit minimum_withdrawal withdrawal_fee free",
    "price": "price index_price mark_price last_price mean_mark_price reference_index_price tick "
    "price_floor",
    "lots": "lots open_interest bids asks minimum_lots",
    "unit": "lot_atoms quote_unit lots_per_unit",
    "fraction": "imf_base mmf_base",
    "multiplier": "base limit_max impact_max mean_mark_max price_update_max",
    "penalty": "penalty",
}
BOUND: Final = {leaf: bound for bound, leaves in _LEAVES.items() for leaf in leaves.split()}
"""What a leaf is bounded by, by its name; by that of its group where it is named by an asset.

Limits that a venue sets are only compared with, so that they may be as large as they like.
"""

GROUPS: Final = ("free", "reserved", "bids", "asks")
DIGITS: Final = min(len(str(getattr(VENUE, bound))) for bound in _LEAVES)
"""A number of fewer digits is within every bound."""


SHOWN_MAX: Final = 40
"""Digits of a number that is shown in full: as many as a stored value has."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """A leaf that leaves the profile: its path, its value, and the bound that it is beyond."""

    path: str
    value: int
    bound: str

    def __str__(self) -> str:
        most = f"10^{len(str(getattr(VENUE, self.bound))) - 1}"
        shown = str(self.value)
        is_long = len(shown) > SHOWN_MAX
        cut = f"{shown[:12]}... ({len(shown)} digits)" if is_long else shown
        told = f"{self.path} is {cut}, beyond {most}, the bound of {NAMED[self.bound]}"
        return f"{told} in the profile of widths"


NAMED: Final[Mapping[str, str]] = {
    "atoms": "an amount in atoms",
    "price": "a price",
    "lots": "lots",
    "unit": "a unit",
    "fraction": "a fraction of a notional",
    "multiplier": "a band or a base",
    "penalty": "a penalty",
}


REMEMBERED: Final = 1 << 14
"""Of so many paths it is remembered what the leaf there is bounded by."""

NUMBER_MAX: Final = 4000
"""Digits of a number that is looked at; a longer one is refused elsewhere."""


def beyond(leaves: Iterable[tuple[str, object]]) -> Iterator[Beyond]:
    """Yield the leaves of actions, parameters and states, as JSON, that leave the profile."""
    for path, leaf in leaves:
        if not isinstance(leaf, str) or not DIGITS <= len(leaf) <= NUMBER_MAX:
            continue
        bound = _bound_at(path)
        if bound and leaf.isascii() and leaf.removeprefix("-").isdecimal():
            number = int(leaf)
            if abs(number) > getattr(VENUE, bound):
                yield Beyond(path, number, bound)


@lru_cache(maxsize=REMEMBERED)
def _bound_at(path: str) -> str | None:
    """Return what the leaf at a path is bounded by, None if it is not."""
    above, _, name = path.rpartition("/")
    group = above[above.rfind("/") + 1 :]
    return BOUND.get(group if group in GROUPS else name)


def leaves_of(line: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield the leaves of a line of a trace; those of `changes` by the path that they stand at."""
    shown = ("system", "assets", "markets", "action", "observation")
    yield from flatten({name: line[name] for name in shown if name in line}).items()
    changes = line.get("changes")
    for path, value in changes.items() if isinstance(changes, dict) else ():
        if isinstance(value, dict | list):
            yield from ((path + own, leaf) for own, leaf in flatten({"": value}).items())
        else:
            yield path, value
