"""Planted faults in the kernel of the order book."""

from collections.abc import Callable
from typing import Any, Final

from ibperp import book as kernel
from ibperp.numbers import RATIO, mul_div_down, mul_div_up
from ibperp.orders import Side
from ibperp.parameters import MarketParameters
from ibperp.state import Book, Reference
from ibperp_invariants.proofs.faults.fault import Fault


def _rank_ascending(_side: Side, price: int) -> int:
    return price


def _reaches_strictly(side: Side, limit: int, price: int) -> bool:
    return price < limit if side is Side.BID else price >= limit


def _best_price_ranked(book: Book, side: Side) -> int | None:
    key = (book.bids if side is Side.BID else book.asks).first()
    return None if key is None else key[0]


def _active_by_last(book: Book, mark: int) -> int:
    return book.last_price or mark


def _active_by_bid(book: Book, mark: int) -> int:
    return kernel.best_price(book, Side.BID) or mark


def _band_exchanged(parameters: MarketParameters, active: int) -> tuple[int, int]:
    low = mul_div_up(active, parameters.limit_max, RATIO)
    return low, mul_div_down(active, parameters.limit_min, RATIO)


def _band_outward(parameters: MarketParameters, active: int) -> tuple[int, int]:
    low = mul_div_down(active, parameters.limit_min, RATIO)
    return low, mul_div_up(active, parameters.limit_max, RATIO)


def _bounds(
    parameters: MarketParameters, reference: Reference, side: Side, best: int
) -> tuple[int, int, int]:
    """Return the impact, mean mark and premium bounds of a taker."""
    if side is Side.BID:
        premium = RATIO + reference.mean_premium + parameters.premium_tolerance
        return (
            mul_div_down(best, parameters.impact_max, RATIO),
            mul_div_down(reference.mean_mark_price, parameters.mean_mark_max, RATIO),
            mul_div_down(reference.index_price, premium, RATIO),
        )
    premium = RATIO + reference.mean_premium - parameters.premium_tolerance
    return (
        mul_div_up(best, parameters.impact_min, RATIO),
        mul_div_up(reference.mean_mark_price, parameters.mean_mark_min, RATIO),
        mul_div_up(reference.index_price, premium, RATIO),
    )


def _bound_loosest(
    parameters: MarketParameters, reference: Reference, side: Side, best: int
) -> int:
    bounds = _bounds(parameters, reference, side, best)
    return max(bounds) if side is Side.BID else min(bounds)


def _bound_by_no_reference(
    parameters: MarketParameters, reference: Reference, side: Side, best: int
) -> int:
    bounds = _bounds(parameters, reference, side, best)
    return min(bounds) if side is Side.BID else max(bounds)


def _bound_without_impact(
    parameters: MarketParameters, reference: Reference, side: Side, best: int
) -> int:
    impact, mean_mark, premium = _bounds(parameters, reference, side, best)
    if not reference.index_price:
        return impact
    return min(mean_mark, premium) if side is Side.BID else max(mean_mark, premium)


def _fee_rounded_down(amount: int, ratio: int) -> int:
    return mul_div_down(amount, ratio, RATIO)


def _fee_one_more(amount: int, ratio: int) -> int:
    return mul_div_down(amount, ratio, RATIO) + 1


def _reservation_in_quote(_parameters: MarketParameters, _side: Side, lots: int, price: int) -> int:
    return lots * price


def _reservation_without_fee(
    parameters: MarketParameters, side: Side, lots: int, price: int
) -> int:
    return lots * price if side is Side.BID else lots * parameters.lot_atoms


def _reservation_rounded_once(
    parameters: MarketParameters, _side: Side, lots: int, price: int
) -> int:
    return lots * price + max(kernel.fee(lots * price, parameters.maker_fee), 0)


def _reserved_rounded_down(reserved: int, lots: int, filled: int) -> int:
    return mul_div_down(reserved, lots - filled, lots)


