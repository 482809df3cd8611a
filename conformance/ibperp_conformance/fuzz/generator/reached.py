"""What a step reached: kinds, codes, events, stages, sources, and interesting states by name.

The catalogue `STATES` says what a campaign should have seen: what of it was never reached is named,
so that a campaign without findings says what it looked at.
"""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_args

from ibperp.actions import Action, Liquidate, RunRisk, Settle
from ibperp.events import (
    BankruptcyResolved,
    Event,
    Liability,
    LiquidationStage,
    LiquidationStep,
    OrderEnd,
    OrderEnded,
    PositionMoved,
    Reason,
    RequestEnd,
    Settled,
    SettlementSource,
    SharesMoved,
    Traded,
    VirtualMoved,
)
from ibperp.outcomes import Accepted, RejectionCode
from ibperp.programs import RequestKind
from ibperp.state import Perpetual
from ibperp_conformance.protocol.wire import type_name

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from ibperp.state import Asset, State
    from ibperp_conformance.fuzz.generator.run import Step

WORDS: Final[dict[str, tuple[type[StrEnum], ...]]] = {
    "reason": (Reason, OrderEnd, RequestEnd),
    "stage": (LiquidationStage,),
    "source": (SettlementSource,),
    "liability": (Liability,),
}
"""The fields of events that hold a word of a closed list."""


def features(step: Step) -> set[str]:
    """Return the names of all that a step reached."""
    kind = type_name(type(step.action))
    outcome = step.outcome
    if not isinstance(outcome, Accepted):
        pair = f"{kind} refused {outcome.code.value}"
        return {f"code {outcome.code.value}", pair}
    found = {f"accepted {kind}"}
    for event in outcome.events:
        name = type_name(type(event))
        found.add(f"event {name}")
        found.update(_words(event))
    found.update(name for name, is_there in STATES.items() if is_there(step, outcome.events))
    return found


def _words(event: Event) -> Iterator[str]:
    """Yield the words of closed lists in an event with their field: `stage InKind`."""
    kind: Any = type(event)
    for name in _named(kind):
        value = getattr(event, name)
        if isinstance(value, StrEnum):
            yield f"{name} {value.value}"


@cache
def _named(record: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(record) if item.name in WORDS)


def expected() -> tuple[str, ...]:
    """Return the names of all that a campaign may reach, in a fixed order."""
    kinds = [f"accepted {type_name(kind)}" for kind in get_args(Action)]
    codes = [f"code {code.value}" for code in RejectionCode]
    events = [f"event {type_name(kind)}" for kind in get_args(Event)]
    words = [
        f"{name} {word.value}" for name, lists in WORDS.items() for one in lists for word in one
    ]
    return (*kinds, *codes, *events, *dict.fromkeys(words), *STATES)


def never_reached(counts: Counter[str]) -> list[str]:
    """Return what a campaign never reached, the most important first.

    Interesting states come first, then words of events, kinds of actions, events, and codes.
    """
    order = ("stage", "liability", "source", "accepted", "event", "code", "reason")

    def rank(name: str) -> int:
        kind = name.partition(" ")[0]
        return 0 if name in STATES else 1 + order.index(kind)

    return sorted((name for name in expected() if not counts[name]), key=rank)


