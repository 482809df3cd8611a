"""Planted faults that reach for an entry that an action does not mean."""

from typing import Any, Final

from ibperp import book, ramps
from ibperp import state as states
from ibperp.operations.programs import quotes
from ibperp.operations.spot_margin import matching, orders, resting
from ibperp.orders import TimeInForce
from ibperp.records import replace
from ibperp_invariants.proofs.faults.fault import Fault

_ended_order, _rested, _with_market = resting.ended_order, book.rested, states.with_market


def _ends_the_other(effect: Any, index: int, reason: Any) -> Any:
    return _ended_order(effect, 1 - index, reason)


def _rests_across(resting_book: Any, index: int, order: Any) -> Any:
    return _rested(resting_book, index, replace(order, side=book.opposite(order.side)))


def _changes_the_other(state: Any, index: int, market: Any) -> Any:
    other = replace(state.markets[1 - index], mark_time=1)
    return _with_market(_with_market(state, 1 - index, other), index, market)


def _finds_the_first(state: Any, symbol: str) -> int:
    del state, symbol
    return 0


def _moves_any(market: Any, time: int) -> Any:
    return replace(market, mark_time=time)


def _any_quote(request: Any, account: int) -> Any:
    del account
    return request.quotes[0]


def _keeps_the_last(request: Any, **changes: Any) -> Any:
    return replace(request, quotes=changes["quotes"][-1:])


class _Patient:
    """Times in force of which none ends an order at once."""

    FOK = TimeInForce.FOK
    IOC = None


FAULTS: Final = {
    "t_resized_orders_are_of_the_market_that_is_traded": Fault(
        resting.__name__, "ended_order", "ends the order in the other market", _ends_the_other
    ),
    "t_orders_of_another_market_are_not_cancelled": Fault(
        orders.__name__, "ended_order", "ends the order in the other market", _ends_the_other
    ),
    "t_an_order_of_the_system_never_rests": Fault(
        matching.__name__,
        "TimeInForce",
        "lets what is left rest",
        _Patient,
    ),
    "t_the_best_of_a_book_rests_on_its_side": Fault(
        book.__name__, "rested", "rests on the other side", _rests_across
    ),
    "t_an_order_rests_in_the_book_of_its_market": Fault(
        resting.__name__, "with_market", "changes the other market", _changes_the_other
    ),
    "t_a_market_without_a_ramp_stays": Fault(
        ramps.__name__, "_moved_market", "moves any market", _moves_any
    ),
    "t_what_is_looked_up_has_its_name": Fault(
        states.__name__, "find_market", "finds the first", _finds_the_first
    ),
    "t_a_quote_is_found_by_its_account": Fault(
        quotes.__name__, "quote_of", "finds any quote", _any_quote
    ),
    "t_the_quotes_of_others_stay": Fault(
        quotes.__name__, "replace", "keeps the last quote alone", _keeps_the_last
    ),
}
"""The planted fault of every theorem about entries that stay as they were."""
