"""Mark price and funding rate: pure functions of the inputs that an action brings (PP-6, PP-7)."""

from __future__ import annotations

from typing import Final

from ibperp.numbers import RATIO, div_down, mul_div_down, mul_div_up

FUNDING_BASIS: Final = 28_800
"""The interval for which premium and interest are stated: eight hours, in seconds (PP-7)."""


def mark_of(
    index: int, basis: int | None, bid: int | None, ask: int | None, last: int, *, post_only: bool
) -> int | None:
    """Return the mark by the first rule whose inputs are there, or None (PP-6).

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


def funding_rate(  # noqa: PLR0917 - the order of the published formula
    premium: int, interest: int, clamp: int, low: int, high: int, interval: int
) -> int:
    """Return the rate of one funding interval, a signed ratio rounded down (PP-7).

    `premium`: the mean over the interval. `interest`: per eight hours; it pulls the rate toward
    itself by at most `clamp`. The sum is scaled from eight hours to `interval` seconds, and cut to
    what lies from `low` to `high`.
    """
    pull = min(max(interest - premium, -clamp), clamp)
    rate = mul_div_down(premium + pull, interval, FUNDING_BASIS)
    return min(max(rate, low), high)


def index_step(mark: int, rate: int) -> int:
    """Return what one lot long pays at `rate`, in quote atoms, rounded down (PP-8)."""
    return mul_div_down(mark, rate, RATIO)
