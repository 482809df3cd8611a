"""A state and its events go together: no event is dropped, and no state comes from elsewhere.

An effect is a state on its way and the events that led there. It begins from the state that an
operation is given, without events. From there each function takes the state of an effect, and adds
its events to those of the same effect. So what the events of an effect tell is what happened to its
state since the beginning, if each writer of a balance tells what it writes.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Final

from ibperp_invariants.proofs.system.census import called, functions, uncalled, walk

_OPERATIONS: Final = "ibperp.operations"
_EFFECT: Final = f"{_OPERATIONS}.effect.Effect"
_CLEARING: Final = f"{_OPERATIONS}.settlement.clearing.Clearing"
_RUN: Final = f"{_OPERATIONS}.liquidation.bankruptcy.run_risk"

Setting = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.For
"""What sets a local name anew."""

STEPS: Final = {
    f"{_EFFECT}.moved": "Effect(post(self.state, entry), (*self.events, entry))",
    f"{_EFFECT}.claimed": (
        "Effect(state, (*self.events, SharesMoved(account, asset, shares, reason)))"
    ),
    f"{_EFFECT}.noted": "Effect(state, (*self.events, *events))",
    f"{_EFFECT}.accepted": "Accepted(self.state, self.events)",
}
"""The steps of an effect: what each returns, with all events before it."""

ENDS: Final = {
    f"{_OPERATIONS}.settlement.settle.settle": "Accepted(after, tuple(clearing.events))",
    _RUN: "Accepted(after, tuple(events))",
}
"""The other ends of an operation: a settlement, which writes its state once, and a run of steps."""

TELLING: Final[Mapping[str, frozenset[str]]] = {
    "Posting": frozenset({"ibperp.posting.posting"}),
    "posting": frozenset({f"{_EFFECT}.moved", f"{_CLEARING}._post"}),
    "post": frozenset({f"{_EFFECT}.moved"}),
    "Unsettled": frozenset(
        {
            f"{_OPERATIONS}.perpetuals.perpetual_trade.booked_position",
            f"{_OPERATIONS}.perpetuals.perpetual_trade.credited_unsettled",
            f"{_CLEARING}.note",
        }
    ),
    "Settled": frozenset({f"{_CLEARING}.settle"}),
    "written": frozenset(
        {f"{_CLEARING}.written", f"{_CLEARING}._seen_by", f"{_OPERATIONS}.settlement.settle.settle"}
    ),
    "_seen_by": frozenset({f"{_CLEARING}._borrows", f"{_CLEARING}._lends"}),
    "claimed": frozenset(
        {
            *(
                f"{_OPERATIONS}.money_market.moves.{name}"
                for name in ("lent", "redeemed", "borrowed", "repaid")
            ),
            *(
                f"{_OPERATIONS}.liquidation.{name}"
                for name in (
                    "handover.shares_moved",
                    "handover.assumed_shares",
                    "bankruptcy._pool_debt_ended",
                    "bankruptcy._paid_back",
                )
            ),
        }
    ),
}
"""Who may call what moves a balance, or tells of one; each has a theorem, or tells nobody."""

_UNCHANGED: Final = "what it noted before left the state as it is"
AGREE_ALL_THE_SAME: Final[Mapping[str, str]] = {
    f"{_OPERATIONS}.programs.quotes.refresh_request": _UNCHANGED,
    f"{_OPERATIONS}.programs.quotes.submit_quote": _UNCHANGED,
}
"""Functions whose state the syntax does not show to be that of the effect, with reasons."""


def events_go_with_their_states() -> list[str]:
    """Return where a state could go on without its events, or with those of another state."""
    table = dict(functions())
    lines = [f"{_RUN}: {line}" for line in _run_in_steps(table[_RUN])]
    beginning = _beginning(table)
    for name, function in table.items():
        odd = [*_calls(name, function), *_begun(name, function, beginning)]
        if name in AGREE_ALL_THE_SAME:
            lines += [] if odd else [f"{name}: its state is shown to be that of the effect"]
        else:
            lines += [f"{name}: {line}" for line in odd]
    return lines + [
        f"{name} does not end in {text}"
        for name, text in (STEPS | ENDS).items()
        if text not in {ast.unparse(node) for node in walk(table[name])}
    ]


def balances_are_told_where_they_move() -> list[str]:
    """Return what moves a balance, or tells of one, apart from the functions for it."""
    return [
        f"{name} uses {word}"
        for name, function in functions()
        for text in (*map(called, walk(function)), *uncalled(function))
        if (word := text.removeprefix(".")) in TELLING
        if name not in TELLING[word]
        if not (word == "written" and name.endswith(".Sheet.written"))
    ]


def _calls(name: str, function: ast.FunctionDef) -> Iterator[str]:
    if name in STEPS or name in ENDS:
        return
    for node in walk(function):
        if not isinstance(node, ast.Call):
            continue
        head, text = called(node), ast.unparse(node)
        if head == "Accepted":
            yield f"ends in {text}"
        elif head == "Effect" and (len(node.args) != 1 or node.keywords):
            yield f"begins with events: {text}"
        elif head == "Effect" and _roots(node.args[0], function):
            yield f"begins from the state of an effect: {text}"
        elif head == "replace" and not _keeps_events(node):
            yield f"drops events: {text}"
        elif head == "noted" and isinstance(node.func, ast.Attribute):
            yield from _noted(node, node.func.value, function)


def _beginning(table: Mapping[str, ast.FunctionDef]) -> frozenset[str]:
    """Return the functions that begin an effect from a state that they are given."""
    return frozenset(
        name.rpartition(".")[2]
        for name, node in table.items()
        if node.returns is not None
        and {"Effect", "Outcome"} & set(re.findall(r"\w+", ast.unparse(node.returns)))
        and not any(_is_effect(argument) for argument in node.args.args)
    )


def _begun(name: str, function: ast.FunctionDef, beginning: frozenset[str]) -> Iterator[str]:
    """Yield calls by which an effect begins from the state of another, whose events are lost."""
    for node in walk(function):
        if name != _RUN and called(node) in beginning and isinstance(node, ast.Call):
            for argument in (*node.args, *(own.value for own in node.keywords)):
                if _roots(argument, function):
                    yield f"begins from the state of an effect: {ast.unparse(node)}"


def _is_effect(argument: ast.arg) -> bool:
    """Tell whether a parameter is an effect, or the effect itself."""
    return argument.arg == "self" or (
        argument.annotation is not None and "Effect" in ast.unparse(argument.annotation)
    )


def _run_in_steps(function: ast.FunctionDef) -> Iterator[str]:
    """Yield where a run goes on with the state of a step, and does not add its events at once."""
    blocks = [node.body for node in walk(function) if isinstance(node, ast.For | ast.While)]
    for block in blocks:
        for first, second in itertools.pairwise([*block, ast.Pass()]):
            if isinstance(first, ast.Assign) and ".state" in ast.unparse(first.value):
                step = ast.unparse(first.value).partition(".state")[0].rpartition("(")[2]
                if ast.unparse(second) != f"events += {step}.events":
                    yield f"drops the events of {step}"


def _keeps_events(call: ast.Call) -> bool:
    """Tell whether a changed record keeps all events, if it is about events, and its state."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    kept = f"*{ast.unparse(call.args[0])}.events"
    events = given.get("events", ast.Tuple([ast.parse(kept[1:], mode="eval").body], ast.Load()))
    is_kept = "events" not in given or kept in [
        ast.unparse(part) for part in getattr(events, "elts", ())
    ]
    return is_kept and "state" not in given


