"""Which fields of which records every action is shown to keep: the frame rule, measured (NT-9).

A vector shows a pair (action, field) if the action is accepted in it, a record holds a value in the
field that a new record does not hold, and the same value after. Of the kinds of records that an
action ever changes, only a record that it changed counts: what copies a record field by field
forgets one there. A field that an action only writes has its value in the vectors of its rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from enum import Enum
from fnmatch import fnmatchcase as fnmatch
from typing import Any, Final, TypeAlias

from ibperp.actions import Action
from ibperp.outcomes import Accepted
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.programs import Backstop, Quote
from ibperp.state import State
from ibperp.transition import transition
from ibperp_authoring.cases.builder import Case, Refused

Pair: TypeAlias = tuple[str, str]
"""The name of an action, and a field as `Record.field`."""

_RECORDS: Final = frozenset(
    ("positions", "backstops", "quotes", "tokens", "chains", "assets", "markets", "ramp")
)
"""The fields that hold records, if any."""

Owner: TypeAlias = Callable[[Any], int]

_NAMED: Final[dict[type, Owner]] = {
    Position: lambda own: int(own.market),
    Backstop: lambda own: int(own.account),
    Quote: lambda own: int(own.account),
}
"""Records that are found by what they name; all others are found by their place."""


@dataclass(slots=True)
class Kept:
    """What vectors show: `kept` and `written` pairs, and the kinds of records an action changes."""

    kept: set[Pair] = field(default_factory=set)
    held: set[Pair] = field(default_factory=set)
    written: set[Pair] = field(default_factory=set)
    changed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    records: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def note(self, action: Action, before: State, after: State, *, whole: bool) -> None:
        """Note what a step keeps; `whole`: also of the records that it leaves alone."""
        name = type(action).__name__
        for old, new in _both(before, after, whole=whole):
            record = type(old).__name__
            own = _plain(type(old), old)
            self.records[record] = tuple(leaf.name for leaf in own)
            shown = {
                (name, f"{record}.{leaf.name}")
                for leaf in own
                if _is_set(leaf, value := getattr(old, leaf.name))
                and value == getattr(new, leaf.name)
            }
            self.written |= {
                (name, f"{record}.{leaf.name}")
                for leaf in own
                if getattr(old, leaf.name) != getattr(new, leaf.name)
            }
            if old == new:
                self.held |= shown
            else:
                self.changed[name].add(record)
                self.kept |= shown

    def missing(self, actions: Iterable[str]) -> Iterator[Pair]:
        """Yield every pair that nothing shows and no vector shows the action to write."""
        for action in actions:
            for record, leaves in sorted(self.records.items()):
                shown = self.kept if record in self.changed[action] else self.held
                for leaf in leaves:
                    if (action, f"{record}.{leaf}") not in shown | self.written:
                        yield action, f"{record}.{leaf}"


def measured(starts: dict[str, State], cases: Iterable[Case], whole: str) -> Kept:
    """Run cases from their setups; those of the setup `whole` show what they leave alone, too."""
    found = Kept()
    for case in cases:
        state = starts[case.setup]
        for step in case.steps:
            if isinstance(step, Refused):
                continue
            outcome = transition(state, step)
            if not isinstance(outcome, Accepted):
                break
            found.note(step, state, outcome.state, whole=case.setup == whole)
            state = outcome.state
    return found


REASONS: Final[tuple[tuple[str, str, str], ...]] = (
    ("*", "State.is_halted", "in a halt the action is refused (GV-4)"),
    ("*", "Asset.is_limited", "with such a price in the account the action is refused (GV-3)"),
    ("*", "*.in_transit", "the rows of other assets and actions show it: one writer of pools"),
    ("*", "Asset.price_time", "prices of the world without liquidity are of second 0"),
    ("*", "Pool.*", "its pool is the one of an asset that nobody owes in these vectors"),
    ("*", "Perpetual.is_limited", "the market with a limited mark does not take the action"),
    ("*", "FundingPart.*", "the action ends or leaves the running interval as a whole (PP-8)"),
    ("*", "QuoteRequest.kind", "a request of the system is not its account's to change (PG-6)"),
    ("*", "QuoteRequest.immediate", "an immediate request has no quotes that wait (PG-4)"),
    ("*", "QuoteRequest.status", "of an open request it is that of a new one (PG-2)"),
    ("*", "Market.quote", "the system trades against the settlement asset, here the first (LQ-5)"),
    ("CompleteRebalance", "Account.*", "only the account of fees changes (CU-9)"),
    ("ConfirmWithdrawal", "Account.*", "only the account of fees changes (CU-6)"),
    ("ConvertDust", "Account.conversion", "an account that gives collateral has no dust"),
    ("AdvanceTime", "PerpetualParameters.order_book_state", "no ramp runs in a closed book"),
    ("ResolveBankruptcy", "Account.*", "a bankrupt account has no orders left (LQ-9)"),
    ("ResolveBankruptcy", "Position.*", "gains are spread over positions just opened there"),
    ("ConvertCollateral", "Order.*", "it trades with bids of spot markets, which may not reduce"),
    ("RunRisk", "*", "`run_risk` does the steps of `liquidate`, which are shown (LQ-10)"),
    ("SetAssetParameters", "*", "the action brings the parameters as a whole (GV-2)"),
    ("SetMarketParameters", "Order.*", "the book that it closes is the first, of plain orders"),
    ("SetPerpetualParameters", "Margins.*", "a perpetual has no haircut (GV-2)"),
    ("SetPerpetualParameters", "Account.reserved", "orders of perpetuals reserve nothing (PP-5)"),
    ("SetPerpetualParameters", "Order.reserved", "orders of perpetuals reserve nothing (PP-5)"),
)
"""Why nothing shows a pair: action, field (both with `*` for any part), and the reason."""


def unexplained(pairs: Iterable[Pair]) -> list[str]:
    """Return the pairs without a reason, and the reasons without a pair, as text."""
    left, needed = [], set()
    for action, leaf in pairs:
        found = [row for row in REASONS if fnmatch(action, row[0]) and fnmatch(leaf, row[1])]
        needed.update(found[:1])
        left += [] if found else [f"no vector shows that {action} keeps {leaf}"]
    unused = (row for row in REASONS if row not in needed)
    return left + [f"nothing needs the reason {row[2]!r} ({row[0]}, {row[1]})" for row in unused]


def _both(before: Any, after: Any, *, whole: bool) -> Iterator[tuple[Any, Any]]:
    """Yield every record of two states with what became of it; what is the same, if `whole`."""
    if before is after and not whole:
        return
    if isinstance(before, Vector | tuple):
        yield from _each(before, after, whole=whole)
    elif is_dataclass(before) and not isinstance(before, type) and type(before) is type(after):
        yield before, after
        for own in fields(before):
            yield from _both(getattr(before, own.name), getattr(after, own.name), whole=whole)


def _each(before: Any, after: Any, *, whole: bool) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of two tuples or vectors, by what their records name or by place."""
    if isinstance(before, Vector) and isinstance(after, Vector) and not whole:
        for _, new, old in after.changed(before):
            if old is not None:
                yield from _both(old, new, whole=whole)
        return
    named = _NAMED.get(type(before[0])) if len(before) else None
    if named is None:
        for old, new in zip(before, after, strict=False):
            yield from _both(old, new, whole=whole)
        return
    found = {named(new): new for new in after}
    for old in before:
        if named(old) in found:
            yield from _both(old, found[named(old)], whole=whole)


def _plain(kind: type, record: Any) -> tuple[Field[Any], ...]:
    """Return the fields of a record that hold values, and no further records."""
    return tuple(own for own in fields(kind) if not _holds_records(getattr(record, own.name), own))


def _holds_records(value: Any, own: Field[Any]) -> bool:
    return is_dataclass(value) or isinstance(value, Vector) or own.name in _RECORDS


def _is_set(own: Field[Any], value: Any) -> bool:
    """Tell whether a value is another than that of a new record."""
    if own.default is not MISSING:
        return bool(value != own.default)
    if isinstance(value, Enum):
        return value is not next(iter(type(value)))
    return bool(value)
