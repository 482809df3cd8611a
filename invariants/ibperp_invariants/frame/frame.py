"""Invariants of what an action may touch, and of what it leaves as it was."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ibperp.parameters import BookState, PoolParameters
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.becomes import wrong_values
from ibperp_invariants.frame.touches import CREATED, ENDED
from ibperp_invariants.frame.which import WHICH
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import (
    AccountView,
    AssetView,
    PositionView,
    View,
    changed,
    perpetual_of,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
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

NO_POOL: Final = PoolParameters(BookState.CLOSED, *[0] * 9)


def frame_rule(step: Step) -> Iterator[str]:
    """Check that an accepted action changed only what its row of the table admits (NT-9)."""
    if not step.is_accepted():
        return
    row = ALLOWED[type(step.action)]
    before, after = _state_parts(step.before), _state_parts(step.after)
    for part, old in before.items():
        new = after[part]
        if old != new and part not in row.system and None not in {old, new}:
            yield f"{part} went from {old} to {new} at {step.after.time}"
    for kind in KINDS:
        yield from _strays(step, kind, getattr(row, kind))
    yield from _stray_balances(step, row)
    yield from wrong_values(step)


def subaccount_isolation(step: Step) -> Iterator[str]:
    """Check that only admitted accounts changed, whatever user they belong to (CU-3, CU-10)."""
    if not step.is_accepted():
        return
    admitted = [WHICH[word](step) for word in ALLOWED[type(step.action)].accounts]
    for index in step.changed_accounts():
        if not any(index in which for which in admitted):
            old, new = step.before.accounts.get(index), step.after.accounts.get(index)
            yield (
                f"account {index} changed, which {type(step.action).__name__} does not name: "
                f"{_holdings(old)} became {_holdings(new)}"
            )


def _strays(step: Step, kind: str, row: Mapping[StrEnum, Parts]) -> Iterator[str]:
    """Yield the parts of the records of a kind that changed and are not admitted."""
    before, after = getattr(step.before, kind), getattr(step.after, kind)
    keys = _changed(step, kind)
    admitted = [(WHICH[word](step), parts) for word, parts in row.items()] if keys else []
    for key in keys:
        parts = {part for which, parts in admitted if key in which for part in parts}
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            if (ENDED if new is None else CREATED) not in parts:
                fate = "vanished" if new is None else "appeared"
                yield f"{KINDS[kind]} {key} {fate}: {old if new is None else new}"
            continue
        was, now = parts_of(old, kind), parts_of(new, kind)
        for part in was:
            if part not in parts and was[part] != now.get(part):
                yield f"{KINDS[kind]} {key}: {part} went from {was[part]} to {now.get(part)}"


def _changed(step: Step, kind: str) -> tuple[Any, ...]:
    match kind:
        case "accounts":
            return step.changed_accounts()
        case "orders":
            return step.changed_orders()
        case _:
            return changed(getattr(step.before, kind), getattr(step.after, kind))


def _stray_balances(step: Step, row: Touches) -> Iterator[str]:
    """Yield what an account has in an asset or a market that the action does not touch."""
    touched: dict[str, list[Container[str]]] = {
        kind: [WHICH[word](step) for word in getattr(row, kind)]
        for kind in (("assets", "markets") if step.changed_accounts() else ())
    }
    for index in step.changed_accounts():
        old, new = step.before.accounts.get(index), step.after.accounts.get(index)
        if old is None or new is None:
            continue
        if old.unsettled != new.unsettled and not _has_perpetual(step, touched["markets"]):
            yield f"account {index}: unsettled went from {old.unsettled} to {new.unsettled}"
        for part, kind in SCOPED.items():
            was, now = getattr(old, part), getattr(new, part)
            for symbol in _changed_symbols(was, now):
                if not any(symbol in which for which in touched[kind]):
                    values = f"{was.get(symbol, 0)} to {now.get(symbol, 0)}"
                    yield f"account {index}: {part} of {symbol} went from {values}"


def _has_perpetual(step: Step, touched: list[Container[str]]) -> bool:
    markets = (symbol for symbol in step.before.markets if perpetual_of(step.before, symbol))
    return any(symbol in which for symbol in markets for which in touched)


def _state_parts(view: View) -> dict[str, object]:
    return {
        "time": view.time,
        "settlement_time": view.settlement_time,
        "is_halted": view.is_halted,
        "liquidation_time": view.liquidation_time,
        "parameters": view.system,
    }


def parts_of(record: Any, kind: str) -> dict[str, object]:
    """Return the parts of a record by name; a balance of zero is none."""
    if not is_dataclass(record):
        return {SINGLE[kind]: record}
    parts = {part.name: getattr(record, part.name) for part in fields(record)}
    if isinstance(record, AccountView):
        parts |= {name: _filled(parts[name]) for name in SCOPED}
    if isinstance(record, AssetView):
        tokens, limits = record.tokens, record.parameters
        parts |= {part.name: getattr(record.pool, part.name) for part in fields(record.pool)}
        parts |= {
            "parameters": limits and replace(limits, pool=NO_POOL),
            "pool_parameters": limits and limits.pool,
            "custody": {chain: token.custody for chain, token in tokens.items()},
            "pending": {chain: token.pending for chain, token in tokens.items()},
        }
        del parts["pool"], parts["tokens"]
    return parts


def _filled(balances: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in balances.items() if value not in (0, PositionView())}


def _changed_symbols(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    was, now = _filled(old), _filled(new)
    return [name for name in sorted({*was, *now}) if was.get(name) != now.get(name)]


def _holdings(account: AccountView | None) -> str:
    if account is None:
        return "nothing"
    return f"free {dict(account.free)} shares {dict(account.shares)} of user {account.user}"


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