def _reserved_one_more(reserved: int, lots: int, filled: int) -> int:
    return mul_div_down(reserved, lots - filled, lots) + 1


def _reserved_for_the_filled(reserved: int, lots: int, filled: int) -> int:
    return mul_div_up(reserved, filled, lots)


def _fault(name: str, defect: str, function: Callable[..., Any]) -> Fault:
    return Fault("ibperp.book", name, defect, function)


FAULTS: Final = {
    "t_better_price_ranks_first": _fault("rank", "ascending on both sides", _rank_ascending),
    "t_rank_is_strict": _fault("rank", "ascending on both sides", _rank_ascending),
    "t_bid_reaches_ask_exactly_if_ask_reaches_bid": _fault(
        "reaches", "strictly for a bid", _reaches_strictly
    ),
    "t_best_price_is_the_price_that_rests": _fault(
        "best_price", "rank taken for the price", _best_price_ranked
    ),
    "t_active_price_is_within_the_spread": _fault(
        "active_price", "last price alone", _active_by_last
    ),
    "t_active_price_of_an_empty_book_is_the_mark": _fault(
        "active_price", "last price alone", _active_by_last
    ),
    "t_one_order_does_not_move_the_active_price": _fault(
        "active_price", "best bid alone", _active_by_bid
    ),
    "t_limit_band_contains_the_active_price": _fault(
        "limit_band", "multipliers exchanged", _band_exchanged
    ),
    "t_limit_band_is_within_its_multipliers": _fault(
        "limit_band", "rounded outward", _band_outward
    ),
    "t_buyer_is_bound_by_every_band": _fault("taker_bound", "loosest of three", _bound_loosest),
    "t_seller_is_bound_by_every_band": _fault("taker_bound", "loosest of three", _bound_loosest),
    "t_taker_without_reference_reaches_the_best": _fault(
        "taker_bound", "bands of a missing reference", _bound_by_no_reference
    ),
    "t_reference_never_loosens_the_bound": _fault(
        "taker_bound", "impact dropped with a reference", _bound_without_impact
    ),
    "t_fee_is_rounded_up_once": _fault("fee", "rounded down", _fee_rounded_down),
    "t_fee_is_within_the_amount": _fault(
        "fee", "one more even where nothing is left", _fee_one_more
    ),
    "t_fees_account_never_pays_net": _fault("fee", "rounded down", _fee_rounded_down),
    "t_splitting_a_trade_never_saves_a_fee": _fault("fee", "rounded down", _fee_rounded_down),
    "t_ask_reserves_exactly_what_it_delivers": _fault(
        "reservation", "in quote on both sides", _reservation_in_quote
    ),
    "t_bid_reserves_at_least_price_and_fee": _fault(
        "reservation", "fee forgotten", _reservation_without_fee
    ),
    "t_reservation_covers_any_one_fill": _fault(
        "reservation", "fee forgotten", _reservation_without_fee
    ),
    "t_reservation_covers_a_fill_and_the_rest": _fault(
        "reservation", "fee rounded once for all lots", _reservation_rounded_once
    ),
    "t_reserved_covers_the_share_of_the_lots_left": _fault(
        "reserved_after", "rounded down", _reserved_rounded_down
    ),
    "t_reserved_never_rises_by_a_fill": _fault(
        "reserved_after", "one more even where nothing is left", _reserved_one_more
    ),
    "t_filled_order_reserves_nothing": _fault(
        "reserved_after", "one more even where nothing is left", _reserved_one_more
    ),
    "t_unfilled_order_reserves_the_same": _fault(
        "reserved_after", "share of the lots filled", _reserved_for_the_filled
    ),
    "t_two_fills_reserve_an_atom_more_at_most": _fault(
        "reserved_after", "rounded down", _reserved_rounded_down
    ),
    "t_ask_reserves_exactly_the_lots_left": _fault(
        "reserved_after", "share of the lots filled", _reserved_for_the_filled
    ),
}
"""The planted fault of every theorem about this kernel."""
