"""Where the keys come from under which an operation may put entries of a field of the state.

The keys of accounts are followed by `Search`. Those of everything else are followed further: to
what a function returns, to the entry of the state that a record was read from, to the name by which
an entry is looked up, and to the books and the lists of orders that keys are read from.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from ibperp_invariants.proofs.system.census import called, stores, walk
from ibperp_invariants.proofs.system.keys import KEYLESS, STORED, UNTOLD, Search
from ibperp_invariants.proofs.system.syntax.arguments import (
    LOOPS,
    UNKNOWN,
    argument_of,
    bindings,
    returned,
    spread_out,
    stored_names,
    values_of,
    zipped,
)
from ibperp_invariants.proofs.system.syntax.kinds import (
    calls_of,
    classes,
    fields,
    kinds,
    meant,
    table,
)
from ibperp_invariants.proofs.system.syntax.written import NEW

Entry: TypeAlias = tuple[str, ast.expr, str]
"""A field of the state, the key of one of its entries, and the function that reads it."""

FIELDS: Final = (
    *("accounts", "chains", "assets", "markets", "orders"),
    *("withdrawals", "rebalances", "requests", "backstops"),
)
"""The fields of a state that are followed here: vectors and tuples of entries."""

FINDERS: Final = frozenset({"find_asset", "find_market", "find_chain"})
"""What looks an entry up by its name."""

POSITION: Final = "ibperp.state.position_of"
"""What returns the position of an account in the market that it is given."""

EACH: Final = "any of them"
SETTLEMENT: Final = "the settlement asset"
SIDES: Final = frozenset({"bids", "asks"})
RESTING: Final = re.compile(r"(?:one|the best) of the book of markets\[(.*)\]")
"""An order that rests in the book of a market: the market is its own."""

OWNED: Final = re.compile(r"one of the orders of (.*)")
"""An open order of an account: the account is its own."""

DEPTH_MAX: Final = 6


class Entries(Search):
    """Follows the keys of one field within what one operation may reach."""

    def __init__(self, operation: str, reached: frozenset[str], field: str, depth: int = 0) -> None:
        super().__init__(operation, reached)
        self.field = field
        self.depth = depth

    def sources(self, node: ast.expr, name: str) -> Iterator[str]:
        """Yield where the value of an expression in a function comes from."""
        if _is_nothing(node, name):
            return
        match node:
            case ast.Call():
                yield from self._once(self._called(node, name), node, name)
            case ast.BoolOp():
                for value in node.values:
                    yield from self.sources(value, name)
            case ast.Attribute() if ast.unparse(node).endswith("state.system.settlement_asset"):
                yield SETTLEMENT
            case ast.Attribute(ast.Name("action")):
                yield from self._of_action(node, name)
            case ast.Attribute(ast.Name("self")):
                yield from self._once(self._of_self(node, name), node, name)
            case ast.Attribute():
                yield from self._of_entry(node, name)
            case _:
                yield from super().sources(node, name)

    def _once(self, found: Iterator[str], node: ast.expr, name: str) -> Iterator[str]:
        """Yield what is found if the same expression is not looked at already."""
        mark = ("", ast.unparse(node), name)
        if mark not in self.seen:
            self.seen.add(mark)
            yield from found

    def _inside(self, node: ast.expr, name: str, field: str) -> list[str]:
        """Return the sources of a key within another one."""
        if self.depth > DEPTH_MAX:
            return [UNTOLD]
        inner = Entries(self.operation, self.reached, field, self.depth + 1)
        return sorted(set(inner.sources(node, name))) or [UNTOLD]

    def _called(self, node: ast.Call, name: str) -> Iterator[str]:
        """Yield what a call returns: the next id, what is looked up, or what a function says."""
        short, function = called(node), meant(node, name)
        if short == "len" and ast.unparse(node.args[0]).endswith(f"state.{self.field}"):
            yield NEW
        elif short in FINDERS and function == f"ibperp.state.{short}":
            for own in self._inside(node.args[1], name, self.field):
                yield own if own == SETTLEMENT else f"{short}({own})"
        elif function == "ibperp.state.find_token":
            yield from self._of_token(node, name)
        elif function == "ibperp.book.best_order":
            yield from self._of_book(node.args[0], name, "the best of")
        elif function in table():
            for value in returned(function):
                yield from self.sources(value, function)
        else:
            yield UNTOLD

    def _of_token(self, node: ast.Call, name: str) -> Iterator[str]:
        """Yield the chain that is looked up, and of which asset."""
        listed, symbol = node.args
        for entry in self._entries(listed, name, "parameters", set()):
            if entry is None or entry[0] != "assets":
                yield UNTOLD
                continue
            for own in self._inside(symbol, name, self.field):
                for of in self._inside(entry[1], entry[2], "assets"):
                    yield f"find_token({own}) of assets[{of}]"

    def _of_action(self, node: ast.Attribute, name: str) -> Iterator[str]:
        """Yield a field of the action, if what is called so is the action of the operation."""
        todo, seen = [name], set[str]()
        while todo:
            now = todo.pop()
            if any(own.id == "action" for own in stored_names(table()[now])):
                yield UNTOLD
                return
            if now in seen or now == self.operation:
                continue
            seen.add(now)
            for argument, caller in self._arguments(now, "action"):
                if argument is None or ast.unparse(argument) != "action":
                    yield UNTOLD
                    return
                todo.append(caller)
        yield ast.unparse(node)

    def _of_self(self, node: ast.Attribute, name: str) -> Iterator[str]:
        """Yield what an object was made with, if its maker alone sets this part of it."""
        home = name.rpartition(".")[0]
        maker = f"{home}.__init__"
        others = {own for own in stores()[node.attr] if not own.endswith(".__init__")}
        sets = [
            own.value
            for own in walk(table().get(maker, node))
            if isinstance(own, ast.Assign) and ast.unparse(own.targets[0]) == ast.unparse(node)
        ]
        if others or len(sets) != 1 or not isinstance(sets[0], ast.Name):
            yield UNTOLD
            return
        places = [own.arg for own in table()[maker].args.args][1:]
        place = places.index(sets[0].id)
        for caller in (self.reached & table().keys()) - KEYLESS.keys():
            for call in calls_of(table()[caller]).get(home.rpartition(".")[2], ()):
                yield from self.sources(call.args[place], caller)

    def _of_entry(self, node: ast.Attribute, name: str) -> Iterator[str]:
        """Yield a part of an entry of the state, or of a record that is made on the way."""
        found = [*self._entries(node.value, name, node.attr, set())]
        for entry in found:
            yield from self._part_of(entry, node.attr) if entry else ()
        if None in found:
            yield from super().sources(node, name)

    def _part_of(self, entry: Entry, part: str) -> Iterator[str]:
        """Yield where a part of an entry of the state, or of a record that is made, comes from."""
        field, key, reader = entry
        if not field:
            yield from self._once(self.sources(key, reader), key, reader)
            return
        for own in self._inside(key, reader, field):
            resting, owned = RESTING.fullmatch(own), OWNED.fullmatch(own)
            if (field, own) == ("orders", NEW):
                yield from (told for told in self._made("Order", part) if told != STORED["Order"])
            elif part == "market" and resting:
                yield resting[1]
            elif part == "account" and owned:
                yield owned[1]
            else:
                yield f"{part} of {field}[{own}]"

    def _of_book(self, node: ast.expr, name: str, what: str) -> Iterator[str]:
        """Yield the market of the book that an expression is."""
        base = node.value if isinstance(node, ast.Attribute) and node.attr == "book" else None
        for entry in [None] if base is None else self._entries(base, name, "book", set()):
            if entry is None or entry[0] != "markets":
                yield UNTOLD
            else:
                for own in self._inside(entry[1], entry[2], "markets"):
                    yield f"{what} the book of markets[{own}]"

    def _entries(
        self, node: ast.expr, name: str, part: str, seen: set[tuple[str, ...]]
    ) -> Iterator[Entry | None]:
        """Yield the entries of a state that a record may have been read from, a part unchanged.

        Of a record that is made the part itself is yielded, with no field; None if that is untold.
        """
        mark = ("", ast.unparse(node), name)
        if mark in seen or _is_nothing(node, name):
            return
        seen.add(mark)
        match node:
            case ast.Subscript(ast.Attribute(of, field)) if field in FIELDS:
                yield (field, node.slice, name) if kinds(of, name) == {"State"} else None
            case ast.Call() if called(node) == "replace":
                changed = [own for own in node.keywords if own.arg in {part, None}]
                yield from [("", own.value, name) if own.arg else None for own in changed]
                if not changed:
                    yield from self._entries(node.args[0], name, part, seen)
            case ast.Call() if called(node) in classes():
                given = argument_of(spread_out(node, table()[name]), part, fields(called(node)))
                yield None if given is None else ("", given, name)
            case ast.Call() if part == "market" and meant(node, name) == POSITION:
                yield "", node.args[1], name
            case ast.Call() if meant(node, name) in table():
                function = meant(node, name)
                for value in returned(function):
                    yield from self._entries(value, function, part, seen)
            case ast.IfExp():
                yield from self._entries(node.body, name, part, seen)
                yield from self._entries(node.orelse, name, part, seen)
            case ast.Tuple():
                for value in node.elts:
                    yield from self._entries(value, name, part, seen)
            case ast.Starred():
                yield from self._entries(node.value, name, part, seen)
            case ast.BoolOp():
                for value in node.values:
                    yield from self._entries(value, name, part, seen)
            case ast.Name():
                for held, reader in self._held(node, name):
                    if held is None:
                        yield None
                    else:
                        yield from self._entries(held, reader, part, seen)
            case _:
                yield None

    def _held(self, node: ast.Name, name: str) -> Iterator[tuple[ast.expr | None, str]]:
        """Yield what a local name is set to, and what is given for a parameter; None if untold."""
        function = table()[name]
        found = bindings(function, node)
        for own in found:
            values = [*values_of(function, own), *zipped(function, own)]
            placed = [] if values else [*self._at_place(own, name)]
            yield from ((value, name) for value in values)
            yield from placed
            if not values and not placed:
                yield None, name
        if node.id in {own.arg for own in (*function.args.args, *function.args.kwonlyargs)}:
            yield from self._arguments(name, node.id)
        elif not found:
            yield None, name

    def _set(self, name: str, local: ast.Name) -> Iterator[str]:
        """Yield where what a local name is set to comes from."""
        for node in bindings(table()[name], local):
            values = [(value, name) for value in values_of(table()[name], node)]
            values = values or [*self._at_place(node, name)]
            if not values:
                yield from self._member(name, node)
            for value, reader in values:
                yield from self.sources(value, reader)

    def _at_place(self, target: ast.Name, name: str) -> Iterator[tuple[ast.expr, str]]:
        """Yield the parts at a name's place of the tuples that are taken apart there."""
        for node in walk(table()[name]):
            own = node.targets[0] if isinstance(node, ast.Assign) else None
            if not isinstance(node, ast.Assign) or not isinstance(own, ast.Tuple):
                continue
            if target in own.elts and not any(isinstance(one, ast.Starred) for one in own.elts):
                yield from self._parts(node.value, own.elts.index(target), name)

    def _parts(self, node: ast.expr, place: int, name: str) -> Iterator[tuple[ast.expr, str]]:
        """Yield the parts at a place of the tuples that an expression may be, refusals apart."""
        if _is_nothing(node, name):
            return
        match node:
            case ast.Tuple() if not any(isinstance(own, ast.Starred) for own in node.elts):
                yield node.elts[place], name
            case ast.BoolOp():
                for value in node.values:
                    yield from self._parts(value, place, name)
            case ast.Name():
                for held, reader in self._held(node, name):
                    yield from self._parts(held or UNKNOWN, place, reader)
            case ast.Call() if meant(node, name) in table():
                for value in returned(meant(node, name)):
                    yield from self._parts(value, place, meant(node, name))
            case _:
                yield UNKNOWN, name

    def _member(self, name: str, target: ast.Name) -> Iterator[str]:
        """Yield where a member of a list comes from."""
        loops = [node for node in walk(table()[name]) if isinstance(node, LOOPS)]
        own = [loop for loop in loops if target in walk(loop.target)]
        if len(own) == 1:
            match own[0].iter:
                case ast.Call(ast.Name("range"), [ast.Call(ast.Name("len"), [of])]):
                    yield EACH if self._is_over(of) else UNTOLD
                    return
                case ast.Call(ast.Name("enumerate"), [of]):
                    yield EACH if self._is_over(of) else UNTOLD
                    return
                case ast.Call(ast.Name("holdings")):
                    yield EACH if self.field == "assets" else UNTOLD
                    return
                case ast.Attribute(base, "orders") if self.field == "orders":
                    yield from self._of_account(base, name)
                    return
                case ast.Tuple(
                    [
                        ast.Starred(ast.Attribute(bids, "bids")),
                        ast.Starred(ast.Attribute(asks, "asks")),
                    ]
                ) if self.field == "orders" and ast.unparse(bids) == ast.unparse(asks):
                    yield from self._of_book(bids, name, "one of")
                    return
        yield from super()._member(name, target)

    def _is_over(self, node: ast.expr) -> bool:
        """Tell whether something is the field that is followed, or one by its keys."""
        text = ast.unparse(node)
        return text.endswith(f"state.{self.field}") or (
            self.field == "assets" and text.endswith(".shares")
        )

    def _of_account(self, node: ast.expr, name: str) -> Iterator[str]:
        """Yield the account whose open orders are gone through."""
        for entry in self._entries(node, name, "orders", set()):
            if entry is None or entry[0] != "accounts":
                yield UNTOLD
            else:
                for own in self._inside(entry[1], entry[2], "accounts"):
                    yield f"one of the orders of {own}"


def _is_nothing(node: ast.expr, name: str) -> bool:
    """Tell whether an expression is None, or a refusal: then nothing is put under it."""
    match node:
        case ast.Constant(None):
            return True
        case ast.Name():
            function = table()[name]
            held = [values_of(function, own) for own in stored_names(function) if own.id == node.id]
            given = {own.arg for own in (*function.args.args, *function.args.kwonlyargs)}
            return (
                node.id not in given
                and bool(held)
                and all(
                    len(values) == 1
                    and not isinstance(values[0], ast.Name)
                    and _is_nothing(values[0], name)
                    for values in held
                )
            )
        case ast.BoolOp():
            return all(_is_nothing(value, name) for value in node.values)
        case ast.Call():
            called_function = table().get(meant(node, name))
            returns = called_function.returns if called_function else None
            return called(node) == "Rejected" or (
                returns is not None and ast.unparse(returns) in {"Rejected", "Rejected | None"}
            )
        case _:
            return False
