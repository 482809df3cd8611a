"""The liquidation kernel: prices, sizes and shares of a failing account's exposures (LQ-1 to LQ-7).

Values are quote atoms, prices atoms per lot. No function looks at a state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.numbers import RATIO, mul_div_down, mul_div_up

if TYPE_CHECKING:
    from collections.abc import Sequence


def zero_price(price: int, equity: int, exposure: int, *, is_long: bool) -> int:
    """Return the price at which an exposure uses up its share of the equity (LQ-1).

    Every exposure has the share `equity / exposure` of its own value, so that an account that
    closes all of them at their zero prices has an equity of zero. Rounded in favor of the account;
    at least one. With an equity below zero it lies beyond `price`, where the other side pays.
    """
    share = mul_div_down(price, equity, exposure)
    return max(price - share if is_long else price + share, 1)


def step_size(size: int, fraction: int, minimum: int) -> int:
    """Return what one step takes of `size`: its fraction, rounded up; never leave dust (LQ-4)."""
    part = max(mul_div_up(size, fraction, RATIO), minimum)
    return size if size - part < minimum else part


def portions(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` in proportion to `weights`: rounded down, then by largest remainder (LQ-6).

    Units that rounding leaves go one each to the largest remainders, the first of equal ones.
    """
    whole = sum(weights)
    parts = [mul_div_down(total, weight, whole) for weight in weights]
    rests = [total * weight - part * whole for part, weight in zip(parts, weights, strict=True)]
    left = total - sum(parts)
    by_rest = sorted(range(len(parts)), key=lambda index: (-rests[index], index))
    for turn, index in enumerate(by_rest):
        parts[index] += turn < left
    return parts


def borne_price(price: int, zero: int, bearable: int, *, is_long: bool) -> int:
    """Return the price at which a counterparty takes a failing position (LQ-7).

    The zero price of the position. Where that lies beyond `price`, so that the counterparty pays,
    it goes no further than the counterparty's own zero price, and never back across `price`.
    """
    if is_long:
        return zero if zero <= price else max(price, min(zero, bearable))
    return zero if zero >= price else min(price, max(zero, bearable))


def deleverage_rank(gain: int, cost: int, exposure: int, equity: int) -> tuple[int, int]:
    """Return what orders counterparties, lowest first: the most profit and leverage (LQ-7).

    Winners by profit ratio times leverage, then losers by their ratio, then those that own nothing.
    `gain`: since the position was opened; `cost`: what was paid for it, not below zero.
    """
    if equity <= 0:
        return 2, 0
    ratio = mul_div_down(gain, RATIO, max(cost, 1))
    if gain <= 0:
        return 1, -ratio
    return 0, -mul_div_down(ratio, exposure, equity)


def bounded_fee(value: int, ratio: int, equity: int) -> int:
    """Return the fee on a liquidated value, rounded up, at most the equity left (LQ-4)."""
    return min(mul_div_up(value, ratio, RATIO), max(equity, 0))
