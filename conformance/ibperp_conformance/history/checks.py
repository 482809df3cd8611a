"""What histories must add up to; each check names the clauses behind it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from typing import Final

from ibperp.events import LiquidationStage, SettlementSource
from ibperp_conformance.history.rows import (
    Fill,
    Funding,
    Interest,
    Movement,
    Place,
    Row,
    Settlement,
)

HOURS_PER_YEAR: Final = 8760
PRECISION: Final = 200
"""Digits of a computation: more than two numbers of a row multiply to."""

REALIZED: Final = frozenset(each.value for each in SettlementSource if "RealizePnl" in each.value)
SOURCES: Final = frozenset(each.value for each in SettlementSource)
LIQUIDATIONS: Final = frozenset(
    each.value for each in LiquidationStage if each.value.startswith("Liquidate")
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not add up: where it shows, what check, its clauses, the numbers."""

    place: Place
    check: str
    clauses: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.check} [{', '.join(self.clauses)}]: {self.message}"


@dataclass(frozen=True, slots=True)
class History:
    """Rows by what they are, each in the order of time; positions are summed from the fills."""

    fills: list[Fill]
    funding: list[Funding]
    interest: list[Interest]
    movements: list[Movement]
    settlements: list[Settlement]


def history_of(rows: Iterable[Row]) -> History:
    """Return rows sorted by what they are and by time."""
    ordered = sorted(rows, key=lambda each: each.time)
    return History(
        [each for each in ordered if isinstance(each, Fill)],
        [each for each in ordered if isinstance(each, Funding)],
        [each for each in ordered if isinstance(each, Interest)],
        [each for each in ordered if isinstance(each, Movement)],
        [each for each in ordered if isinstance(each, Settlement)],
    )


def findings(history: History) -> list[Finding]:
    """Return all that does not add up."""
    with localcontext() as context:
        context.prec = PRECISION
        return [
            Finding(place, name, clauses, message)
            for name, (clauses, check) in CHECKS.items()
            for place, message in check(history)
        ]


Found = Iterator[tuple[Place, str]]


class Course:
    """An amount over time: each value from its time on, in the order of time."""

    def __init__(self) -> None:
        self._times, self._values = list[datetime](), list[Decimal]()

    def add(self, time: datetime, value: Decimal) -> None:
        """Let the amount be `value` from now on."""
        self._times.append(time)
        self._values.append(value)

    def at(self, time: datetime) -> Decimal | None:
        """Return the last amount up to a time; None before there is one."""
        place = bisect_right(self._times, time)
        return self._values[place - 1] if place else None


NOTHING: Final = Course()


def trades_agree(history: History) -> Found:
    """Check that both sides of a trade tell the same price and lots, one of them as the maker."""
    sides = defaultdict[tuple[str, str], list[Fill]](list)
    for fill in history.fills:
        sides[fill.symbol, fill.trade].append(fill)
    for (symbol, trade), own in sides.items():
        accounts = {each.account for each in own}
        if len(own) != len(accounts):
            yield own[-1].place, f"{symbol}: account {own[-1].account} has trade {trade} twice"
        elif len(own) == 2 and not _is_one_trade(*own):  # noqa: PLR2004
            told = " and ".join(f"{each.lots} at {each.price}" for each in own)
            yield own[1].place, f"{symbol}: the sides of trade {trade} tell {told}"


def _is_one_trade(one: Fill, other: Fill) -> bool:
    is_same = one.price == other.price and one.lots == -other.lots
    return is_same and one.is_maker != other.is_maker


def liquidation_reduces(history: History) -> Found:
    """Check that what the system sold or bought to liquidate brought the position toward zero."""
    held = defaultdict[tuple[str, str], Decimal](Decimal)
    for fill in history.fills:
        key = fill.account, fill.symbol
        before, after = held[key], held[key] + fill.lots
        held[key] = after
        grew = abs(after) > abs(before) or before * after < 0
        if fill.system in LIQUIDATIONS and grew:
            yield fill.place, f"{fill.symbol}: {fill.system} took {before} to {after}"


def funding_is_shared(history: History) -> Found:
    """Check the funding of an interval: longs pay shorts, each in proportion to the lots held."""
    held = dict[tuple[str, str], Course]()
    for fill in history.fills:
        course = held.setdefault((fill.account, fill.symbol), Course())
        course.add(fill.time, (course.at(fill.time) or Decimal()) + fill.lots)
    intervals = defaultdict[tuple[str, object], list[Funding]](list)
    for row in history.funding:
        intervals[row.symbol, row.time].append(row)
    for (symbol, time), rows in intervals.items():
        first: tuple[Decimal, Funding] | None = None
        for row in rows:
            lots = held.get((row.account, symbol), NOTHING).at(row.time) or Decimal()
            if lots == 0:
                continue
            if row.quantity * lots * row.rate > 0:
                yield row.place, f"{symbol}: {lots} lots received {row.quantity} at {row.rate}"
                continue
            first = first or (lots, row)
            apart = abs(row.quantity * first[0] - first[1].quantity * lots)
            if apart > _unit(row.quantity) * abs(first[0]) + _unit(first[1].quantity) * abs(lots):
                told = f"{lots} lots {row.quantity}, {first[0]} lots {first[1].quantity}"
                yield row.place, f"{symbol}, {time}: funding is not in proportion: {told}"


