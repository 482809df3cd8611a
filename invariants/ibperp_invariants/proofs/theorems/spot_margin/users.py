"""Theorems that no two accounts of one user trade, for all integers (spot-margin, programs)."""

from ibperp import book
from ibperp.actions import SubmitQuote
from ibperp.events import Traded
from ibperp.operations.effect import Effect
from ibperp.operations.programs.quotes import submit_quote
from ibperp.operations.spot_margin import matching
from ibperp.operations.spot_margin.resting import with_order
from ibperp.orders import SelfTradePrevention, Side
from ibperp.outcomes import Rejected
from ibperp.parameters import TradingParameters
from ibperp.persistent import Vector
from ibperp.records import replace
from ibperp.state import Account, Reference
from ibperp_invariants.proofs.states import (
    FLAGS,
    asset_of,
    market_of,
    order_of,
    request_of,
    side_of,
    spot_of,
    state_of,
)

MAKER, TAKER = 2, 3
RESTING, OWN = 0, 1


def any_bound(limits: TradingParameters, reference: Reference, side: Side, best: int) -> int:
    """Return the bound of a taker, which may be any."""
    del reference, side, best
    return limits.minimum_lots


def met(effect: Effect, taker: int, maker: int) -> Effect:
    """Trade all lots of the taker, as far as it is told."""
    order, resting = (effect.state.orders[index] for index in (taker, maker))
    state = with_order(effect.state, taker, replace(order, lots=0))
    return effect.noted(state, Traded(0, maker, taker, resting.price, order.lots, 0, 0))


CONTRACTS = {
    "ibperp.book.taker_bound": any_bound,
    "ibperp.operations.spot_margin.matching._met": met,
}
"""How far a taker may go, and what a trade does, of which these theorems do not speak."""


def t_orders_of_one_user_never_trade(
    user: int, price: int, limit: int, lots: int, other: int, *, is_bid: bool, way: int, bound: int
) -> None:
    """Against the best order of its own user an order trades nothing (SM-8)."""
    assert all((price > 0, limit >= 0, lots > 0, other > 0, way in range(3)))
    side, prevention = side_of(is_bid=is_bid), tuple(SelfTradePrevention)[int(way)]
    accounts = (Account(0), Account(0), Account(user, orders=(RESTING,)), Account(user))
    resting = order_of(MAKER, book.opposite(side), price, other)
    taking = replace(order_of(TAKER, side, limit, lots), self_trade_prevention=prevention)
    limits = replace(market_of(), minimum_lots=bound)
    state = state_of((asset_of(), asset_of()), accounts, limits, (resting, taking))
    market = spot_of(state)
    there = replace(market, book=book.rested(market.book, RESTING, resting))
    state = replace(state, markets=(there,), exposed=state.exposed.add((MAKER,)))
    found = matching.matched_order(Effect(state), OWN)
    effect = Effect(state) if isinstance(found, Rejected) else found[0]
    traded = [event for event in effect.events if isinstance(event, Traded)]
    assert all((traded == [], effect.state.orders[OWN].lots == lots))


def t_no_quote_of_the_same_user_is_taken(
    user: int, account: int, price: int, lots: int, expires: int, *, is_bid: bool, at_once: bool
) -> None:
    """A quote of any account of the user that asked is refused: it is kept nowhere (PG-3)."""
    assert all((user > 0, price > 0, lots > 0, any((account == MAKER, account == TAKER))))
    accounts = (Account(0), Account(0), Account(user), Account(user))
    state = state_of((asset_of(price=1), asset_of(price=1)), accounts, market_of())
    request = replace(
        request_of(MAKER, side_of(is_bid=is_bid), lots, expires), immediate=bool(at_once)
    )
    state = replace(state, requests=Vector((request,)))
    outcome = submit_quote(state, SubmitQuote(int(account), 0, price, FLAGS))
    assert isinstance(outcome, Rejected)
