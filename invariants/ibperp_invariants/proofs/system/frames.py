"""Which parts of the state each operation can write, and that its row of NT-9 names them.

The functions that an operation may call are read from the syntax: whatever a function names, as a
name, a member of a module or a method of any class, it may call. So the graph has too many calls
rather than too few.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from ibperp.events import LedgerAccount
from ibperp.transition import OPERATIONS
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.touches import CREATED, ENDED
from ibperp_invariants.proofs.system.census import functions, sites, walk

if TYPE_CHECKING:
    from ibperp_invariants.frame.touches import Touches

_OPERATIONS: Final = "ibperp.operations"
_RESTING: Final = f"{_OPERATIONS}.spot_margin.resting"
_POSTING: Final = "ibperp.posting"

KINDS: Final[Mapping[str, str]] = {
    "Account": "accounts",
    **dict.fromkeys(("Asset", "Pool", "Token", "AssetParameters"), "assets"),
    **dict.fromkeys(("Market", "Perpetual", "Book", "Reference", "PerpetualParameters"), "markets"),
    "Order": "orders",
    "Chain": "chains",
    "Withdrawal": "withdrawals",
    "Rebalance": "rebalances",
    "QuoteRequest": "requests",
    "Backstop": "backstops",
    "State": "system",
}
"""Under which records of a row the fields of a record stand; the others stand inside of one."""

HOLDERS: Final = frozenset(
    {
        *(f"State.{name}" for name in ("accounts", "assets", "markets", "orders", "chains")),
        *(f"State.{name}" for name in ("withdrawals", "rebalances", "requests", "backstops")),
        *("Asset.pool", "Asset.tokens", "Asset.parameters"),
        *("Market.book", "Market.reference", "Perpetual.book", "Perpetual.reference"),
    }
)
"""Fields that hold records of which the fields count."""

UNSEEN: Final = frozenset(
    {
        *("State.active", "State.exposed", "State.unpaid"),
        *("Account.conversion", "Account.prepaid_until", "Chain.name", "Backstop.account"),
        *("Book.next_sequence", "Order.sequence"),
    }
)
"""Fields that no row names: sets and sums that follow from others, keys, and places in a queue."""

PARTS: Final[Mapping[str, str]] = {
    "State.system": "parameters",
    "Order.status": ENDED,
    "QuoteRequest.status": ENDED,
    "Reference.index_price": "reference_index_price",
    "AssetParameters.pool": "pool_parameters",
}
"""What a row calls a field, where it has another name there."""

INSIDE: Final = {
    "AssetParameters": "Asset.parameters",
    "PerpetualParameters": "Perpetual.parameters",
}
"""Records that are in a state only if the function, or one it calls, writes this field too."""

NAMED: Final[Mapping[str, str]] = {
    "Token.custody": f"{_POSTING}.custody",
    "Token.pending": f"{_POSTING}.pending",
    "Asset.in_transit": f"{_POSTING}.IN_TRANSIT",
    "Pool.cash": f"{_POSTING}.POOL",
    "Account.free": f"{_POSTING}.free",
}
"""The balances that a posting writes only if an operation names them: by what."""

DROPPED: Final[Mapping[tuple[str, str], str]] = {
    (
        f"{_OPERATIONS}.liquidation.bankruptcy.resolve_bankruptcy",
        f"{_OPERATIONS}.liquidation.ladder.step",
    ): "whether there is a step is looked at, and the step is dropped"
}
"""Calls whose result is in no state that is kept, by caller and callee, with the reason."""

EXCEPT: Final[Mapping[tuple[str, str], str]] = {
    (f"{_RESTING}.released_order", "Order.reserved"): "of an order that ends or is placed anew",
    (
        f"{_OPERATIONS}.programs.block_trade.ended_request",
        "QuoteRequest.quotes",
    ): "of one that ends",
    **{
        (name, "Order"): "an order of the system takes at once, and never rests"
        for name in (
            f"{_OPERATIONS}.liquidation.book._worked_deal",
            f"{_OPERATIONS}.liquidation.conversion._sold",
        )
    },
}
"""Writes of a field, or of a whole record, that no row has to name, with the reason."""

RESERVES_NOTHING: Final = frozenset({"SetPerpetualParameters", "SubmitQuote", "AcceptQuote"})
"""Operations that end orders of perpetuals alone (t_an_order_of_a_perpetual_reserves_nothing)."""


def operations_write_parts_of_their_rows() -> list[str]:
    """Return the parts of records that an operation can write and its row does not name."""
    return [
        f"{action.__name__}: {function} writes {path}, which its row does not name"
        for action, operation in OPERATIONS.items()
        for function, path in sorted(written(f"{operation.__module__}.{operation.__qualname__}"))
        if not _is_admitted(action.__name__, ALLOWED[action], function, path)
    ]


def _is_admitted(action: str, row: Touches, function: str, path: str) -> bool:
    record, _, name = path.partition(".")
    if {(function, path), (function, record)} & EXCEPT.keys():
        return True
    if path == "Account.reserved" and action in RESERVES_NOTHING:
        return True
    part = PARTS.get(path, "parameters" if record in INSIDE else name)
    named = getattr(row, KINDS[record])
    admitted = (
        named if KINDS[record] == "system" else {one for own in named.values() for one in own}
    )
    return part in admitted or CREATED in admitted


def written(operation: str) -> frozenset[tuple[str, str]]:
    """Return what an operation can write: functions, each with a field as Record.field."""
    reached = reached_by(operation)
    found = {
        (site.function, f"{site.record}.{name}")
        for site in sites()
        if site.function in reached
        for name in site.fields
    }
    paths = {path for _, path in found}
    return frozenset(
        (function, path)
        for function, path in found
        if _counts(path, paths)
        and not (function.startswith(_POSTING) and NAMED.get(path, function) not in reached)
    )


def reached_by(operation: str) -> frozenset[str]:
    """Return an operation, and whatever it may call."""
    return frozenset(_reached(operation))


def _counts(path: str, paths: set[str]) -> bool:
    record = path.partition(".")[0]
    is_inside = INSIDE.get(record, path) in paths
    return record in KINDS and is_inside and path not in HOLDERS | UNSEEN


def _reached(operation: str) -> Iterator[str]:
    """Yield an operation, and whatever it may call."""
    calls, todo, seen = graph(), [operation], set[str]()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            yield name
            todo += [one for one in calls.get(name, ()) if (name, one) not in DROPPED]


@cache
def graph() -> dict[str, frozenset[str]]:
    """Return for every function of the reference the functions that it may call."""
    table = dict(functions())
    methods: dict[str, set[str]] = {}
    for name in table:
        *_, owner, last = name.split(".")
        if owner[0].isupper():
            methods.setdefault(last, set()).add(name)
    return {
        name: frozenset(_named(node, vars(_home(name)), methods)) for name, node in table.items()
    }


def _home(name: str) -> ModuleType:
    """Return the module of a function or a method."""
    path = name.rpartition(".")[0]
    owner = path.rpartition(".")[2]
    return importlib.import_module(path.rpartition(".")[0] if owner[0].isupper() else path)


def _named(
    node: ast.AST, scope: Mapping[str, Any], methods: Mapping[str, set[str]]
) -> Iterator[str]:
    """Yield the functions that a node names."""
    for part in walk(node):
        if isinstance(part, ast.Name) and part.id in scope:
            yield from _meant(scope[part.id], part.id)
        elif isinstance(part, ast.Attribute):
            yield from methods.get(part.attr, ())
            of = scope.get(part.value.id) if isinstance(part.value, ast.Name) else None
            if isinstance(of, ModuleType):
                yield from _meant(getattr(of, part.attr, None), part.attr)


def _meant(value: Any, name: str) -> Iterator[str]:
    """Yield the functions that a value is, makes, or holds."""
    if isinstance(value, FunctionType):
        yield f"{value.__module__}.{value.__qualname__}"
    elif isinstance(value, LedgerAccount):
        yield f"{_POSTING}.{name}"
    elif isinstance(value, type):
        yield from (
            f"{value.__module__}.{value.__qualname__}.{own}"
            for own in vars(value)
            if own.startswith("__")
        )
    elif isinstance(value, Mapping):
        yield from (one for entry in (*value, *value.values()) for one in _meant(entry, name))
    elif isinstance(value, tuple | list | set | frozenset):
        yield from (one for entry in value for one in _meant(entry, name))


TRADING: Final[Mapping[str, frozenset[str]]] = {
    f"{_OPERATIONS}.{name}": frozenset(f"{_OPERATIONS}.{caller}" for caller in callers)
    for name, callers in {
        "spot_margin.spot_trade.exchanged_assets": (
            "spot_margin.matching._met",
            "programs.block_trade._exchanged",
        ),
        "perpetuals.perpetual_trade.exchanged_positions": (
            "spot_margin.matching._met",
            "programs.block_trade._exchanged",
        ),
        "spot_margin.matching._met": ("spot_margin.matching.matched_order",),
        "programs.block_trade._exchanged": ("programs.block_trade.block_traded",),
        "programs.block_trade.block_traded": (
            "programs.quotes.submit_quote",
            "programs.quotes.accept_quote",
        ),
    }.items()
}
"""What makes a trade, and the only functions that may call it, up to where users are compared."""


def trades_begin_where_users_are_compared() -> list[str]:
    """Return what could make a trade without the comparison of its users."""
    return [
        f"{caller} may call {name}"
        for name, expected in TRADING.items()
        for caller, called in graph().items()
        if name in called and caller not in expected
    ]


def balances_are_named_in_one_place() -> list[str]:
    """Return what names a balance to be posted otherwise than the functions for it."""
    return [
        f"{name} names a balance"
        for name, function in functions()
        for node in walk(function)
        if isinstance(node, ast.Name | ast.Attribute)
        and getattr(node, "id", getattr(node, "attr", "")) == "LedgerAccount"
        and not name.startswith(_POSTING)
        and isinstance(node.ctx, ast.Load)
        and not _is_annotation(function, node)
    ]


def _is_annotation(function: ast.FunctionDef, node: ast.AST) -> bool:
    """Tell whether a name stands in a type alone."""
    types = [part.annotation for part in walk(function) if isinstance(part, ast.arg)]
    types += [part.annotation for part in walk(function) if isinstance(part, ast.AnnAssign)]
    return any(node in walk(kind) for kind in (*types, function.returns) if kind is not None)
