"""The pictures of the five-minute page: one account's day, and who paid and got the interest."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Final

from ibperp.state import Perpetual
from ibperp_authoring.markdown import rows
from ibperp_authoring.site.day import DAY
from ibperp_authoring.site.runs import shipped
from ibperp_conformance.pictures.frames import course_of
from ibperp_conformance.pictures.plot import pictures
from ibperp_conformance.presets.scales import market_scales, settlement_units
from ibperp_conformance.presets.units import truncated
from ibperp_conformance.report.gains import INTEREST, gains_of
from ibperp_conformance.report.standing import standings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ibperp.state import State
    from ibperp_conformance.scenario.result import ScenarioResult

WHO: Final = "vera/main"
MARKET: Final = "SOL_USDC_PERP"
HOURS: Final = (1, 6, 12, 18, 24)
HOUR: Final = 3600
ROW: Final = 34
WIDTH: Final = 700
NAMES: Final = 230
AMOUNTS: Final = 90
PLACES: Final = 2
INTEREST_PLACES: Final = 4
SMALLEST: Final = Fraction(1, 10_000)


def life(root: Path) -> str:
    """Return the equity of one account over the day, and where it stands at some hours."""
    result, _ = shipped(root / DAY)
    course = course_of(result)
    own = (
        replace(frame, equity={WHO: frame.equity[WHO]}, pools={})
        for frame in course.frames
        if frame.at
    )
    (chart,) = pictures(replace(course, frames=tuple(own)))
    head = ("hour", "SOL mark", "virtually lent", "equity")
    return f"{chart.svg}\n\n{rows(head, _hours(result))}"


def _hours(result: ScenarioResult) -> Iterator[tuple[str, ...]]:
    for hour in HOURS:
        state = next(
            step.after for step in reversed(result.steps) if step.after.time <= hour * HOUR
        )
        standing = next(own for own in standings(state, result.names) if own.account == WHO)
        yield (
            str(hour),
            _mark(state),
            truncated(standing.virtually_lent, PLACES),
            truncated(standing.dollars(standing.health.equity), PLACES),
        )


def _mark(state: State) -> str:
    market = next(own for own in state.markets if own.symbol == MARKET)
    assert isinstance(market, Perpetual)
    _, prices = market_scales(state, market)
    return truncated(market.mark_price / prices, PLACES)


def interest(root: Path) -> str:
    """Return who paid interest, to the left, and who got it, to the right, over the day."""
    result, _ = shipped(root / DAY)
    gains = gains_of((*result.scene, *result.steps))
    found = {}
    for who in dict.fromkeys(name for name, _ in gains.legs):
        amount = settlement_units(result.final, gains.of(who, INTEREST))
        if abs(amount) >= SMALLEST:
            name = result.names.get(who, str(who)) if isinstance(who, int) else who
            found[name] = amount
    return bars("Interest paid and received in a day, in USDC", sorted(found.items(), key=_amount))


def _amount(entry: tuple[str, Fraction]) -> Fraction:
    return entry[1]


def bars(described: str, entries: Sequence[tuple[str, Fraction]]) -> str:
    """Return a picture of signed amounts, a bar for each, with the amount beside it."""
    scale = (WIDTH - NAMES - 2 * AMOUNTS) / 2 / float(max(abs(amount) for _, amount in entries))
    zero = (NAMES + WIDTH) / 2
    height = ROW * len(entries) + 8
    label = escape(described)
    opening = f'<svg class="bars" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">'
    axis = f'<line x1="{zero}" x2="{zero}" y1="0" y2="{height}" stroke="currentcolor"/>'
    parts = [opening, axis]
    for place, (name, amount) in enumerate(entries):
        down, width = ROW * place + 24, max(abs(float(amount)) * scale, 1)
        left, beside = (zero, zero + width + 6) if amount > 0 else (zero - width, zero - width - 6)
        colour, anchor = (1, "start") if amount > 0 else (2, "end")
        parts.append(f'<text x="0" y="{down}">{escape(name)}</text>')
        parts.append(
            f'<g class="series-{colour}"><rect x="{left:.1f}" y="{down - 17}" '
            f'width="{width:.1f}" height="22" fill="currentcolor"/></g>'
        )
        told = truncated(amount, INTEREST_PLACES)
        parts.append(f'<text x="{beside:.1f}" y="{down}" text-anchor="{anchor}">{told}</text>')
    return "\n".join((*parts, "</svg>")) + "\n"
