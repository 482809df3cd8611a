"""What a restored state must keep: ids that exist, derived parts that follow, laws, invariants."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, get_args

from ibperp import parameters
from ibperp.book import rank
from ibperp.ordered import Ordered
from ibperp.orders import Side
from ibperp.parameter_laws import (
    asset_violations,
    market_violations,
    perpetual_violations,
    system_violations,
)
from ibperp.persistent import Vector
from ibperp.programs import RequestKind
from ibperp.state import Account, Market, OrderStatus, State, find_asset, with_account
from ibperp.unpaid import debts_left
from ibperp_conformance.snapshot.canonical import hints_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ID_FIELDS: Final = {
    "account": "accounts",
    "counterparty": "accounts",
    "asset": "assets",
    "base": "assets",
    "quote": "assets",
    "market": "markets",
    "orders": "orders",
}
"""Integer fields that hold ids, and the entries of the state that these are of."""

PLACE_FIELDS: Final = ("token", "source", "destination")
"""Integer fields that hold places among the tokens of the asset in the same record."""

SYSTEM_ACCOUNTS: Final = 2


def faults(state: State) -> Iterator[str]:
    """Yield what is wrong with a state of well-typed records, each with its field.

    A later check relies on the earlier ones: after a fault, reading on may raise an exception.
    """
    yield from _misnamed(state)
    yield from _misshaped(state)
    yield from _dangling(state, "state", state)
    yield from _mislinked(state)
    yield from _misderived(state)
    yield from _unlawful(state)
    from ibperp_invariants import check_state  # An engine starts without the invariants.

    for broken in check_state(state):
        clauses = ", ".join(broken.clauses)
        yield f"state: the invariant {broken.invariant} ({clauses}) is violated: {broken.message}"


def _misnamed(state: State) -> Iterator[str]:
    """Find symbols and chains that two entries have."""
    named = {
        "chains": [chain.name for chain in state.chains],
        "assets": [asset.symbol for asset in state.assets],
        "markets": [market.symbol for market in state.markets],
    }
    for entries, names in named.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield f"state.{entries}[{index}]: expected a name that no other has, got {name}"


def _mislinked(state: State) -> Iterator[str]:
    """Find symbols in parameters that are not those of the assets beside them, or of none."""
    for index, market in enumerate(state.markets):
        if isinstance(market, Market):
            for name in ("base", "quote"):
                symbol = state.assets[getattr(market, name)].symbol
                if getattr(market.parameters, name) != symbol:
                    where = f"state.markets[{index}].parameters.{name}"
                    yield f"{where}: expected {symbol}, the asset with the id beside it"
        elif find_asset(state, state.system.settlement_asset) is None:
            yield "state.system.settlement_asset: expected a listed asset, as there are perpetuals"


def _misshaped(state: State) -> Iterator[str]:
    """Find tuples of another length or order than the reference keeps."""
    if len(state.accounts) < SYSTEM_ACCOUNTS:
        yield f"state.accounts: expected the {SYSTEM_ACCOUNTS} system accounts at least"
    for index, asset in enumerate(state.assets):
        if len(asset.tokens) != len(asset.parameters.tokens):
            expected = len(asset.parameters.tokens)
            yield f"state.assets[{index}].tokens: expected {expected}, as its parameters list"
        for token in asset.parameters.tokens:
            if token.chain not in {chain.name for chain in state.chains}:
                yield f"state.assets[{index}].parameters: expected known chains, got {token.chain}"
    for index, account in enumerate(state.accounts):
        for name in _misfit(account, len(state.assets)):
            yield f"state.accounts[{index}].{name}: expected no entry beyond assets or zero at last"
        markets = [own.market for own in account.positions]
        if any(below >= above for below, above in pairwise(markets)):
            yield f"state.accounts[{index}].positions: expected ascending markets"
        if any(own.lots == 0 == own.virtual for own in account.positions):
            yield f"state.accounts[{index}].positions: expected none without lots and shares"


def _misfit(account: Account, assets: int) -> Iterator[str]:
    for name in ("free", "shares", "reserved"):
        values = getattr(account, name)
        if len(values) > assets or values[-1:] == (0,):
            yield name


@cache
def _refers(record: type) -> bool:
    """Tell whether a record, or one inside it, holds ids."""
    hints = hints_of(record)
    return any(name in ID_FIELDS and _is_integer(hint) for name, hint in hints.items()) or any(
        _refers(kind) for hint in hints.values() for kind in _records(hint)
    )


@cache
def _followed(record: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of a record that hold ids, and those with records that do."""
    hints = hints_of(record)
    ids = tuple(name for name in hints if name in ID_FIELDS and _is_integer(hints[name]))
    within = tuple(name for name in hints if any(map(_refers, _records(hints[name]))))
    return ids, within


