"""Facts that the syntax of the reference shows, each as the list of what speaks against it."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import itertools
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from ibperp.ordered import Ordered
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.persistent import Vector
from ibperp_invariants.proofs.executor.arguments import hints
from ibperp_invariants.proofs.system.begins import (
    a_deleveraging_closes_all,
    a_step_is_a_stage_of_the_ladder,
    assets_begin_in_their_listing,
    losses_are_spread_by_claims_alone,
    margin_is_judged_last,
    orders_begin_without_a_reservation,
    parameters_are_lawful_where_they_are_stored,
)
from ibperp_invariants.proofs.system.census import functions, modules, records, stores, walk
from ibperp_invariants.proofs.system.effects import (
    balances_are_told_where_they_move,
    events_go_with_their_states,
)
from ibperp_invariants.proofs.system.frames import (
    balances_are_named_in_one_place,
    operations_write_parts_of_their_rows,
    trades_begin_where_users_are_compared,
)
from ibperp_invariants.proofs.system.syntax.parties import parties_of_a_posting_differ
from ibperp_invariants.proofs.system.syntax.payers import payers_have_a_cause
from ibperp_invariants.proofs.system.syntax.which import entries_are_those_of_the_row
from ibperp_invariants.proofs.system.syntax.worked import steps_tell_whom_they_work_on

_OPERATIONS: Final = "ibperp.operations"

IMPORTED: Final = frozenset(
    [
        "__future__",
        "collections",
        "dataclasses",
        "enum",
        "itertools",
        "math",
        "operator",
        "string",
        "typing",
    ]
)
"""What the reference may import: nothing of it knows time, chance, files or the environment."""

IMPURE: Final = frozenset(
    ("delattr", "eval", "exec", "globals", "hash", "id", "input", "open", "print", "setattr")
)
"""Builtins whose results are no function of their arguments, or that change what they are given."""

HASHES: Final = frozenset({"ibperp.ordered.Ordered.__hash__", "ibperp.persistent.Vector.__hash__"})
"""Functions that hash by content; no rule asks for a hash."""

CHANGES: Final = frozenset(("add", "append", "clear", "extend", "insert", "pop", "update"))
"""Methods that change a list, a set or a mapping in place; `add` and `append` of ours do not."""

UNORDERED: Final = frozenset(
    ("all", "any", "frozenset", "len", "max", "min", "set", "sorted", "sum")
)
"""Functions of a set whose results do not depend on the order of its members."""

BUILDERS: Final = {
    "_root": {"ordered.Ordered.__init__", "ordered._version"}
    | {"persistent.Vector.__init__", "persistent._version"},
    "_length": {"persistent.Vector.__init__", "persistent._version"},
    "_shift": {"persistent.Vector.__init__", "persistent._version"},
}
"""The only functions that set the parts of a persistent vector or set, when they make one."""

PLAIN: Final = frozenset({int, bool, str, type(None)})

CUSTODY_MOVED_BY: Final[Mapping[str, frozenset[str]]] = {
    f"{_OPERATIONS}.custody.accounts.deposit": frozenset({"custody"}),
    f"{_OPERATIONS}.custody.withdrawals.request_withdrawal": frozenset({"pending"}),
    f"{_OPERATIONS}.custody.withdrawals.confirm_withdrawal": frozenset({"custody", "pending"}),
    f"{_OPERATIONS}.custody.withdrawals.fail_withdrawal": frozenset({"pending"}),
    f"{_OPERATIONS}.custody.rebalances.start_rebalance": frozenset({"custody", "IN_TRANSIT"}),
    f"{_OPERATIONS}.custody.rebalances.complete_rebalance": frozenset({"custody", "IN_TRANSIT"}),
}
"""The only functions that name a balance of custody, pending or in transit to be posted."""


BALANCED: Final[Mapping[str, str]] = {
    "settlement.settle.settle": "clearing.paid_in == clearing.paid_out",
    "liquidation.bankruptcy._borne": "left == 0",
}
"""What functions assert as the last of all, so that nothing that they return breaks it."""


ROUNDED: Final[Mapping[str, str]] = {
    "pool.lend": "pool.lend_shares_minted",
    "pool.redeem": "pool.shares_to_redeem",
    "pool.borrow": "pool.borrow_shares_minted",
    "pool.repay": "pool.shares_to_repay",
}
"""What moves shares in a pool, and what rounds them."""

WORTHLESS: Final = (f"{_OPERATIONS}.settlement.clearing.Clearing.release", "0")
"""Where shares that claim no atom are burned for none."""

NOTING: Final = frozenset({"clearing.Clearing.offset", "settle._marked", "unpaid.charge"})
"""The functions of a settlement that change what is unsettled, except by paying it."""


def nothing_is_changed_in_place() -> list[str]:
    """Return what could change a state: records that are not frozen, stores into their parts."""
    lines = [
        f"{name} is not frozen"
        for name, kind in records().items()
        if not kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    ]
    lines += [
        f"{name}.{field}: a value of type {kind} can be changed in place"
        for name, of in records().items()
        for field, kind in hints(of).items()
        if not _is_immutable(kind)
    ]
    for attribute, expected in BUILDERS.items():
        found = stores().get(attribute, frozenset()) - {f"ibperp.{name}" for name in expected}
        lines += [f"{name} changes `{attribute}` in place" for name in sorted(found)]
    return lines


def functions_depend_on_their_arguments_alone() -> list[str]:
    """Return what could make two calls with the same arguments differ."""
    lines = [
        f"{module.__name__} imports {name}"
        for module in modules()
        for name in _imported(ast.parse(inspect.getsource(module)))
        if name not in IMPORTED and name != "ibperp"
    ]
    for name, function in functions():
        local = {node.id for node in walk(function) if _is_stored(node)}
        local |= {argument.arg for argument in walk(function) if isinstance(argument, ast.arg)}
        for node in walk(function):
            if isinstance(node, ast.Global | ast.Nonlocal):
                lines.append(f"{name} keeps {', '.join(node.names)} from call to call")
            elif isinstance(node, ast.Name) and node.id in IMPURE and name not in HASHES:
                lines.append(f"{name} uses {node.id}")
            else:
                lines += [f"{name} {told}" for told in _kept(node, local)]
        lines += [f"{name} goes through a set in no order" for _ in _unordered(function)]
    return lines


def a_refusal_holds_no_state() -> list[str]:
    """Return refusals that hold more than codes, or that are made otherwise than by `rejection`."""
    codes = hints(Rejected)
    lines = (
        []
        if codes == {"code": RejectionCode, "violated": tuple[RejectionCode, ...]}
        else [f"a refusal holds {codes}"]
    )
    for name, function in functions():
        for node in walk(function):
            if isinstance(node, ast.Call) and _name(node.func) == "Rejected":
                first, rest = (ast.unparse(argument) for argument in node.args)
                is_one = rest == f"({first},)"
                if name != f"{_OPERATIONS}.effect.rejection" and not is_one:
                    lines.append(f"{name} refuses with {first}, {rest}")
    return lines


def a_halt_is_asked_first() -> list[str]:
    """Return what could let an action past a halt, or refuse it as one without a halt."""
    table = dict(functions())
    body = table["ibperp.transition.transition"].body[1:]
    guard = "state.is_halted and type(action) not in halts.ADMITTED_WHILE_HALTED"
    is_first = isinstance(body[0], ast.If) and ast.unparse(body[0].test) == guard
    lines = [] if is_first else ["ibperp.transition.transition does not look at the halt first"]
    return lines + [
        f"{name} refuses as in a halt"
        for name, function in table.items()
        for node in walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "HALTED"
        if name != "ibperp.transition.transition"
    ]


def custody_moves_with_its_requests() -> list[str]:
    """Return functions that name a balance of custody, pending or in transit unexpectedly."""
    found: dict[str, set[str]] = {}
    words = {"custody", "pending", "IN_TRANSIT"}
    for name, function in functions():
        if not name.startswith("ibperp.posting."):
            used = {node.id for node in walk(function) if isinstance(node, ast.Name)} & words
            used -= {node.id for node in walk(function) if _is_stored(node)}
            if used:
                found[name] = used
    return [
        f"{name} posts to {', '.join(sorted(found.get(name, ()))) or 'none of them'}"
        for name in sorted(found.keys() | CUSTODY_MOVED_BY.keys())
        if found.get(name, set()) != set(CUSTODY_MOVED_BY.get(name, ()))
    ]


def what_enters_the_fund_leaves_it() -> list[str]:
    """Return what a settlement, or a loss that is spread, could end without: flows in balance."""
    table = dict(functions())
    noting = {
        name.removeprefix(f"{_OPERATIONS}.settlement.")
        for name, function in table.items()
        for node in walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "note"
    }
    odd = [f"{name} changes what is unsettled in a settlement" for name in sorted(noting ^ NOTING)]
    return odd + [
        f"{name} does not assert {condition} before it ends"
        for name, condition in BALANCED.items()
        if condition not in _asserted(table[f"{_OPERATIONS}.{name}"])
    ]


def shares_are_rounded_for_the_pool() -> list[str]:
    """Return calls that move shares which no function of the same pool and amount has rounded."""
    lines = []
    for name, function in functions():
        if name.endswith("_checks"):
            continue
        given = {
            target.id: node.value
            for node in walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ROUNDED:
                maker = ROUNDED[ast.unparse(node.func)]
                pool_state, amount, shares = node.args
                made = given.get(_name(shares), shares)
                made = made.body if isinstance(made, ast.IfExp) else made
                told = ast.unparse(made)
                first, last = ast.unparse(pool_state), ast.unparse(amount)
                is_rounded = told.startswith(f"{maker}({first}, ") and told.endswith(f"{last})")
                if not is_rounded and (name, last) != WORTHLESS:
                    lines.append(f"{name} moves {ast.unparse(shares)} for {last}")
    return lines


FACTS: Final[Mapping[str, Callable[[], list[str]]]] = {
    fact.__name__: cache(fact)
    for fact in (
        nothing_is_changed_in_place,
        functions_depend_on_their_arguments_alone,
        a_refusal_holds_no_state,
        a_halt_is_asked_first,
        custody_moves_with_its_requests,
        what_enters_the_fund_leaves_it,
        shares_are_rounded_for_the_pool,
        orders_begin_without_a_reservation,
        assets_begin_in_their_listing,
        parameters_are_lawful_where_they_are_stored,
        losses_are_spread_by_claims_alone,
        a_deleveraging_closes_all,
        margin_is_judged_last,
        balances_are_named_in_one_place,
        operations_write_parts_of_their_rows,
        trades_begin_where_users_are_compared,
        events_go_with_their_states,
        balances_are_told_where_they_move,
        a_step_is_a_stage_of_the_ladder,
        payers_have_a_cause,
        entries_are_those_of_the_row,
        parties_of_a_posting_differ,
        steps_tell_whom_they_work_on,
    )
}
"""Facts by name."""


def _asserted(function: ast.FunctionDef) -> list[str]:
    """Return what a function asserts after its last step and before its last return."""
    *body, last = function.body
    trailing = itertools.takewhile(
        lambda node: isinstance(node, ast.Assert | ast.Assign), reversed(body)
    )
    found = [ast.unparse(node.test) for node in trailing if isinstance(node, ast.Assert)]
    return found if isinstance(last, ast.Return) else []


def _is_immutable(kind: Any) -> bool:
    """Tell whether no value of a type can be changed in place."""
    if kind in PLAIN or kind is Ordered or typing.get_origin(kind) is Vector:
        return True
    if isinstance(kind, type) and (issubclass(kind, enum.Enum) or dataclasses.is_dataclass(kind)):
        return True
    parts = [part for part in typing.get_args(kind) if part is not ...]
    return bool(parts) and all(map(_is_immutable, parts))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _is_stored(node: ast.AST) -> typing.TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _kept(node: ast.AST, local: set[str]) -> Iterator[str]:
    """Yield what a node changes that is not the function's own."""
    is_stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
    is_changed = isinstance(node, ast.Attribute) and node.attr in CHANGES
    owner = getattr(node, "value", None) if is_stored or is_changed else None
    if isinstance(owner, ast.Name) and owner.id not in local:
        yield f"changes {owner.id}, which is not its own"


def _unordered(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield loops over a set that are no argument of a function that forgets the order.

    A set that is made of a set forgets it too.
    """
    sets = {
        argument.arg
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.annotation is not None
        and ast.unparse(argument.annotation).startswith(("set", "frozenset"))
    }
    for node in walk(function):
        if isinstance(node, ast.Assign) and _is_set(node.value, sets):
            sets |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    inside = [
        argument
        for node in walk(function)
        if isinstance(node, ast.Call) and _name(node.func) in UNORDERED
        for argument in node.args
    ]
    for node in walk(function):
        loops = [node] if isinstance(node, ast.For) else getattr(node, "generators", [])
        goes_through = any(_is_set(loop.iter, sets) for loop in loops)
        if goes_through and node not in inside and not isinstance(node, ast.SetComp):
            yield node


def _is_set(node: ast.expr, sets: set[str]) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_set(node.left, sets) or _is_set(node.right, sets)
    is_called = isinstance(node, ast.Call) and _name(node.func) in {"set", "frozenset"}
    return isinstance(node, ast.Set | ast.SetComp) or is_called or _name(node) in sets
