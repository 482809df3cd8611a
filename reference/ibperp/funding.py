"""Mark price, and the rate and the time of funding (PP-6 to PP-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.numbers import RATIO, div_down, mul_div_down, mul_div_up, remainder
from ibperp.parameters import FundingPart
from ibperp.records import replace

if TYPE_CHECKING:
    from ibperp.parameters import PerpetualParameters

FUNDING_BASIS: Final = 28_800
"""The interval for which premium and interest are stated: eight hours, in seconds (PP-7)."""


def mark_of(
    index: int, basis: int | None, bid: int | None, ask: int | None, last: int, *, post_only: bool
) -> int | None:
    """Return the mark by the first rule whose inputs exist, or None (PP-6).

    1 index plus the average of mid minus index (`basis`); 2 index; 3 median of bid, ask and last;
    4 mid of bid and ask, rounded down; 5 last. A book in post-only state uses the index alone. All
    in quote atoms per lot; an `index` or `last` of zero is missing.
    """
    if index and basis is not None and not post_only:
        return max(index + basis, 1)
    if index:
        return index
    if bid and ask and last:
        return sorted((bid, ask, last))[1]
    if bid and ask:
        return div_down(bid + ask, 2)
    return last or None


def bounded_mark(mark: int, index: int, threshold: int) -> int:
    """Return the mark moved into `threshold` of the index, if there is one (PP-6)."""
    if index == 0:
        return mark
    low, high = RATIO - threshold, RATIO + threshold
    return min(max(mark, mul_div_up(index, low, RATIO), 1), mul_div_down(index, high, RATIO))


def premium_of(mark: int, index: int) -> int:
    """Return the premium of mark over index, a signed ratio rounded down (PP-7)."""
    return mul_div_down(mark - index, RATIO, index)


def part_of(limits: PerpetualParameters, seconds: int) -> FundingPart:
    """Return seconds that pass under the terms of these parameters (PP-8)."""
    return FundingPart(
        seconds,
        limits.funding_interval,
        limits.interest_rate,
        limits.interest_clamp,
        limits.funding_floor,
        limits.funding_cap,
    )


def with_part(parts: tuple[FundingPart, ...], part: FundingPart) -> tuple[FundingPart, ...]:
    """Return the parts of an interval with one more; equal terms are one part (PP-8)."""
    if part.seconds == 0:
        return parts
    if parts and replace(parts[-1], seconds=part.seconds) == part:
        part = replace(part, seconds=parts[-1].seconds + part.seconds)
        parts = parts[:-1]
    return (*parts, part)


def interval_end(start: int, interval: int, parts: tuple[FundingPart, ...]) -> int:
    """Return the multiple of `interval` that ends what runs since `start`, in seconds (PP-8).

    It is after `start`; at `start` where parts of the interval wait, which it may end.
    """
    since = start - 1 if parts else start
    return since - remainder(since, interval) + interval


def seconds_to_charge(start: int, end: int, time: int, interval: int) -> int:
    """Return the seconds from `start` to `time` without whole intervals that were not ended (PP-8).

    The interval that is over at `end` waits for its funding; those after it are not charged.
    """
    last = time - remainder(time, interval)
    return time - start - max(last - end, 0)


def part_due(premium: int, part: FundingPart) -> int:
    """Return the rate of one part, in ratios of eight hours times seconds (PP-7, PP-8).

    The interest pulls the premium toward itself by at most the clamp; floor and cap bound what is
    due in proportion to the seconds.
    """
    clamp = part.interest_clamp
    pull = min(max(part.interest_rate - premium, -clamp), clamp)
    seconds, interval = part.seconds, part.funding_interval
    low = mul_div_up(part.funding_floor * FUNDING_BASIS, seconds, interval)
    high = mul_div_down(part.funding_cap * FUNDING_BASIS, seconds, interval)
    return min(max((premium + pull) * seconds, low), high)


def funding_rate(premium: int, parts: tuple[FundingPart, ...]) -> int:
    """Return the rate of all parts together, a signed ratio rounded down once (PP-7, PP-8).

    `premium`: the mean over them. Premium and interest are those of eight hours.
    """
    return div_down(sum(part_due(premium, part) for part in parts), FUNDING_BASIS)


def index_step(mark: int, rate: int) -> int:
    """Return what one lot long pays at `rate`, in quote atoms, rounded down (PP-8)."""
    return mul_div_down(mark, rate, RATIO)