def movements_run_on(history: History) -> Found:
    """Check that each amount of a lend or a borrow is the one before and what moved."""
    held: dict[tuple[str, str, str, bool], Decimal] = {}
    for row in history.movements:
        is_lend, is_added = row.kind.startswith("Lend"), row.kind in {"Lend", "Borrow"}
        key = row.account, row.symbol, row.position, is_lend
        moved = abs(row.quantity) if is_added else -abs(row.quantity)
        before = held.get(key)
        now = held[key] = abs(row.held)
        if before is not None and now != before + moved:
            yield (
                row.place,
                f"{row.symbol}: {row.kind} of {abs(row.quantity)} took {before} to {now}",
            )


def interest_is_by_the_hour(history: History) -> Found:
    """Check interest of lends and borrows against rate and amount, for an hour or less."""
    amounts = dict[tuple[str, str, bool], Course]()
    for moved in history.movements:
        key = moved.account, moved.symbol, moved.kind.startswith("Lend")
        amounts.setdefault(key, Course()).add(moved.time, moved.held)
    for row in history.interest:
        if row.kind not in {"Lend", "Borrow"}:
            continue
        held = amounts.get((row.account, row.symbol, row.kind == "Lend"), NOTHING).at(row.time)
        if held is not None:
            most = abs(held * row.rate) / HOURS_PER_YEAR + _unit(row.quantity)
            if abs(row.quantity) > most:
                told = f"{abs(held)} at {row.rate} a year"
                yield row.place, f"{row.symbol}: {row.quantity} for an hour of {told}"


def realized_is_what_fills_say(history: History) -> Found:
    """Check of accounts that are flat that what was realized is what their fills came to."""
    fills, settlements = (
        defaultdict[str, list[Fill]](list),
        defaultdict[str, list[Settlement]](list),
    )
    for each in history.fills:
        fills[each.account].append(each)
    for row in history.settlements:
        settlements[row.account].append(row)
    for account, own in fills.items():
        lots = defaultdict[str, Decimal](Decimal)
        for fill in own:
            lots[fill.symbol] += fill.lots
        told = [each for each in settlements[account] if each.source in REALIZED]
        if any(lots.values()) or not told:
            continue
        gain = -sum((each.lots * each.price for each in own), Decimal())
        paid = sum((each.quantity for each in told), Decimal())
        if gain != paid:
            yield told[-1].place, f"account {account}: fills came to {gain}, {paid} was realized"


def sources_are_known(history: History) -> Found:
    """Check that every settlement has a reason that the rules know."""
    for row in history.settlements:
        if row.source not in SOURCES:
            yield row.place, f"{row.source!r} is no reason of a settlement"


def _unit(value: Decimal) -> Decimal:
    """Return one in the last place that a decimal shows."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(min(exponent, 0))


CHECKS: Final[dict[str, tuple[tuple[str, ...], Callable[[History], Found]]]] = {
    "trades_agree": (("SM-9", "PP-4"), trades_agree),
    "liquidation_reduces": (("LQ-4",), liquidation_reduces),
    "funding_is_shared": (("PP-8",), funding_is_shared),
    "movements_run_on": (("MM-11", "MM-12", "MM-13", "MM-14"), movements_run_on),
    "interest_is_by_the_hour": (("MM-6",), interest_is_by_the_hour),
    "realized_is_what_fills_say": (("PP-4", "PP-10"), realized_is_what_fills_say),
    "sources_are_known": (("ST-1",), sources_are_known),
}
"""The checks by name, with their clauses, in the order in which they are told."""


def told(history: History, found: Sequence[Finding], unread: Sequence[str]) -> str:
    """Return in a line what was checked and what came of it."""
    counts = (
        f"{len(history.fills)} fills, {len(history.funding)} payments of funding, "
        f"{len(history.interest)} of interest, {len(history.movements)} lends and borrows, "
        f"{len(history.settlements)} settlements"
    )
    if not found and not unread:
        return f"{counts}: everything adds up"
    return f"{counts}: {len(found)} findings, {len(unread)} rows that cannot be read"
