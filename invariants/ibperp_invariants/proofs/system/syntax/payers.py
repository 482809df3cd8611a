"""Which account pays or is charged for which reason: both are followed together.

A posting from a free balance names its payer and its reason. Both are followed up the same calls,
and through the same record if they are its fields, so that a reason is held against the payers that
it goes with, and against no others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final, TypeGuard

from ibperp.transition import OPERATIONS
from ibperp_invariants.proofs.system.census import called
from ibperp_invariants.proofs.system.frames import reached_by
from ibperp_invariants.proofs.system.keys import (
    CLAIMANT,
    DUE,
    LENDER,
    LISTED,
    OPPOSITE,
    OWING,
    OWNER,
    STORED,
    UNTOLD,
    Search,
)
from ibperp_invariants.proofs.system.syntax.arguments import (
    argument_of,
    bindings,
    members_of,
    spread_out,
    values_of,
)
from ibperp_invariants.proofs.system.syntax.kinds import calls_of, classes, fields, meant, table

_ACTOR: Final = frozenset({"action.account", "action.sender"})
_TRADERS: Final = _ACTOR | {OWNER, DUE, OWING, STORED["Order"]}
_PARTIES: Final = _TRADERS | {STORED["QuoteRequest"], STORED["Quote"]}
_FAILING: Final = frozenset({"action.account", DUE})

PAYERS: Final[Mapping[str, frozenset[str]]] = {
    "WITHDRAWAL_REQUEST": _ACTOR,
    "TRANSFER": _ACTOR,
    "LEND": _ACTOR,
    "REPAY": _ACTOR,
    "INSURANCE_FUNDED": _ACTOR | {"INSURANCE"},
    "TRADE": _PARTIES,
    "TRADE_FEE": _PARTIES,
    "TRADE_REBATE": frozenset({"FEES"}),
    "REBALANCE_COST": frozenset({"FEES"}),
    "INSURANCE": frozenset({"INSURANCE"}),
    "DUST": frozenset({"action.account", "FEES"}),
    "LIQUIDATION_REPAY": _FAILING,
    "LIQUIDATION_BACKSTOP": _FAILING,
    "LIQUIDATION_ADL": _FAILING,
    "LIQUIDATION_IN_KIND": _FAILING,
}
"""What pays for a reason: the actor, a trader, a failing account, or one of the system."""

POOLED: Final = frozenset({"AUTO_LEND", "AUTO_REPAY", "SETTLEMENT"})
"""The reasons for which an account pays its own pool, for shares or for what it owes the fund."""

_TAKING: Final = _FAILING | {STORED["Backstop"], OPPOSITE}
CHARGED: Final[Mapping[str, frozenset[str]]] = {
    "TRADING_FEES": _PARTIES | {"FEES"},
    "TRADING_FEES_SYSTEM": _FAILING | {"INSURANCE"},
    "FUNDING_PAYMENT": _PARTIES | _TAKING | {LISTED},
    "REALIZE_PNL": _PARTIES | {LISTED},
    "BACKSTOP_PROVIDER_LIQUIDATION": _FAILING | {STORED["Backstop"]},
    "BACKSTOP_ADL_LIQUIDATION": _FAILING | {OPPOSITE},
    "SYSTEM_LIABILITY_TRANSFER": _FAILING | {"INSURANCE", STORED["Backstop"], LENDER, CLAIMANT},
}
"""The accounts whose unsettled balance moves for a source, a settlement left out."""

REASONS: Final = frozenset({"Reason", "SettlementSource"})
SETTLING: Final = "ibperp.operations.settlement.clearing.Clearing._post"
"""What posts between an account and its pool in a settlement, for that reason."""

POSTING: Final = "ibperp.operations.effect.Effect.moved"
"""What posts between the sides that it is given."""

OTHER_SIDES: Final = frozenset({"POOL", "IN_TRANSIT", "custody", "pending"})
"""The sides of a posting that are no account's."""

BOOKING: Final = "ibperp.operations.perpetuals.perpetual_trade.booked_position"
"""What books what it is given, for the account that it is given."""

Node = ast.expr | str
"""What is followed: an expression, or where it came from."""