def _noted(call: ast.Call, effect: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """Yield what is wrong with the state with which an effect goes on."""
    roots, text = _roots(call.args[0], function), ast.unparse(call.args[0])
    if isinstance(effect, ast.Call) and called(effect) == "Effect":
        if roots:
            yield f"goes on with {text}, which is of another effect"
        return
    own = f"{ast.unparse(effect)}.state"
    named = [part for part in walk(call.args[0]) if getattr(part, "attr", "") == "state"]
    if {ast.unparse(root) for root in (*roots, *named)} != {own}:
        yield f"goes on with {text}, which is not shown to be made of {own}"
    elif any(_is_changed_between(root, call, effect, function) for root in roots):
        yield f"goes on with {text}, which was read before {ast.unparse(effect)} changed"


def _roots(node: ast.expr, function: ast.FunctionDef, seen: tuple[str, ...] = ()) -> list[ast.expr]:
    """Return the states of effects that a state is made of, local names replaced by what they are.

    What makes a state of another takes that as its first argument; the rest are records, of which
    `freshness` shows that they were read there.
    """
    if isinstance(node, ast.Attribute):
        return [node] if node.attr == "state" else []
    if isinstance(node, ast.Call):
        parts = (*node.args[:1], *(own.value for own in node.keywords))
        return [root for part in parts for root in _roots(part, function, seen)]
    if isinstance(node, ast.IfExp):
        return _roots(node.body, function, seen) + _roots(node.orelse, function, seen)
    if isinstance(node, ast.Name) and node.id not in seen:
        values = [value for target, value in _assigned(function) if target == node.id]
        return [root for value in values for root in _roots(value, function, (*seen, node.id))]
    return []


def _assigned(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield each local name with what it is set to; a part of a tuple that is not told is all."""
    for node in walk(function):
        if isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield ast.unparse(node.target), node.value
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            value = node.value
            parts, values = [target], [value]
            if isinstance(target, ast.Tuple):
                parts = target.elts
                values = value.elts if isinstance(value, ast.Tuple) else [value] * len(parts)
            for part, value in zip(parts, values, strict=True):
                if isinstance(part, ast.Name):
                    yield part.id, value


def _is_changed_between(
    read: ast.expr, call: ast.Call, effect: ast.expr, function: ast.FunctionDef
) -> bool:
    """Tell whether the name of an effect may be set anew after its state was read for a call."""
    name = ast.unparse(effect)
    sets = [
        node
        for node in walk(function)
        if isinstance(node, Setting)
        if name in {part.id for part in ast.walk(_target(node)) if isinstance(part, ast.Name)}
    ]
    between = any(
        read.lineno < node.lineno < call.lineno and call not in walk(node) for node in sets
    )
    loops = [node for node in walk(function) if isinstance(node, ast.For | ast.While)]
    apart = [loop for loop in loops if call in walk(loop) and read not in walk(loop)]
    return between or any(node in walk(loop) for loop in apart for node in sets)


def _target(node: Setting) -> ast.expr:
    """Return what an assignment or a loop sets."""
    return ast.Tuple(node.targets, ast.Store()) if isinstance(node, ast.Assign) else node.target
