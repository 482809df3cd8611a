"""Theorems about mark price, premium and funding rate, for all integers (perpetuals)."""

from ibperp import funding as kernel
from ibperp.numbers import RATIO
from ibperp.parameters import FundingPart

HOUR = 3600


def t_bounded_mark_is_within_the_threshold(mark: int, index: int, threshold: int) -> None:
    """A mark is never further from the index than the threshold, nor below one (PP-6)."""
    assert all((index > 0, threshold >= 0, threshold <= RATIO))
    bounded = kernel.bounded_mark(mark, index, threshold)
    low, high = index * (RATIO - threshold), index * (RATIO + threshold)
    assert all((bounded * RATIO >= low, bounded * RATIO <= high, bounded >= 1))


def t_mark_within_the_threshold_stays(mark: int, index: int, threshold: int) -> None:
    """A mark within the threshold of the index, or without an index, stays (PP-6)."""
    assert all((mark > 0, index >= 0, threshold >= 0, threshold <= RATIO))
    assert mark * RATIO >= index * (RATIO - threshold)
    assert any((index == 0, mark * RATIO <= index * (RATIO + threshold)))
    bounded = kernel.bounded_mark(mark, index, threshold)
    assert bounded == mark


def t_index_and_basis_come_first(index: int, basis: int, bid: int, ask: int, last: int) -> None:
    """With index and basis the mark is their sum, at least one, whatever the book says (PP-6)."""
    assert index > 0
    mark = kernel.mark_of(index, basis, bid, ask, last, post_only=False)
    assert all((mark is not None and mark >= 1, mark == max(index + basis, 1)))


def t_index_alone_comes_second(
    index: int, bid: int, ask: int, last: int, basis: int, *, post_only: bool
) -> None:
    """Without a basis, and in post-only state with one, the mark is the index (PP-6)."""
    assert index > 0
    mark = kernel.mark_of(index, basis if post_only else None, bid, ask, last, post_only=post_only)
    assert mark == index


def t_median_comes_third(bid: int, ask: int, last: int, basis: int, *, post_only: bool) -> None:
    """Without an index the mark is the median of bid, ask and last: last within the two (PP-6)."""
    assert all((bid > 0, ask > bid, last > 0))
    mark = kernel.mark_of(0, basis, bid, ask, last, post_only=post_only)
    assert mark == min(max(last, bid), ask)


def t_mid_comes_fourth(bid: int, ask: int, *, post_only: bool) -> None:
    """Without index and last the mark is the mid, rounded down (PP-6)."""
    assert all((bid > 0, ask > bid))
    mark = kernel.mark_of(0, None, bid, ask, 0, post_only=post_only) or 0
    assert all((2 * mark <= bid + ask, bid + ask < 2 * mark + 2))


def t_last_comes_fifth(last: int, bid: int, *, post_only: bool) -> None:
    """Without index and one side of the book the mark is the last price (PP-6)."""
    assert all((last > 0, bid > 0))
    mark = kernel.mark_of(0, None, bid, None, last, post_only=post_only)
    assert mark == last


def t_premium_is_rounded_down_once(mark: int, index: int) -> None:
    """The premium is the exact share of the index, rounded down (PP-7)."""
    assert all((mark > 0, index > 0))
    premium = kernel.premium_of(mark, index)
    exact = (mark - index) * RATIO
    assert all((premium * index <= exact, exact < (premium + 1) * index))


def t_rate_is_within_floor_and_cap(
    premium: int, interest: int, clamp: int, bounds: tuple[int, int], seconds: int
) -> None:
    """Seconds of an hour are charged within their share of floor and cap, to a rounding (PP-7)."""
    assert all((bounds[0] <= bounds[1], clamp >= 0, seconds >= 0))
    low, high = bounds
    due = kernel.part_due(premium, FundingPart(seconds, HOUR, interest, clamp, low, high))
    least, most = low * kernel.FUNDING_BASIS * seconds, high * kernel.FUNDING_BASIS * seconds
    assert all((due * HOUR <= most, due * HOUR > least - HOUR))


def t_rate_never_falls_with_the_premium(
    premium: int, more: int, interest: int, clamp: int, bounds: tuple[int, int]
) -> None:
    """A larger premium never makes a lower rate (PP-7)."""
    assert all((bounds[0] <= bounds[1], clamp >= 0, more >= 0))
    parts = (FundingPart(3600, 3600, interest, clamp, *bounds),)
    rate = kernel.funding_rate(premium, parts)
    larger = kernel.funding_rate(premium + more, parts)
    assert larger >= rate


def t_quiet_market_pays_the_interest(premium: int, interest: int, clamp: int, bound: int) -> None:
    """While the premium is within the clamp of the interest, an hour costs its eighth (PP-7)."""
    assert all((bound >= 0, clamp >= 0, interest >= 0, interest < 8 * bound))
    assert all((premium >= interest - clamp, premium <= interest + clamp))
    rate = kernel.funding_rate(premium, (FundingPart(3600, 3600, interest, clamp, -bound, bound),))
    assert all((8 * rate <= interest, interest < 8 * rate + 8))


def t_loud_market_pays_the_premium_less_the_clamp(premium: int, interest: int, clamp: int) -> None:
    """A premium above interest and clamp counts less the clamp, in eight hours (PP-7)."""
    assert all((clamp >= 0, premium > interest + clamp))
    bound, hours = abs(premium) + clamp, kernel.FUNDING_BASIS
    rate = kernel.funding_rate(
        premium, (FundingPart(hours, hours, interest, clamp, -bound, bound),)
    )
    assert rate == premium - clamp


def t_hours_under_two_intervals_are_charged_as_one(premium: int, clamp: int) -> None:
    """A change of the interval alone changes nothing of what eight hours cost (PP-8)."""
    assert clamp >= 0
    bound, hours = abs(premium) + clamp, kernel.FUNDING_BASIS
    old = FundingPart(hours - HOUR - 1, hours, 0, clamp, -bound, bound)
    new = FundingPart(HOUR + 1, HOUR, 0, clamp, -bound, bound)
    whole = FundingPart(hours, hours, 0, clamp, -bound, bound)
    rate = kernel.funding_rate(premium, (old, new))
    assert rate == kernel.funding_rate(premium, (whole,))


def t_no_second_is_charged_twice_or_lost(start: int, first: int, second: int) -> None:
    """Seconds until one time and from there to a later one are all the seconds between (PP-8)."""
    assert all((start >= 0, first >= 0, second >= 0, first + second < HOUR))
    end, middle, last = start + HOUR, start + first, start + first + second
    seconds = kernel.seconds_to_charge(start, end, middle, HOUR)
    rest = kernel.seconds_to_charge(middle, end, last, HOUR)
    whole = kernel.seconds_to_charge(start, end, last, HOUR)
    assert seconds + rest == whole == first + second


def t_index_step_is_rounded_down_once(mark: int, rate: int) -> None:
    """What a lot long pays is its mark times the rate, rounded down (PP-8)."""
    assert mark > 0
    step = kernel.index_step(mark, rate)
    exact = mark * rate
    assert all((step * RATIO <= exact, exact < (step + 1) * RATIO))
