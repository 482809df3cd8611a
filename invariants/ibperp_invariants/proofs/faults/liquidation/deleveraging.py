"""Planted faults in the prices and the order of a deleveraging."""

from typing import Final

from ibperp import liquidation as kernel
from ibperp import risk
from ibperp.numbers import RATIO, mul_div_down
from ibperp.state import INSURANCE, Account, State, at
from ibperp.valuation import worth_of
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_borne_price, _rank = kernel.borne_price, kernel.deleverage_rank


def _insured_beyond_zero(state: State, equity: int) -> int:
    return equity + state.accounts[INSURANCE].unsettled * (equity < 0)


def _all_worth_counted(state: State, account: Account, equity: int) -> int:
    return min(equity + worth_of(state, 0, at(account.free, 0)), 0)


def _across_the_price(price: int, zero: int, bearable: int, *, is_long: bool) -> int:
    if is_long:
        return zero if zero <= price else min(zero, bearable)
    return zero if zero >= price else max(zero, bearable)


def _bearable_always(price: int, zero: int, bearable: int, *, is_long: bool) -> int:
    del price
    return min(zero, bearable) if is_long else max(zero, bearable)


def _zero_whatever_is_bearable(price: int, zero: int, bearable: int, *, is_long: bool) -> int:
    del price, bearable, is_long
    return zero


def _at_the_price(price: int, zero: int, bearable: int, *, is_long: bool) -> int:
    del zero, bearable, is_long
    return price


def _spared_when_unlucky(price: int, zero: int, bearable: int, *, is_long: bool) -> int:
    return price if bearable == UNLUCKY else _borne_price(price, zero, bearable, is_long=is_long)


def _an_atom_beyond(price: int, zero: int, bearable: int, *, is_long: bool) -> int:
    further = bearable + 1 if is_long else bearable - 1
    return _borne_price(price, zero, further, is_long=is_long)


def _one_class(gain: int, cost: int, exposure: int, equity: int) -> tuple[int, int]:
    rank, key = _rank(gain, cost, exposure, equity)
    return max(rank, 1), key


def _owners_alone(gain: int, cost: int, exposure: int, equity: int) -> tuple[int, int]:
    return _rank(gain, cost, exposure, max(equity, 1))


def _smallest_gain_first(gain: int, cost: int, exposure: int, equity: int) -> tuple[int, int]:
    rank, key = _rank(gain, cost, exposure, equity)
    return rank, -key


def _leverage_inverted(gain: int, cost: int, exposure: int, equity: int) -> tuple[int, int]:
    return _rank(gain, cost, equity, exposure)


def _cost_multiplied(gain: int, cost: int, exposure: int, equity: int) -> tuple[int, int]:
    ratio = mul_div_down(gain, RATIO * max(cost, 1), 1)
    return (0, -mul_div_down(ratio, exposure, equity)) if gain > 0 else (1, -ratio)


_KERNEL: Final = kernel.__name__

FAULTS: Final = {
    "t_insured_equity_is_raised_to_zero_at_most": Fault(
        risk.__name__, "insured_equity", "raised above zero", _insured_beyond_zero
    ),
    "t_haircuts_are_not_lacking": Fault(
        risk.__name__, "lacking", "collateral counted twice", _all_worth_counted
    ),
    "t_borne_price_lies_between_price_and_zero_price": Fault(
        _KERNEL, "borne_price", "back across the price", _across_the_price
    ),
    "t_borne_price_is_the_zero_price_while_there_is_equity": Fault(
        _KERNEL, "borne_price", "limited where the account pays", _bearable_always
    ),
    "t_borne_price_is_within_what_is_bearable": Fault(
        _KERNEL, "borne_price", "the zero price always", _zero_whatever_is_bearable
    ),
    "t_borne_price_is_the_zero_price_where_it_can_be_borne": Fault(
        _KERNEL, "borne_price", "at the price", _at_the_price
    ),
    "t_bearing_more_never_pays_less": Fault(
        _KERNEL, "borne_price", "at the price where 777 is bearable", _spared_when_unlucky
    ),
    "t_deleveraged_counterparty_pays_at_most_its_share": Fault(
        _KERNEL, "borne_price", "an atom beyond", _an_atom_beyond
    ),
    "t_counterparty_without_equity_pays_nothing": Fault(
        _KERNEL, "borne_price", "the zero price always", _zero_whatever_is_bearable
    ),
    "t_any_gain_ranks_before_any_loss": Fault(
        _KERNEL, "deleverage_rank", "winners and losers in one class", _one_class
    ),
    "t_who_owns_nothing_ranks_last": Fault(
        _KERNEL, "deleverage_rank", "no equity taken for an atom", _owners_alone
    ),
    "t_more_gain_never_ranks_later": Fault(
        _KERNEL, "deleverage_rank", "the smallest gain first", _smallest_gain_first
    ),
    "t_more_exposure_never_ranks_later": Fault(
        _KERNEL, "deleverage_rank", "leverage inverted", _leverage_inverted
    ),
    "t_less_equity_never_ranks_later": Fault(
        _KERNEL, "deleverage_rank", "leverage inverted", _leverage_inverted
    ),
    "t_rank_is_by_what_was_paid": Fault(
        _KERNEL, "deleverage_rank", "multiplied by the cost", _cost_multiplied
    ),
}
"""The planted fault of every theorem about deleveraging."""
