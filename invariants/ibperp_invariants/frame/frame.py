"""Invariants of what an action may touch, and of what it leaves as it was."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from functools import cache, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from ibperp.parameters import BookState, PoolParameters
from ibperp.state import Pool
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.becomes import wrong_values
from ibperp_invariants.frame.touches import CREATED, ENDED, Assets, Markets
from ibperp_invariants.frame.which import is_in_one, meant
from ibperp_invariants.step.moved import BITS, MEMBERS, bits_of
from ibperp_invariants.step.step import independently, step_invariant
from ibperp_invariants.view.observed import NotObserved, names_of
from ibperp_invariants.view.view import (
    AccountView,
    AssetView,
    PositionView,
    changed,
    perpetual_of,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from enum import StrEnum

    from ibperp_invariants.frame.touches import Parts, Touches
    from ibperp_invariants.step.step import Invariant, Step

KINDS: Final = {
    "chains": "chain",
    "assets": "asset",
    "accounts": "account",
    "withdrawals": "withdrawal",
    "rebalances": "rebalance",
    "markets": "market",
    "orders": "order",
    "backstops": "backstop",
    "requests": "request",
}
"""The records of a view, under the names that they have in a row too, and what one is called."""

SINGLE: Final = {"chains": "next_sequence", "backstops": "capacity"}
"""The one part of the records that are a number."""

SCOPED: Final = {"free": "assets", "shares": "assets", "positions": "markets"}
"""The parts of an account that change only in the assets or markets that the action touches."""

STATE: Final = {
    "time": "time",
    "settlement_time": "settlement_time",
    "unpaid_rate_time": "unpaid_rate_time",
    "is_halted": "is_halted",
    "liquidation_time": "liquidation_time",
    "system": "parameters",
}
"""The parts of a view that are no record, and what a row calls them."""

OF_TABLE: Final = {name: BITS[name] for name in (*STATE, *KINDS)}
"""What the table speaks of, as parts that a step may have moved."""

ALL_OF_TABLE: Final = bits_of(OF_TABLE)

APART: Final[Mapping[str, tuple[str, ...]]] = {
    "tokens": ("custody", "pending"),
    "parameters": ("parameters", "pool_parameters"),
}
"""The members of an asset that the table has as parts of their own."""

POOL_PARTS: Final = attrgetter(*names_of(Pool))
EMPTY: Final = (0, PositionView())
"""A balance and a position that are as good as none."""

NO_POOL: Final = PoolParameters(BookState.CLOSED, *[0] * 9)


def frame_rule(step: Step) -> Iterator[str]:
    """Check that an accepted action changed only what its row of the table admits (NT-9)."""
    if not step.is_accepted():
        return
    action: Any = type(step.action)
    row, bits = ALLOWED[action], step.moved & ~admitted_anywhere(action)
    is_in_scope = bits & balances_in_scope(action)
    if not (bits & ALL_OF_TABLE or is_in_scope):
        yield from wrong_values(step)
        return
    checks = [
        _stray_state(step, name) if name in STATE else _strays(step, name, getattr(row, name))
        for name in _of_table(bits & ALL_OF_TABLE)
    ]
    if is_in_scope:
        checks.append(_stray_balances(step, row))
    yield from independently((*checks, wrong_values(step)))


@lru_cache(maxsize=1 << 12)
def _of_table(bits: int) -> tuple[str, ...]:
    """Return what the table speaks of and a step moved."""
    return tuple(name for name, bit in OF_TABLE.items() if bits & bit)


@cache
def admitted_anywhere(action: Any) -> int:
    """Return the parts that a row admits in the state, and in every asset and market.

    Whatever a step did to these, the rule has nothing to say of it.
    """
    row = ALLOWED[action]
    found = bits_of(name for name, told in STATE.items() if told in row.system)
    for kind, parts in (
        ("assets", row.assets.get(Assets.ALL, ())),
        ("markets", row.markets.get(Markets.ALL, ())),
    ):
        apart = APART if kind == "assets" else {}
        names = (own for own in MEMBERS[kind] if set(apart.get(own, (own,))) <= set(parts))
        found |= bits_of(f"{kind}/{own}" for own in names)
    return found


@cache
def balances_in_scope(action: Any) -> int:
    """Return the parts of accounts that an action changes in some assets or markets alone."""
    row = ALLOWED[action]
    of_assets = () if Assets.ALL in row.assets else ("free", "shares")
    of_markets = () if Markets.ALL in row.markets else ("unsettled", *names_of(PositionView))
    return bits_of(f"accounts/{name}" for name in (*of_assets, *of_markets))


def subaccount_isolation(step: Step) -> Iterator[str]:
    """Check that only admitted accounts changed, whatever user they belong to (CU-3, CU-10)."""
    if not step.is_accepted():
        return
    admitted = [meant(word, step) for word in ALLOWED[type(step.action)].accounts]
    for index in step.changed_accounts():
        if not is_in_one(index, admitted):
            yield f"account {index} changed, which {type(step.action).__name__} does not name"


def _stray_state(step: Step, name: str) -> Iterator[str]:
    """Yield a part of the state that changed, though it is not admitted."""
    old, new = getattr(step.before, name), getattr(step.after, name)
    if old != new:
        yield f"{STATE[name]} went from {old} to {new} at {step.after.time}"


def _strays(step: Step, kind: str, row: Mapping[StrEnum, Parts]) -> Iterator[str]:
    """Yield the parts of the records of a kind that changed and are not admitted."""
    before, after = getattr(step.before, kind), getattr(step.after, kind)
    granted: list[tuple[Container[Any], Parts]] | None = None
    missing: NotObserved | None = None
    for key in _changed(step, kind):
        granted = granted or [(meant(word, step), parts) for word, parts in row.items()]
        old, new = before.get(key), after.get(key)
        fate = CREATED if old is None else ENDED if new is None else ""
        for part in (fate,) if fate else _moved_parts(old, new, kind):
            admitting = [which for which, parts in granted if part in parts]
            try:
                if _is_admitted(key, admitting):
                    continue
                if fate or part_of(old, part) != part_of(new, part):
                    is_in_one(key, admitting)
                    values = "" if fate else f", {part_of(old, part)} to {part_of(new, part)}"
                    yield f"{KINDS[kind]} {key}: {part}{values}"
            except NotObserved as error:
                missing = missing or error
    if missing is not None:
        raise missing


def _is_admitted(key: object, admitting: list[Container[Any]]) -> bool:
    """Tell whether a record is known to be among those of which a change is admitted."""
    try:
        return is_in_one(key, admitting)
    except NotObserved:
        return False


def _moved_parts(old: Any, new: Any, kind: str) -> Iterator[str]:
    """Yield the parts of a record that may have changed, found at little cost."""
    if not is_dataclass(old):
        yield SINGLE[kind]
        return
    own: Any = type(old)
    for name, parts in _held(own).items():
        try:
            was, now = getattr(old, name), getattr(new, name)
        except (NotObserved, AttributeError):
            yield from parts
            continue
        if was is now:
            continue
        if name == "pool":
            yield from _moved_in_pool(was, now)
        elif type(was) is not int or was != now:
            yield from parts


def _moved_in_pool(old: Pool, new: Pool) -> Iterator[str]:
    names = names_of(Pool)
    try:
        numbers = zip(names, POOL_PARTS(old), POOL_PARTS(new), strict=True)
    except NotObserved:
        yield from names
        return
    yield from (name for name, was, now in numbers if was != now)


@cache
def _held(kind: Any) -> dict[str, tuple[str, ...]]:
    """Return the parts of a record, as the table has them, by the member that holds them."""
    names = names_of(kind)
    if not issubclass(kind, AssetView):
        return {name: (name,) for name in names}
    apart = {"pool": names_of(Pool), **APART}
    return {name: apart.get(name, (name,)) for name in names}


def _changed(step: Step, kind: str) -> Sequence[Any]:
    match kind:
        case "accounts":
            return step.changed_accounts()
        case "orders":
            return step.changed_orders()
        case _:
            return changed(getattr(step.before, kind), getattr(step.after, kind))


def _stray_balances(step: Step, row: Touches) -> Iterator[str]:
    """Yield what an account has in an asset or a market that the action does not touch."""
    touched: dict[str, list[Container[str]]] = {}
    for index in step.changed_accounts():
        old, new = step.before.accounts.get(index), step.after.accounts.get(index)
        if old is None or new is None:
            continue
        touched = touched or {
            kind: [meant(word, step) for word in getattr(row, kind)]
            for kind in ("assets", "markets")
        }
        yield from independently(
            (
                _stray_unsettled(step, index, row, touched["markets"]),
                *(_stray_part(index, (old, new), part, touched[SCOPED[part]]) for part in SCOPED),
            )
        )


def _stray_unsettled(
    step: Step, index: int, row: Touches, touched: list[Container[str]]
) -> Iterator[str]:
    if Markets.ALL in row.markets:  # the liquidation fee of a spot trade is unsettled too
        return
    old, new = (view.accounts[index].unsettled for view in (step.before, step.after))
    markets = (symbol for symbol in step.before.markets if perpetual_of(step.before, symbol))
    if old != new and not any(is_in_one(symbol, touched) for symbol in markets):
        yield f"account {index}: unsettled went from {old} to {new}, and no perpetual is touched"


def _stray_part(
    index: int, pair: tuple[AccountView, AccountView], part: str, touched: list[Container[str]]
) -> Iterator[str]:
    old, new = pair
    if getattr(old, part) == getattr(new, part):
        return
    was, now = part_of(old, part), part_of(new, part)
    for symbol in sorted({*was, *now}):
        if was.get(symbol) != now.get(symbol) and not is_in_one(symbol, touched):
            values = f"{was.get(symbol, 0)} to {now.get(symbol, 0)}"
            yield f"account {index}: {part} of {symbol} went from {values}"


def part_names(record: Any, kind: str) -> tuple[str, ...]:
    """Return the names of the parts of a record, as the table has them."""
    if not is_dataclass(record):
        return (SINGLE[kind],)
    own: Any = type(record)
    return tuple(part for parts in _held(own).values() for part in parts)


def part_of(record: Any, name: str) -> Any:
    """Return a part of a record; balances without those of zero, a number is its own part."""
    match record:
        case AccountView() if name in SCOPED:
            held = getattr(record, name)
            return {of: value for of, value in held.items() if value not in EMPTY}
        case AssetView() if name in {"custody", "pending"}:
            return {chain: getattr(token, name) for chain, token in record.tokens.items()}
        case AssetView() if name == "pool_parameters":
            return record.parameters and record.parameters.pool
        case AssetView() if name == "parameters":
            return record.parameters and replace(record.parameters, pool=NO_POOL)
        case AssetView() if not hasattr(AssetView, name):
            return getattr(record.pool, name)
        case int():
            return record
        case _:
            return getattr(record, name, None)


FRAME: Final[tuple[Invariant, ...]] = (
    step_invariant(
        frame_rule,
        "NT-9 CU-4 CU-6 CU-9 CU-11 MM-6 MM-16 SM-1 SM-2 SM-3 SM-10 SM-11 PP-2 PP-6 PP-8 ST-2 "
        "LQ-2 PG-1 PG-2 PG-3 GV-1 GV-2 GV-4",
        "An action changes only what its row of the table in NT-9 admits.",
    ),
    step_invariant(
        subaccount_isolation,
        "CU-3 CU-10 SM-7 SM-9 PP-9 ST-2 LQ-2 LQ-6 LQ-7 LQ-9 PG-4",
        "An action changes no account except those that its row of the table in NT-9 admits, "
        "whatever user they belong to.",
    ),
)
