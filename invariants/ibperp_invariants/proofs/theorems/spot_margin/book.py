"""Theorems about prices, bands and priority of a book, for all integers (chapter spot-margin)."""

from ibperp import book as kernel
from ibperp.numbers import RATIO
from ibperp.ordered import Ordered
from ibperp.orders import Side
from ibperp.state import Book, Reference
from ibperp_invariants.proofs.states import market_of, side_of


def quoted(bid: int, ask: int, last: int) -> Book:
    """Return a book with one bid and one ask."""
    bids = Ordered(((kernel.rank(Side.BID, bid), 0, 0),))
    asks = Ordered(((kernel.rank(Side.ASK, ask), 1, 1),))
    return Book(bids, asks, 2, last)


def t_better_price_ranks_first(limit: int, better: int, worse: int, *, is_bid: bool) -> None:
    """Of two prices the one that fewer takers' limits exclude ranks first (SM-5, SM-7)."""
    assert all((limit > 0, better > 0, worse > 0))
    side = side_of(is_bid=is_bid)
    taker = kernel.opposite(side)
    first = kernel.rank(side, better) <= kernel.rank(side, worse)
    reached = kernel.reaches(taker, limit, better)
    assert any((not first, reached, not kernel.reaches(taker, limit, worse)))


def t_rank_is_strict(price: int, other: int, *, is_bid: bool) -> None:
    """Only equal prices rank the same, and the sides rank in opposite directions (SM-5)."""
    assert all((price > 0, other > 0))
    own, mirror = side_of(is_bid=is_bid), side_of(is_bid=not is_bid)
    before = kernel.rank(own, price) < kernel.rank(own, other)
    after = kernel.rank(mirror, price) > kernel.rank(mirror, other)
    assert all(
        (before == after, (kernel.rank(own, price) == kernel.rank(own, other)) == (price == other))
    )


def t_bid_reaches_ask_exactly_if_ask_reaches_bid(bid: int, ask: int) -> None:
    """Two orders cross, or do not, whichever of them comes second (SM-7)."""
    assert all((bid > 0, ask > 0))
    crossed = kernel.reaches(Side.BID, bid, ask)
    assert crossed == kernel.reaches(Side.ASK, ask, bid)


def t_best_price_is_the_price_that_rests(bid: int, ask: int) -> None:
    """The best price of a side is the price of the order that ranks first (SM-5)."""
    assert all((bid > 0, ask > 0))
    book = quoted(bid, ask, 0)
    best = kernel.best_price(book, Side.BID), kernel.best_price(book, Side.ASK)
    assert all((best[0] == bid, best[1] == ask))


def t_active_price_is_within_the_spread(bid: int, ask: int, last: int, mark: int) -> None:
    """With bid and ask the active price lies between them, whatever traded last (SM-6)."""
    assert all((bid > 0, ask >= bid, last >= 0, mark > 0))
    active = kernel.active_price(quoted(bid, ask, last), mark)
    assert all((bid <= active, active <= ask))


def t_active_price_of_an_empty_book_is_the_mark(last: int, mark: int) -> None:
    """Without orders the active price is the mark, whatever traded last (SM-6)."""
    assert all((last >= 0, mark > 0))
    active = kernel.active_price(Book(last_price=last), mark)
    assert active == mark


def t_one_order_does_not_move_the_active_price(bid: int, mark: int) -> None:
    """One resting bid without a trade leaves the active price at the mark (SM-6)."""
    assert all((bid > 0, mark > 0))
    book = Book(bids=Ordered(((kernel.rank(Side.BID, bid), 0, 0),)))
    active = kernel.active_price(book, mark)
    assert active == mark


def t_limit_band_contains_the_active_price(active: int, low: int, high: int) -> None:
    """A limit order may always name the active price (SM-6)."""
    assert all((active > 0, low >= 0, low <= RATIO, high >= RATIO))
    lowest, highest = kernel.limit_band(market_of(band=(low, high)), active)
    assert all((lowest <= active, active <= highest))


def t_limit_band_is_within_its_multipliers(active: int, low: int, high: int) -> None:
    """No price in the band is outside of the exact multiples of the active price (SM-6)."""
    assert all((active > 0, low >= 0, low <= RATIO, high >= RATIO))
    lowest, highest = kernel.limit_band(market_of(band=(low, high)), active)
    assert all((lowest * RATIO >= active * low, highest * RATIO <= active * high))


def t_buyer_is_bound_by_every_band(
    reference: Reference, best: int, low: int, high: int, tolerance: int
) -> None:
    """A buyer's bound is above none of the bands in force (SM-6)."""
    assert all((best > 0, high >= RATIO, tolerance >= 0, reference.index_price > 0))
    limits = market_of(band=(low, high), tolerance=tolerance)
    bound = kernel.taker_bound(limits, reference, Side.BID, best) * RATIO
    premium = RATIO + reference.mean_premium + tolerance
    assert all(
        (
            bound <= best * high,
            bound <= reference.mean_mark_price * high,
            bound <= reference.index_price * premium,
        )
    )


def t_seller_is_bound_by_every_band(
    reference: Reference, best: int, low: int, high: int, tolerance: int
) -> None:
    """A seller's bound is below none of the bands in force (SM-6)."""
    assert all((best > 0, low >= 0, low <= RATIO, tolerance >= 0, reference.index_price > 0))
    limits = market_of(band=(low, high), tolerance=tolerance)
    bound = kernel.taker_bound(limits, reference, Side.ASK, best) * RATIO
    premium = RATIO + reference.mean_premium - tolerance
    assert all(
        (
            bound >= best * low,
            bound >= reference.mean_mark_price * low,
            bound >= reference.index_price * premium,
        )
    )


def t_taker_without_reference_reaches_the_best(
    best: int, low: int, high: int, *, is_bid: bool
) -> None:
    """Without a reference a taker reaches the best price at the start (SM-6, SM-7)."""
    assert all((best > 0, low >= 0, low <= RATIO, high >= RATIO))
    side = side_of(is_bid=is_bid)
    bound = kernel.taker_bound(market_of(band=(low, high)), Reference(), side, best)
    assert kernel.reaches(side, bound, best)


def t_reference_never_loosens_the_bound(
    reference: Reference, best: int, low: int, high: int, tolerance: int, *, is_bid: bool
) -> None:
    """What a taker reaches under a reference it reaches without one (SM-6, SM-7)."""
    assert all((best > 0, low >= 0, low <= RATIO, high >= RATIO, tolerance >= 0))
    side, limits = side_of(is_bid=is_bid), market_of(band=(low, high), tolerance=tolerance)
    bound = kernel.taker_bound(limits, reference, side, best)
    assert kernel.reaches(side, kernel.taker_bound(limits, Reference(), side, best), bound)
