"""Which markets an operation can put back: where the index of each write comes from.

It ends in the market that the action names, in that of an order or a request that is read, or in
what the syntax does not tell. Actions whose rows name every market are not followed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from ibperp.transition import OPERATIONS
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.touches import Markets
from ibperp_invariants.proofs.system.census import writers
from ibperp_invariants.proofs.system.frames import reached_by
from ibperp_invariants.proofs.system.keys import STORED, UNTOLD, Search, bindings
from ibperp_invariants.proofs.system.syntax.kinds import calls_of, table

_OPERATIONS: Final = "ibperp.operations"

WRITERS: Final = frozenset(
    {
        "ibperp.state.genesis",
        "ibperp.state.with_market",
        "ibperp.ramps.with_ramps",
        f"{_OPERATIONS}.spot_margin.markets.list_market",
        f"{_OPERATIONS}.perpetuals.markets.list_perpetual",
    }
)
"""What writes the markets of a state: the first, one, those with a ramp, and the new one."""

ITS: Final = "the market that it names"
FOUND: Final = "find_market(state, action.market)"
LOOKED_UP: Final = re.compile(r"\w+ or _perpetual\(state, action\.market\)")
"""How an operation looks up the market of its action: its index, or its index and itself."""

_ONE: Final = frozenset({Markets.NAMED, Markets.SPOT, Markets.PERPETUAL, Markets.CLOSED})
NAMED: Final[Mapping[str, frozenset[Markets]]] = {
    ITS: _ONE,
    STORED["Order"]: frozenset({Markets.NAMED, Markets.CLOSED}),
    STORED["QuoteRequest"]: frozenset({Markets.NAMED, Markets.PERPETUAL}),
}
"""What a row calls the market of the action, or of a record that is read."""


def markets_are_those_of_the_row() -> list[str]:
    """Return the markets that an operation can put back, and its row does not name."""
    lines = [
        f"{name} writes the markets of a state"
        for name in sorted(writers("State.markets") ^ WRITERS)
    ]
    return lines + [
        f"{action.__name__} puts back a market of {source}"
        for action, operation in OPERATIONS.items()
        if Markets.ALL not in ALLOWED[action].markets
        for source in sorted(put_back(f"{operation.__module__}.{operation.__qualname__}"))
        if not set(ALLOWED[action].markets) & NAMED.get(source, frozenset())
    ]


def put_back(operation: str) -> frozenset[str]:
    """Return where the indices come from under which an operation may put markets back."""
    reached = reached_by(operation)
    search = _Markets(operation, reached)
    return frozenset(
        source
        for name in reached & table().keys()
        for call in calls_of(table()[name]).get("with_market", ())
        for source in (search.sources(call.args[1], name) if len(call.args) > 1 else [UNTOLD])
    )


class _Markets(Search):
    """Follows the indices of markets to where an operation looks up that of its action."""

    def sources(self, node: ast.expr, name: str) -> Iterator[str]:
        """Yield where the value of an expression in a function comes from."""
        is_found = ast.unparse(node) == FOUND or self._is_first_found(node, name)
        if is_found and name == self.operation:
            yield ITS
        else:
            yield from super().sources(node, name)

    def _is_first_found(self, node: ast.expr, name: str) -> bool:
        """Tell whether a name is the index of the market that was looked up."""
        function = table()[name]
        own = bindings(function, node) if isinstance(node, ast.Name) else []
        made = {
            ast.unparse(assign.value)
            for assign in ast.walk(function)
            if isinstance(assign, ast.Assign) and ast.unparse(assign.targets[0]) == "found"
        }
        pairs = [
            assign
            for assign in ast.walk(function)
            if isinstance(assign, ast.Assign) and ast.unparse(assign.value) == "found"
            if isinstance(assign.targets[0], ast.Tuple) and assign.targets[0].elts[0] in own
        ]
        return len(own) == len(pairs) == len(made) == 1 and bool(LOOKED_UP.fullmatch(made.pop()))