def _of(events: tuple[Event, ...], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def _stages(events: tuple[Event, ...]) -> list[LiquidationStage]:
    return [event.stage for event in _of(events, LiquidationStep)]


def _conversions(state: State) -> int:
    """Return how many requests of the system are open."""
    return sum(
        request.kind is RequestKind.CONVERSION
        and request.status.value == "open"
        and state.time < request.expires
        for request in state.requests
    )


def _counterparties(events: tuple[Event, ...]) -> int:
    return len({event.counterparty for event in _of(events, PositionMoved)})


def _loses(events: tuple[Event, ...]) -> int:
    return sum(event.unpaid < 0 for event in _of(events, Settled))


def _priced(state: State) -> list[Asset | Perpetual]:
    perpetuals = [market for market in state.markets if isinstance(market, Perpetual)]
    return [*state.assets, *perpetuals]


def _has_tie(state: State) -> bool:
    """Tell whether two accounts hold the same position, so that an order by rank is a tie."""
    held = [
        (own.market, own.lots, own.entry_cost, tuple(account.free))
        for account in state.accounts
        for own in account.positions
        if own.lots
    ]
    return len(held) > len(set(held))


def _is_flipped(step: Step) -> bool:
    """Tell whether a position went from one side to the other in one trade."""
    for before, after in zip(step.before.accounts, step.after.accounts, strict=False):
        if before is after:
            continue
        lots = {own.market: own.lots for own in before.positions}
        if any(own.lots * lots.get(own.market, 0) < 0 for own in after.positions):
            return True
    return False


def _is_settling(step: Step, events: tuple[Event, ...]) -> bool:
    return isinstance(step.action, Settle) and bool(_of(events, Settled))


STATES: Final[dict[str, Callable[[Step, tuple[Event, ...]], bool]]] = {
    "several fills of one order": lambda _, events: len(_of(events, Traded)) > 2,
    "a trade with a rebate": lambda _, events: any(e.maker_fee < 0 for e in _of(events, Traded)),
    "a position turned over": lambda step, events: bool(_of(events, Traded)) and _is_flipped(step),
    "a settlement of a loss on the pool": lambda step, events: (
        _is_settling(step, events) and any(e.shares < 0 for e in _of(events, SharesMoved))
    ),
    "a settlement that leaves debts to the fund": lambda step, events: (
        _is_settling(step, events) and _loses(events) > 0
    ),
    "a settlement with several culled": lambda step, events: (
        _is_settling(step, events)
        and sum("Culled" in word for e in events for word in _words(e)) > 1
    ),
    "virtual shares without a claim": lambda _, events: any(
        e.amount == 0 for e in _of(events, VirtualMoved)
    ),
    "equal positions of two accounts": lambda step, events: (
        bool(_of(events, PositionMoved)) and _has_tie(step.before)
    ),
    "a liquidation of several counterparties": lambda _, events: _counterparties(events) > 1,
    "a liquidation after a request": lambda step, events: (
        bool(_stages(events)) and _conversions(step.before) > 0
    ),
    "a settlement while a request of the system is open": lambda step, _: (
        isinstance(step.action, Settle) and _conversions(step.before) > 0
    ),
    "a quote for a request of the system": lambda step, events: (
        _conversions(step.before) > 0
        and any(type_name(type(e)) in {"quoted", "block_traded"} for e in events)
    ),
    "several stages in one run of risk": lambda step, events: (
        isinstance(step.action, RunRisk) and len(set(_stages(events))) > 2
    ),
    "a bankruptcy that claims bear": lambda _, events: any(
        e.spread > 0 for e in _of(events, BankruptcyResolved)
    ),
    "a bankruptcy that insurance and others bear": lambda _, events: any(
        e.insurance > 0 and e.insurance < e.owed for e in _of(events, BankruptcyResolved)
    ),
    "an order ended by a rejection": lambda _, events: any(
        isinstance(e.reason, RejectionCode) for e in _of(events, OrderEnded)
    ),
    "an accepted action while halted": lambda step, _: step.before.is_halted,
    "an action while margins move": lambda step, _: any(
        own.ramp is not None for own in _priced(step.before)
    ),
    "an action at a price that was cut": lambda step, _: any(
        own.is_limited for own in _priced(step.before)
    ),
    "a liquidation with resting orders on the book": lambda step, events: (
        isinstance(step.action, Liquidate)
        and LiquidationStage.ON_BOOK in _stages(events)
        and len(_of(events, Traded)) > 1
    ),
    "an amount beyond 2^100": lambda step, _: any(
        abs(amount) > 2**100 for account in step.after.accounts for amount in account.free
    ),
    "a market with an empty side": lambda step, events: (
        bool(_of(events, Traded))
        and any(not m.book.asks or not m.book.bids for m in step.after.markets)
    ),
}
"""The interesting states by name: what tells that a step is in one or leads to one."""