def _is_integer(hint: Any) -> bool:
    return hint is int or get_args(hint)[:1] == (int,)


def _records(hint: Any) -> list[type]:
    """Return the records that a type has inside; parameters have symbols in place of ids."""
    if isinstance(hint, type) and is_dataclass(hint):
        return [] if hint.__module__ == parameters.__name__ else [hint]
    return [kind for part in get_args(hint) for kind in _records(part)]


def _dangling(record: Any, path: str, state: State) -> Iterator[str]:
    """Find ids of nothing in a record and in those inside it."""
    kind: Any = type(record)
    ids, within = _followed(kind)
    for name in ids:
        value, entries = getattr(record, name), ID_FIELDS[name]
        count = len(getattr(state, entries))
        for one in value if isinstance(value, tuple) else (value,):
            if not 0 <= one < count:
                yield f"{path}.{name}: expected the id of one of {count} {entries}, got {one}"
    if "asset" in ids and 0 <= record.asset < len(state.assets):
        count = len(state.assets[record.asset].tokens)
        for name in PLACE_FIELDS:
            if not 0 <= getattr(record, name, 0) < count:
                yield f"{path}.{name}: expected the place of one of {count} tokens"
    for name in within:
        value = getattr(record, name)
        if is_dataclass(value):
            yield from _dangling(value, f"{path}.{name}", state)
            continue
        for index, item in enumerate(value or ()):
            yield from _dangling(item, f"{path}.{name}[{index}]", state)


def _misderived(state: State) -> Iterator[str]:
    """Find derived parts that do not follow: requests of accounts, books, sets of accounts."""
    resting: dict[tuple[int, Side], list[tuple[int, ...]]] = {}
    own: dict[int, list[int]] = {}
    for index, order in enumerate(state.orders):
        if order.status is OrderStatus.OPEN:
            key = (rank(order.side, order.price), order.sequence, index)
            resting.setdefault((order.market, order.side), []).append(key)
            own.setdefault(order.account, []).append(index)
    conversions = {
        request.account: index
        for index, request in enumerate(state.requests)
        if request.kind is RequestKind.CONVERSION
    }
    for index, account in enumerate(state.accounts):
        if list(account.orders) != own.get(index, []):
            yield f"state.accounts[{index}].orders: expected its open orders {own.get(index, [])}"
        if account.conversion != (last := conversions.get(index)):
            yield f"state.accounts[{index}].conversion: expected its last one, {last}"
    for index, market in enumerate(state.markets):
        for side, name in ((Side.BID, "bids"), (Side.ASK, "asks")):
            rebuilt = Ordered(resting.get((index, side), ()))
            where = f"state.markets[{index}].book"
            yield from _differs(f"{where}.{name}", getattr(market.book, name), rebuilt)
            if any(sequence >= market.book.next_sequence for _, sequence, _ in rebuilt):
                yield f"{where}.next_sequence: expected one above those of its open orders"
    if state.unpaid != (unpaid := debts_left(own.unpaid for own in state.accounts)):
        yield f"state.unpaid: expected what its accounts have, {unpaid}"
    sets = [name for name, hint in hints_of(State).items() if hint is Ordered]
    blank = Vector(Account(account.user) for account in state.accounts)
    empty: dict[str, Any] = dict.fromkeys(sets, Ordered())
    filled = replace(state, accounts=blank, **empty)
    for index, account in enumerate(state.accounts):
        filled = with_account(filled, index, account)
    for name in sets:
        yield from _differs(f"state.{name}", getattr(state, name), getattr(filled, name))


def _differs(path: str, found: Ordered, rebuilt: Ordered) -> Iterator[str]:
    if found != rebuilt:
        odd = min(set(found) ^ set(rebuilt))
        has = "has" if odd in set(found) else "lacks"
        yield f"{path}: expected what follows from the rest, but it {has} {list(odd)}"


def _unlawful(state: State) -> Iterator[str]:
    """Find parameters that break their laws."""
    found: Iterable[tuple[str, Any]] = (
        ("state.system", system_violations(state.system)),
        *(
            (f"state.assets[{index}].parameters", asset_violations(asset.parameters))
            for index, asset in enumerate(state.assets)
        ),
        *(
            (
                f"state.markets[{index}].parameters",
                market_violations(market.parameters)
                if isinstance(market, Market)
                else perpetual_violations(market.parameters),
            )
            for index, market in enumerate(state.markets)
        ),
    )
    for path, violations in found:
        for violation in violations:
            first, second = (getattr(violation, item.name) for item in fields(violation))
            yield f"{path}.{first}: {second}"
