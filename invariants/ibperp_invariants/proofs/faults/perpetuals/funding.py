"""Planted faults in mark price, premium and funding rate."""

from dataclasses import replace
from typing import Final

from ibperp import funding as kernel
from ibperp.numbers import RATIO, mul_div_down, mul_div_up, remainder
from ibperp.parameters import FundingPart
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_mark_of, _part_due = kernel.mark_of, kernel.part_due


def _bounds_rounded_outward(mark: int, index: int, threshold: int) -> int:
    low = mul_div_down(index, RATIO - threshold, RATIO)
    high = mul_div_up(index, RATIO + threshold, RATIO)
    return min(max(mark, low, 1), high)


def _always_the_bound(mark: int, index: int, threshold: int) -> int:
    return min(mark, mul_div_down(index, RATIO + threshold, RATIO))


def _without_a_floor(
    index: int, basis: int | None, bid: int | None, ask: int | None, last: int, *, post_only: bool
) -> int | None:
    if index and basis is not None:
        return index + basis
    return _mark_of(index, basis, bid, ask, last, post_only=post_only)


def _book_first(
    index: int, basis: int | None, bid: int | None, ask: int | None, last: int, *, post_only: bool
) -> int | None:
    if bid and ask and last:
        return _mark_of(0, None, bid, ask, last, post_only=post_only)
    return _mark_of(index, basis, bid, ask, last, post_only=post_only)


def _last_first(
    index: int, basis: int | None, bid: int | None, ask: int | None, last: int, *, post_only: bool
) -> int | None:
    if last and not index:
        return last
    return _mark_of(index, basis, bid, ask, last, post_only=post_only)


def _mid_rounded_up(
    index: int, basis: int | None, bid: int | None, ask: int | None, last: int, *, post_only: bool
) -> int | None:
    if bid and ask and not index:
        return -(-(bid + ask) // 2)
    return _mark_of(index, basis, bid, ask, last, post_only=post_only)


def _bid_before_last(
    index: int, basis: int | None, bid: int | None, ask: int | None, last: int, *, post_only: bool
) -> int | None:
    if bid and not index:
        return bid
    return _mark_of(index, basis, bid, ask, last, post_only=post_only)


def _premium_rounded_up(mark: int, index: int) -> int:
    return mul_div_up(mark - index, RATIO, index)


def _pulled(premium: int, part: FundingPart) -> int:
    clamp = part.interest_clamp
    return min(max(part.interest_rate - premium, -clamp), clamp) * part.seconds


def _pull_after_the_cap(premium: int, part: FundingPart) -> int:
    return _part_due(premium, replace(part, interest_clamp=0)) + _pulled(premium, part)


def _pull_not_clamped_below(premium: int, part: FundingPart) -> int:
    pull = part.interest_clamp if part.interest_rate > premium else -part.interest_clamp
    return _part_due(premium + pull, replace(part, interest_clamp=0))


def _interest_of_the_interval(premium: int, part: FundingPart) -> int:
    hourly = mul_div_down(part.interest_rate, part.funding_interval, kernel.FUNDING_BASIS)
    return _part_due(premium, replace(part, interest_rate=hourly))


def _not_clamped(_premium: int, part: FundingPart) -> int:
    return _part_due(part.interest_rate, part)


def _charged_as_an_interval(premium: int, part: FundingPart) -> int:
    return _part_due(premium, replace(part, seconds=part.funding_interval))


def _from_the_last_boundary(start: int, _end: int, time: int, interval: int) -> int:
    return min(time - start, remainder(time, interval))


def _step_off_by_one(mark: int, rate: int) -> int:
    return mul_div_down(mark, rate, RATIO) - (mark == UNLUCKY)


_FUNDING: Final = kernel.__name__

FAULTS: Final = {
    "t_bounded_mark_is_within_the_threshold": Fault(
        _FUNDING, "bounded_mark", "bounds rounded outward", _bounds_rounded_outward
    ),
    "t_mark_within_the_threshold_stays": Fault(
        _FUNDING, "bounded_mark", "bounded without an index", _always_the_bound
    ),
    "t_index_and_basis_come_first": Fault(_FUNDING, "mark_of", "no floor", _without_a_floor),
    "t_index_alone_comes_second": Fault(_FUNDING, "mark_of", "the book first", _book_first),
    "t_median_comes_third": Fault(_FUNDING, "mark_of", "the last price first", _last_first),
    "t_mid_comes_fourth": Fault(_FUNDING, "mark_of", "the mid rounded up", _mid_rounded_up),
    "t_last_comes_fifth": Fault(_FUNDING, "mark_of", "the bid before the last", _bid_before_last),
    "t_premium_is_rounded_down_once": Fault(
        _FUNDING, "premium_of", "rounded up", _premium_rounded_up
    ),
    "t_rate_is_within_floor_and_cap": Fault(
        _FUNDING, "part_due", "pulled after the cap", _pull_after_the_cap
    ),
    "t_rate_never_falls_with_the_premium": Fault(
        _FUNDING, "part_due", "pulled by the whole clamp", _pull_not_clamped_below
    ),
    "t_quiet_market_pays_the_interest": Fault(
        _FUNDING, "part_due", "the interest scaled twice", _interest_of_the_interval
    ),
    "t_loud_market_pays_the_premium_less_the_clamp": Fault(
        _FUNDING, "part_due", "the clamp not looked at", _not_clamped
    ),
    "t_hours_under_two_intervals_are_charged_as_one": Fault(
        _FUNDING, "part_due", "a part charged as an interval", _charged_as_an_interval
    ),
    "t_no_second_is_charged_twice_or_lost": Fault(
        _FUNDING, "seconds_to_charge", "counted from the last boundary", _from_the_last_boundary
    ),
    "t_index_step_is_rounded_down_once": Fault(
        _FUNDING, "index_step", "off by one at 777", _step_off_by_one
    ),
}
"""The planted fault of every theorem about mark price and funding rate."""