def payers_have_a_cause() -> list[str]:
    """Return the accounts that may pay, or be charged, for a reason that is not theirs."""
    return [
        f"{action.__name__}: {payer} pays for {reason}"
        for action, operation in OPERATIONS.items()
        for payer, reason in sorted(paid_by(f"{operation.__module__}.{operation.__qualname__}"))
        if payer not in PAYERS.get(reason, frozenset()) and reason not in POOLED
    ] + [
        f"{action.__name__}: {payer} is charged for {source}"
        for action, operation in OPERATIONS.items()
        for payer, source in sorted(charged_by(f"{operation.__module__}.{operation.__qualname__}"))
        if payer not in CHARGED.get(source, frozenset())
    ]


def paid_by(operation: str) -> frozenset[tuple[str, str]]:
    """Return each payer with each reason for which an operation may post from its balance.

    Where a reason of payments to a pool pays another account, it counts as a reason of its own.
    """
    follow = _Follow(operation)
    return frozenset(
        (payer, reason if _is_to_pool(call) or reason not in POOLED else f"{reason} to others")
        for name in follow.reached & table().keys() - {SETTLING, POSTING}
        for short in ("moved", "posting")
        for call in calls_of(table()[name]).get(short, ())
        if meant(call, name) in {"", "ibperp.posting.posting"}
        for debit in _debits(call, name)
        for payer, reason in follow.pairs(debit, call.args[2], name)
    )


def _is_to_pool(call: ast.Call) -> bool:
    """Tell whether a posting is to a pool."""
    return any(own.arg == "credit" and ast.unparse(own.value) == "POOL" for own in call.keywords)


def charged_by(operation: str) -> frozenset[tuple[str, str]]:
    """Return each account with each source for which an operation may move its unsettled balance.

    A settlement moves those of its sheets, which are of the accounts to be settled.
    """
    follow = _Follow(operation)
    return frozenset(
        pair
        for name in follow.reached & table().keys() - {BOOKING}
        for short in ("credited_unsettled", "booked_position")
        for call in calls_of(table()[name]).get(short, ())
        for source in _booked(call, name)
        for pair in follow.pairs(call.args[1], source, name)
    )


def _booked(call: ast.Call, name: str) -> Iterator[ast.expr | str]:
    """Yield the sources of what a call books: its own, or those of the pairs that it is given."""
    if called(call) == "credited_unsettled":
        yield call.args[4]
        return
    for given in spread_out(call, table()[name]).args[3:]:
        yield given.elts[1] if isinstance(given, ast.Tuple) else UNTOLD


def _debits(call: ast.Call, name: str) -> Iterator[Node]:
    """Yield the accounts from whose free balances a call posts."""
    given = [own.value for own in call.keywords if own.arg == "debit"]
    if not given:
        yield UNTOLD
    for node in given:
        sides = [node]
        if isinstance(node, ast.Name) and node.id not in OTHER_SIDES:
            own = bindings(table()[name], node)
            sides = [value for one in own for value in values_of(table()[name], one)]
        for side in sides or [node]:
            if called(side) == "free" and isinstance(side, ast.Call):
                yield side.args[0]
            elif ast.unparse(side) not in OTHER_SIDES and called(side) not in OTHER_SIDES:
                yield UNTOLD


