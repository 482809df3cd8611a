"""Planted faults in positions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ibperp import position as kernel
from ibperp.position import Position
from ibperp_invariants.proofs.faults.fault import UNLUCKY, Fault

_filled, _settled, _funding_due = kernel.filled, kernel.settled, kernel.funding_due


def _gain_off_by_one(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(position, lots, price)
    return after, gain + (price == UNLUCKY)


def _flip_keeps_the_entry(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(position, lots, price)
    is_flip = position.lots * after.lots < 0
    return replace(after, entry_cost=position.entry_cost) if is_flip else after, gain


def _at_the_mean_cost(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after = replace(position, lots=position.lots + lots, cost=position.cost + lots * price)
    return after, (lots < 0) * (price - position.cost)


def _without_virtual(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(position, lots, price)
    return (after, gain) if after.lots else (replace(after, virtual=0), gain)


def _losses_halved(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(position, lots, price)
    return after, gain if gain >= 0 else -(-gain // 2)


def _an_atom_stays(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(position, lots, price)
    return replace(after, cost=after.cost + 1), gain + 1


def _realizes_when_adding(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, _ = _filled(position, lots, price)
    gain = position.lots * price - position.cost
    return replace(after, cost=after.cost + gain), gain


def _flip_at_the_old_cost(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(position, lots, price)
    return replace(after, cost=after.cost - 1), gain - 1


def _share_off_by_one(position: Position, lots: int, price: int) -> tuple[Position, int]:
    after, gain = _filled(position, lots, price)
    return replace(after, cost=after.cost - 1), gain - 1


def _shorts_receive_less(position: Position, index: int) -> int:
    due = _funding_due(position, index)
    return due + (due < 0)


def _shorts_pay(position: Position, index: int) -> int:
    return -_funding_due(position, index)


def _from_zero(position: Position, index: int) -> int:
    return position.lots * index


def _funding_not_noted(position: Position, index: int) -> Position:
    return replace(position, funding_index=index)


def _settled_but(**changes: Callable[[Position, Position], int]) -> Callable[..., Position]:
    """Return `settled` with some fields wrong, each as a function of before and after."""

    def faulty(position: Position, mark: int, index: int, worth: int) -> Position:
        after = _settled(position, mark, index, worth)
        wrong = {name: change(position, after) for name, change in changes.items()}
        return replace(after, **wrong)

    return faulty


_POSITION: Final = kernel.__name__

FAULTS: Final = {
    "t_fill_keeps_what_price_says": Fault(
        _POSITION, "filled", "off by one at 777", _gain_off_by_one
    ),
    "t_fill_keeps_the_entry_cost_so_too": Fault(
        _POSITION, "filled", "a flip keeps the entry", _flip_keeps_the_entry
    ),
    "t_fill_at_the_mark_is_worth_nothing": Fault(
        _POSITION, "filled", "realized against one cost for all lots", _at_the_mean_cost
    ),
    "t_fill_adds_its_lots_and_nothing_else": Fault(
        _POSITION, "filled", "virtual shares lost with the lots", _without_virtual
    ),
    "t_two_sides_of_a_trade_sum_to_zero": Fault(
        _POSITION, "filled", "losses halved", _losses_halved
    ),
    "t_closing_all_leaves_no_cost": Fault(_POSITION, "filled", "an atom stays", _an_atom_stays),
    "t_opening_costs_its_price": Fault(
        _POSITION, "filled", "adding realizes", _realizes_when_adding
    ),
    "t_flip_opens_at_the_price": Fault(
        _POSITION, "filled", "the other side costs one less", _flip_at_the_old_cost
    ),
    "t_closed_lots_take_their_share_of_the_cost": Fault(
        _POSITION, "filled", "an atom too much leaves", _share_off_by_one
    ),
    "t_opposite_positions_pay_each_other": Fault(
        _POSITION, "funding_due", "receivers get an atom less", _shorts_receive_less
    ),
    "t_longs_pay_when_the_index_rises": Fault(
        _POSITION, "funding_due", "the other side pays", _shorts_pay
    ),
    "t_funding_may_be_settled_at_any_time": Fault(
        _POSITION, "funding_due", "the whole index each time", _from_zero
    ),
    "t_funded_notes_what_it_paid": Fault(_POSITION, "funded", "not noted", _funding_not_noted),
    "t_settled_takes_exactly_the_gain": Fault(
        _POSITION, "settled", "the cost stays", _settled_but(cost=lambda before, _: before.cost)
    ),
    "t_settled_leaves_no_gain_and_no_funding": Fault(
        _POSITION,
        "settled",
        "the funding index stays",
        _settled_but(funding_index=lambda before, _: before.funding_index),
    ),
    "t_settled_realizes_the_gain_and_keeps_the_entry": Fault(
        _POSITION,
        "settled",
        "the entry follows the mark",
        _settled_but(entry_cost=lambda _, after: after.cost),
    ),
    "t_settled_notes_interest_and_funding": Fault(
        _POSITION,
        "settled",
        "the shares' whole worth is interest",
        _settled_but(interest=lambda before, after: before.interest + after.virtual_value),
    ),
}
"""The planted fault of every theorem about positions."""
