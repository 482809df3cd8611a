"""Strategies for any action that is well typed, however senseless, made from the types of fields.

What a field is called says what is likely in it, so that some actions get past the first checks.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from ibperp import orders, parameters
from ibperp.actions import Action
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import OrderFlags
from ibperp.parameters import (
    AssetParameters,
    HaircutParameters,
    MarketParameters,
    PerpetualParameters,
    PoolParameters,
    SystemParameters,
    TokenParameters,
)
from worlds.perpetual import MARK, PERPETUALS
from worlds.tiny import (
    ALL_FLAGS,
    CHAINS,
    MARKETS,
    NO_FLAGS,
    PLAIN,
    POOL,
    STEEP,
    SYMBOLS,
    SYSTEM,
    asset,
    token,
)

INTEGERS: Final = st.one_of(
    st.integers(-2, 6),
    st.sampled_from((0, 1, RATIO, INT128_MAX, INT128_MAX + 1, -INT128_MAX, 10**60, -(10**60))),
    st.integers(),
)
NAMES: Final = st.one_of(
    st.sampled_from((*SYMBOLS, *CHAINS, *MARKETS, *PERPETUALS, "", "?")), st.text(max_size=4)
)
ACCOUNTS: Final = (2, 3, 4)
PRICES: Final = (0, 10, 12, 24, 25, 26, 90, 100, 110, MARK - 2, MARK, MARK + 2)
LIKELY: Final[dict[str, tuple[Any, ...]]] = {
    "account": ACCOUNTS,
    "amount": (2, 10, 100),
    "asset": SYMBOLS,
    "capacity": (0, 100, 10**6),
    "chain": CHAINS,
    "counterparty": (0, *ACCOUNTS),
    "destination": CHAINS,
    "expires": (60, 300),
    "index_price": PRICES,
    "leverage_limit": (RATIO, 10 * RATIO),
    "lots": (1, 2, 10),
    "order": tuple(range(6)),
    "market": (*MARKETS, *PERPETUALS),
    "mean_mark_price": PRICES,
    "mean_premium": (0, RATIO // 100),
    "price": PRICES,
    "premium": (0, RATIO // 100),
    "quoter": ACCOUNTS,
    "rebalance": (0,),
    "received": (9, 10),
    "receiver": ACCOUNTS,
    "request": (0, 1),
    "sender": ACCOUNTS,
    "sequence": (1, 2, 8),
    "source": CHAINS,
    "steps": (1, 10_000),
    "time": (60, 3600),
    "user": (7, 8, 9),
    "withdrawal": (0,),
}
LAWFUL: Final[dict[type, tuple[Any, ...]]] = {
    AssetParameters: (asset(), asset(STEEP, unit=10)),
    HaircutParameters: (PLAIN, STEEP),
    MarketParameters: tuple(MARKETS.values()),
    OrderFlags: (ALL_FLAGS, NO_FLAGS),
    PerpetualParameters: tuple(PERPETUALS.values()),
    PoolParameters: (POOL,),
    SystemParameters: (SYSTEM, replace(SYSTEM, ramp_interval=600, settlement_asset="ORE")),
    TokenParameters: tuple(token(chain) for chain in CHAINS),
}
"""Records that are admitted: a strategy of their kind changes some of their fields."""


@cache
def hints_of(kind: Any) -> dict[str, Any]:
    """Return the fields of a record with their types."""
    return get_type_hints(kind, localns=vars(orders) | vars(parameters))


@cache
def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a type."""
    if kind in LAWFUL:
        return changed(kind)
    if get_origin(kind) is tuple:
        return st.lists(values_of(get_args(kind)[0]), max_size=2).map(tuple)
    if get_origin(kind) is UnionType:
        return st.one_of([values_of(part) for part in get_args(kind)])
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        int: INTEGERS,
        str: NAMES,
        bool: st.booleans(),
        NoneType: st.none(),
    }
    return plain[kind]


@cache
def likely(name: str, kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what a field of this name and type may well hold."""
    return st.sampled_from(LIKELY[name]) if name in LIKELY else values_of(kind)


@st.composite
def changed(draw: st.DrawFn, kind: Any) -> Any:
    """Draw a record that is lawful, or else likely, with anything in up to two of its fields."""
    hints = hints_of(kind)
    if kind in LAWFUL:
        record = draw(st.sampled_from(LAWFUL[kind]))
    else:
        record = kind(**{name: draw(likely(name, of)) for name, of in hints.items()})
    names = draw(st.sets(st.sampled_from(sorted(hints)), max_size=2)) if hints else ()
    return replace(record, **{name: draw(values_of(hints[name])) for name in sorted(names)})


any_action: Final[st.SearchStrategy[Action]] = st.one_of(
    [changed(kind) for kind in get_args(Action)]
)
