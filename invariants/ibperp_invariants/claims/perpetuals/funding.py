"""Invariants of funding: its rate is bounded, and every second is charged once (PP-7 to PP-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import ApplyFunding, SetPerpetualParameters, SettleMarket
from ibperp.numbers import RATIO, mul_div_down
from ibperp.parameters import PerpetualParameters
from ibperp_invariants.step.step import step_invariant
from ibperp_invariants.view.view import PerpetualView, perpetual_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibperp_invariants.step.step import Invariant, Step


def funding_clamped(step: Step) -> Iterator[str]:
    """Check the rate against floor and cap, and the index against rate and mark (PP-7, PP-8)."""
    action = step.action
    if not step.is_accepted() or not isinstance(action, ApplyFunding | SettleMarket):
        return
    old, new = (perpetual_of(view, action.market) for view in (step.before, step.after))
    told = step.facts.funded.get(action.market)
    if old is None or new is None or (told is None and isinstance(action, ApplyFunding)):
        yield f"{action.market}: no event says at which of 1 rates funding was applied"
        return
    rate, moved = told or (0, 0)
    step_of_index = mul_div_down(old.mark_price, rate, RATIO) if old.open_interest else 0
    if told and isinstance(old.parameters, PerpetualParameters):
        is_last = isinstance(action, SettleMarket)
        yield from _unbounded(action.market, old, rate, step.after.time if is_last else None)
    if not moved == step_of_index == new.funding_index - old.funding_index:
        yield (
            f"{action.market}: the funding index went from {old.funding_index} to "
            f"{new.funding_index}, a lot long pays {step_of_index}, {moved} is told"
        )


def every_second_is_funded_once(step: Step) -> Iterator[str]:
    """Check that no second leaves a running funding interval uncharged, or enters it twice."""
    if not step.is_accepted():
        return
    named = getattr(step.action, "market", "")
    for symbol in dict.fromkeys((*step.touched_markets, named)):
        old, new = (perpetual_of(view, symbol) for view in (step.before, step.after))
        if old is None or new is None:
            continue
        waiting = _waiting(new, step.after.time)
        expected = _waiting(old, step.after.time)
        is_named = symbol == named
        if is_named and isinstance(step.action, ApplyFunding):
            expected = step.after.time % _interval(new) if _interval(new) else waiting
        elif is_named and isinstance(step.action, SettleMarket) and old.open_interest:
            expected = 0
        elif is_named and isinstance(step.action, SetPerpetualParameters) and new != old:
            is_changed = new.funding_time != old.funding_time
            expected -= _missed(old, step.after.time) if is_changed else 0
        if waiting != expected:
            yield f"{symbol}: {waiting} seconds wait for funding, {expected} passed"


def _unbounded(symbol: str, old: PerpetualView, rate: int, until: int | None) -> Iterator[str]:
    """Yield a rate beyond the floors and caps of the seconds that it is for, in proportion."""
    limits = old.parameters
    assert isinstance(limits, PerpetualParameters)
    interval = limits.funding_interval
    seconds = _end(old, interval) - old.funding_time if until is None else until - old.funding_time
    seconds -= 0 if until is None else _missed(old, until)
    terms = [
        (part.seconds, part.funding_interval, part.funding_floor, part.funding_cap)
        for part in old.funding_parts
    ]
    terms.append((seconds, interval, limits.funding_floor, limits.funding_cap))
    slack = 0 if len(terms) == 1 and seconds == interval else len(terms)
    low = sum(mul_div_down(floor, passed, span) for passed, span, floor, _ in terms) - slack
    high = sum(mul_div_down(cap, passed, span) for passed, span, _, cap in terms) + slack
    if not low <= rate <= high:
        yield f"{symbol}: the funding rate {rate} is not {low} to {high}"


def _waiting(market: PerpetualView, time: int) -> int:
    """Return the seconds up to a time that were not charged (PP-8)."""
    return time - market.funding_time + sum(part.seconds for part in market.funding_parts)


def _interval(market: PerpetualView) -> int:
    limits = market.parameters
    return limits.funding_interval if isinstance(limits, PerpetualParameters) else 0


def _missed(market: PerpetualView, time: int) -> int:
    """Return the seconds of intervals that nobody ended, after the first of them (PP-8)."""
    interval = _interval(market)
    if interval == 0:
        return 0
    return max(time - time % interval - _end(market, interval), 0)


def _end(market: PerpetualView, interval: int) -> int:
    """Return when the running interval ends: at once where parts of it wait (PP-8)."""
    since = market.funding_time - bool(market.funding_parts)
    return since - since % interval + interval


FUNDING: Final[tuple[Invariant, ...]] = (
    step_invariant(
        funding_clamped,
        "PP-7 PP-8 PP-9",
        "A funding rate is between the floors and caps of the seconds that it is for; without "
        "open interest the index does not move.",
    ),
    step_invariant(
        every_second_is_funded_once,
        "PP-2 PP-8 PP-9",
        "Whatever changes inside a funding interval, each of its seconds waits for funding until "
        "it is charged, once, at the terms under which it passed.",
    ),
)