class _Follow:
    """Follows payer and reason together within what one operation may reach."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        self.reached = reached_by(operation)
        self.seen: set[tuple[object, ...]] = set()

    def pairs(self, payer: Node, reason: Node, name: str) -> Iterator[tuple[str, str]]:
        """Yield what payer and reason of a function come from, each pair that goes together."""
        mark = *_mark(payer, name), *_mark(reason, name), name
        if mark in self.seen:
            return
        self.seen.add(mark)
        payer, reason = _part(payer), _reason(_part(reason))
        if isinstance(payer, str) and isinstance(reason, str):
            yield payer, reason
            return
        set_to = list(self._set(payer, reason, name))
        for first, second in set_to:
            yield from self.pairs(first, second, name)
        if set_to:
            return
        if self._is_given(payer, name) or self._is_given(reason, name):
            yield from self._called(payer, reason, name)
        elif isinstance(payer, str):
            yield payer, UNTOLD
        else:
            for source in sorted(self._sources(payer, name)):
                yield from self.pairs(source, reason, name)

    def _sources(self, node: ast.expr, name: str) -> set[str]:
        """Return where an account comes from, whatever the reason."""
        return set(Search(self.operation, self.reached).sources(node, name))

    def _set(self, payer: Node, reason: Node, name: str) -> Iterator[tuple[Node, Node]]:
        """Yield what local names are set to, or go through together; nothing if none is local."""
        firsts, seconds = (_values(node, name) for node in (payer, reason))
        if firsts and seconds and len(firsts) == len(seconds):
            yield from zip(firsts, seconds, strict=True)
        elif firsts:
            yield from ((value, reason) for value in firsts)
        else:
            yield from ((payer, value) for value in seconds)

    def _called(self, payer: Node, reason: Node, name: str) -> Iterator[tuple[str, str]]:
        """Yield the pairs of all calls of a function, its parameters replaced by arguments."""
        is_called = False
        for caller in self.reached & table().keys():
            for call in calls_of(table()[caller]).get(name.rpartition(".")[2], ()):
                if meant(call, caller) in {"", name}:
                    is_called = True
                    first, second = (self._passed(own, name, call) for own in (payer, reason))
                    yield from self.pairs(first, second, caller)
        if not is_called:
            payers = {payer} if isinstance(payer, str) else self._sources(payer, name)
            yield from ((own, reason if isinstance(reason, str) else UNTOLD) for own in payers)

    def _passed(self, node: Node, name: str, call: ast.Call) -> Node:
        """Return what a call gives for a parameter, or for the record of which it is a field."""
        places = [own.arg for own in table()[name].args.args if own.arg != "self"]
        if isinstance(node, str):
            return node
        if not self._is_given(node, name):
            told = self._sources(node, name)
            return told.pop() if len(told) == 1 else UNTOLD
        whole = node.value if isinstance(node, ast.Attribute) else node
        given = argument_of(call, ast.unparse(whole), places)
        if given is None:
            return UNTOLD
        return ast.Attribute(given, node.attr) if isinstance(node, ast.Attribute) else given

    def _is_given(self, node: Node, name: str) -> bool:
        """Tell whether a name, or the record of a field, is a parameter of a function."""
        whole = node.value if isinstance(node, ast.Attribute) else node
        function = table()[name]
        given = {own.arg for own in (*function.args.args, *function.args.kwonlyargs)}
        is_told = ast.unparse(whole) == "action" if isinstance(whole, ast.AST) else True
        return isinstance(whole, ast.Name) and whole.id in given and not is_told


def _values(node: Node, name: str) -> list[Node]:
    """Return what a local name, or the record of a field, is set to or goes through."""
    whole = node.value if isinstance(node, ast.Attribute) else node
    if not isinstance(whole, ast.Name):
        return []
    function, found = table()[name], list[Node]()
    for own in bindings(function, whole):
        values = values_of(function, own) or members_of(function, own)
        if not values:
            return []
        found += values
    if not isinstance(node, ast.Attribute):
        return found
    made = [own for own in found if isinstance(own, ast.Name) or _is_made(own)]
    return [ast.Attribute(own, node.attr) for own in made] if len(made) == len(found) else []


def _is_made(node: Node) -> TypeGuard[ast.Call]:
    """Tell whether an expression makes a record on the spot."""
    return isinstance(node, ast.Call) and called(node) in classes()


def _part(node: Node) -> Node:
    """Return the argument that is a field of a record, where the record is made on the spot."""
    if isinstance(node, ast.Attribute) and _is_made(node.value):
        kind = called(node.value)
        if node.attr in fields(kind):
            return argument_of(node.value, node.attr, fields(kind)) or UNTOLD
    return node


def _mark(node: Node, name: str) -> tuple[object, ...]:
    """Return what tells a node from others of its text: that it is one, and where it is set."""
    if isinstance(node, str):
        return ("", node)
    whole = node.value if isinstance(node, ast.Attribute) else node
    scope = bindings(table()[name], whole) if isinstance(whole, ast.Name) else []
    return (ast.unparse(node), *map(id, scope))


def _reason(node: Node) -> Node:
    """Return the name of a reason that is written out."""
    is_told = isinstance(node, ast.Attribute) and ast.unparse(node.value) in REASONS
    return node.attr if is_told and isinstance(node, ast.Attribute) else node
