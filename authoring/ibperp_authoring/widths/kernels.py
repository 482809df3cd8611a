"""The functions of the rules, what they are called with at the limits, and what that needs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from math import isqrt
from types import FunctionType, ModuleType
from typing import Any, Final, TypeAlias, get_origin, get_type_hints

from ibperp import (
    book,
    funding,
    liquidation,
    margin,
    numbers,
    parameters,
    pool,
    position,
    ramps,
    sharing,
    state,
)
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import Side
from ibperp.parameter_laws import DECIMALS_MAX, INTERVAL_MAX, MULTIPLIER_MAX, RATE_MAX
from ibperp.parameters import FundingPart, HaircutKind, HaircutParameters, MarketParameters
from ibperp_authoring.widths.intervals import INTERVALS, Interval, widest
from ibperp_conformance.protocol.profile import Profile

MODULES: Final = (pool, margin, book, position, funding, sharing, liquidation, ramps)
"""The kernels: what multiplies and divides amounts, and looks at no state."""

WITHIN: Final = {"lend_claim": "amount", "debt": "amount"} | dict.fromkeys(
    ("shares_to_pass", "shares_to_repay"), "shares"
)
"""What `merged` takes from other kernels, and what bounds it: a claim is at most what is lent
(MM-2), and no more shares are burned than are held."""

Bounds: TypeAlias = tuple[int, int]
NAMES: Final[dict[str, Any]] = {
    name: each
    for module in (state, parameters, margin, position)
    for name, each in vars(module).items()
} | {"Sequence": Sequence}
"""The records that annotations of the kernels name."""


LIMITS: Final = Profile(
    name="limits of NT-7",
    atoms=INT128_MAX,
    price=INT128_MAX,
    lots=INT128_MAX,
    value=INT128_MAX * INT128_MAX,
    unit=10**DECIMALS_MAX,
    fraction=1 << 187,
    lines=1 << 16,
    multiplier=MULTIPLIER_MAX,
    penalty=RATIO,
)
"""What the rules admit at the most, for accounts of at most 65,536 assets and markets."""


@dataclass(frozen=True, slots=True)
class Width:
    """The bits that the widest intermediate value of a function needs, with its sign."""

    clause: str
    function: str
    bits: int


def widths(profile: Profile) -> list[Width]:
    """Return the width of every kernel within a profile, in the order of the chapters."""
    with _replaced(numbers, INTERVALS):
        return [_width(function, profile) for function in kernels()]


def kernels() -> Iterator[FunctionType]:
    """Yield the functions of the kernels that compute with amounts."""
    for module in MODULES:
        for name, function in vars(module).items():
            is_own = getattr(function, "__module__", "") == module.__name__
            if is_own and isinstance(function, FunctionType) and not name.startswith("_"):
                yield from (function,) if _computes(function) else ()


def clause_of(function: FunctionType) -> str:
    """Return the first clause that the text of a function names."""
    found = re.search(r"\(([A-Z]{2}-[0-9]+)", inspect.getdoc(function) or "")
    assert found, function
    return found[1]


def _computes(function: FunctionType) -> bool:
    source = inspect.getsource(function)
    return bool(re.search(r"mul_div|div_|isqrt| \* ", source))


def _width(function: FunctionType, profile: Profile) -> Width:
    arguments = _arguments(function, profile)
    within = {name: _any(bounds(profile)[what]) for name, what in WITHIN.items()}
    with _replaced(pool, within if function is pool.merged else {}):
        bits = max(widest(partial(function, **each))[0] for each in arguments)
    return Width(clause_of(function), f"{function.__module__}.{function.__name__}", bits)


def _arguments(function: FunctionType, profile: Profile) -> list[dict[str, Any]]:
    """Return what a function is called with: once for every value of a closed list."""
    module = inspect.getmodule(function)
    assert module is not None
    hints = get_type_hints(function, NAMES | vars(module))
    hints.pop("return", None)
    found: list[dict[str, Any]] = [{}]
    for name, hint in hints.items():
        values = [*_values(name, hint, profile)]
        found = [{**each, name: value} for each in found for value in values]
    related = RELATED.get(function.__name__)
    return [*related(found[0], profile)] if related else found


def _ranked(given: dict[str, Any], profile: Profile) -> Iterator[dict[str, Any]]:
    """What a position cost is at least an atom a lot: its gain is at most `price` times that."""
    for cost in _doublings(bounds(profile)["cost"][1]):
        gain = min(cost.high * profile.price, profile.value)
        yield {**given, "cost": cost, "gain": Interval(1, gain)}
        yield {**given, "cost": cost, "gain": Interval(-profile.value, 0)}


def _parted(given: dict[str, Any], profile: Profile) -> Iterator[dict[str, Any]]:
    """A part is at most the whole: as large as it gets where one weight is all of them."""
    for weight in _doublings(bounds(profile)["weights"][1]):
        yield {**given, "weights": (weight,)}


RELATED: Final = {"deleverage_rank": _ranked, "portions": _parted}
"""The kernels whose arguments bound one another."""


def _doublings(most: int) -> Iterator[Interval]:
    """Yield the numbers from 1 to `most` in intervals whose ends are a factor of two apart."""
    return (Interval(1 << power, min(2 << power, most)) for power in range(most.bit_length()))


def _values(name: str, hint: Any, profile: Profile) -> Iterator[Any]:
    if hint is Side:
        yield from Side
    elif hint is HaircutParameters:
        for kind in HaircutKind:
            yield _record(HaircutParameters, profile, kind=kind)
    else:
        yield _value(name, hint, profile)


def _value(name: str, hint: Any, profile: Profile) -> Any:
    if hint is bool:
        return False
    if hint in {parameters.TradingParameters, MarketParameters}:
        return _record(MarketParameters, profile)
    if hint == tuple[FundingPart, ...]:
        return (_record(FundingPart, profile),) * 2
    if is_dataclass(hint):
        return _record(hint, profile)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return next(iter(hint))
    if hint is str:
        return name
    if get_origin(hint) is Sequence:
        return (_value(name, int, profile),)
    known = bounds(profile)
    assert name in known, f"no bounds are stated for {name}: add them to bounds"
    low, high = known[name]
    return low if low == high else Interval(low, high)


def _record(of: Any, profile: Profile, **given: Any) -> Any:
    hints = get_type_hints(of, NAMES)
    names = (each.name for each in fields(of))
    return of(
        **{
            name: given[name] if name in given else _value(name, hints[name], profile)
            for name in names
        }
    )


@cache
def bounds(profile: Profile) -> Mapping[str, Bounds]:
    """Return the bounds of every number that a kernel is given, by its name."""
    atoms, price, lots, value = profile.atoms, profile.price, profile.lots, profile.value
    shares = min(atoms * pool.SHARES_PER_ATOM, INT128_MAX)
    index, total = min(price * 1000, INT128_MAX), value * profile.lines
    required = total * profile.fraction // RATIO
    stored = min(value, INT128_MAX)
    rooted = isqrt((profile.penalty * RATIO) ** 2 * atoms * price) + 1
    return {
        **_all(0, atoms, "amount unpaid cash lent borrowed reserve unearned interest reserved"),
        **_all(0, atoms, "available claimed total shared minimum_lots"),
        **_all(0, shares, "shares lend_shares borrow_shares"),
        **_all(-shares, shares, "first second virtual"),
        **_all(0, pool.CARRY_UNIT - 1, "interest_carry"),
        **_all(0, RATE_MAX * 3 * INTERVAL_MAX, "rate_time"),
        **_all(0, RATE_MAX, "rate base_rate slope_low slope_high"),
        **_all(0, INTERVAL_MAX, "seconds"),
        **_all(1, INTERVAL_MAX, "left funding_interval"),
        **_all(0, INT128_MAX, "time start end"),
        **_all(0, price, "price previous asked active best mark bid ask last index_price"),
        **_all(0, price, "mean_mark_price"),
        **_all(-price, price, "basis"),
        **_all(-index, index, "index funding_index"),
        **_all(-lots, lots, "lots filled"),
        **_all(1, profile.unit, "lot_atoms quote_unit tick"),
        **_all(0, rooted, "root"),
        **_all(0, value, "notional value"),
        **_all(0, required, "initial maintenance auto_close required still"),
        **_all(-3 * total, 3 * total, "was now"),
        **_all(0, profile.fraction, "fraction"),
        **_all(0, total, "weights"),
        **_all(0, lots, "size minimum bearable zero"),
        **_all(-total, total, "equity uncounted_gain gain worth"),
        **_all(0, total, "exposure order_loss"),
        **_all(-stored, stored, "cost entry_cost virtual_value realized fees funding"),
        **_all(0, RATIO, "used reserve_fee throttle_bound throttle_utilization"),
        **_all(0, RATIO, "max_utilization throttle_fraction factor weight offset threshold"),
        **_all(0, RATIO, "imf_base imf_factor mmf_base mmf_factor interest_clamp low"),
        **_all(1, RATIO - 1, "optimal_utilization"),
        **_all(-RATIO, RATIO, "ratio maker_fee taker_fee interest_rate funding_floor funding_cap"),
        **_all(-RATIO, profile.multiplier, "premium mean_premium"),
        **_all(0, profile.penalty, "penalty"),
        **_all(0, profile.multiplier, "base high premium_tolerance"),
        **_all(0, profile.multiplier, "limit_min limit_max impact_min impact_max"),
        **_all(0, profile.multiplier, "mean_mark_min mean_mark_max"),
        **_all(RATIO, MULTIPLIER_MAX, "divisor"),
        **_all(0, INT128_MAX, "cap open_borrow_lend_limit"),
        **_all(0, 64, "market user"),
        **_all(pool.THROTTLE_STEPS_MAX, pool.THROTTLE_STEPS_MAX, "steps"),
    }


def _all(low: int, high: int, names: str) -> dict[str, Bounds]:
    return dict.fromkeys(names.split(), (low, high))


def _any(within: Bounds) -> Callable[..., Interval]:
    return lambda *_: Interval(*within)


@contextmanager
def _replaced(module: ModuleType, functions: Mapping[str, Any]) -> Iterator[None]:
    """Let a module of the reference use other functions."""
    own = vars(module)
    kept = {name: own[name] for name in functions}
    own.update(functions)
    try:
        yield
    finally:
        own.update(kept)
