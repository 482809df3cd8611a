"""Matched trades that arrive from a book elsewhere, at an engine that has none (CF-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from ibperp.events import Traded
from ibperp.fill import TYPE, Fill
from ibperp.numbers import in_range
from ibperp.operations.effect import Effect, MakerFails, account_exists, rejection
from ibperp.operations.perpetuals import perpetual_trade
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.orders import Side
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.records import replace
from ibperp.state import Market, find_market, with_market
from ibperp.transition import is_storable
from ibperp_conformance.protocol.wire import encode_record, model_of, record_of, validated

if TYPE_CHECKING:
    from ibperp.operations.effect import Check
    from ibperp.outcomes import Accepted, Outcome
    from ibperp.state import State


def filled(state: State, fill: Fill) -> Outcome:
    """Do what a trade of a book does to the accounts of both parties; always return (CF-11).

    The book has judged the orders: margin, bands and states of the market are not looked at.
    """
    if state.is_halted:
        return Rejected(RejectionCode.HALTED, (RejectionCode.HALTED,))
    market = find_market(state, fill.market)
    refused = rejection(*_checks(state, fill, market))
    if refused or market is None:
        return refused or Rejected(RejectionCode.MARKET_UNKNOWN, (RejectionCode.MARKET_UNKNOWN,))
    other = Side.ASK if fill.side is Side.BID else Side.BID
    maker = Trader(fill.maker, other, fill.maker_flags, fill.maker_fee)
    taker = Trader(fill.taker, fill.side, fill.taker_flags, fill.taker_fee)
    trade = Trade(market, fill.price, fill.lots, maker, taker)
    own = state.markets[market]
    begun = Effect(with_market(state, market, replace(own, book=_with_last(own, fill.price))))
    if isinstance(own, Market):
        done = spot_trade.exchanged_assets(begun, own, trade)
    else:
        done = perpetual_trade.exchanged_positions(begun, own, trade)
    if isinstance(done, MakerFails):
        return done.refused
    if isinstance(done, Rejected):
        return done
    fits = is_storable(state, done.state), RejectionCode.OUT_OF_RANGE
    return rejection(fits) or done.accepted()


def _with_last(market: Any, price: int) -> Any:
    return replace(market.book, last_price=price)


def _checks(state: State, fill: Fill, market: int | None) -> tuple[Check, ...]:
    amounts, fees = (fill.price, fill.lots), (fill.maker_fee, fill.taker_fee)
    return (
        (min(amounts) > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (all(map(in_range, (*amounts, *fees))), RejectionCode.OUT_OF_RANGE),
        (fill.maker != fill.taker, RejectionCode.SAME_ACCOUNT),
        (market is not None, RejectionCode.MARKET_UNKNOWN),
        account_exists(state, fill.maker),
        account_exists(state, fill.taker),
    )


def fills_of(outcome: Accepted) -> list[Fill]:
    """Return the trades of a book that an accepted action made, in their order, as fills."""
    return [_fill(outcome.state, each) for each in outcome.events if isinstance(each, Traded)]


def _fill(state: State, traded: Traded) -> Fill:
    maker, taker = state.orders[traded.maker_order], state.orders[traded.taker_order]
    return Fill(
        state.markets[traded.market].symbol,
        taker.side,
        traded.price,
        traded.lots,
        maker.account,
        traded.maker_fee,
        maker.flags,
        taker.account,
        traded.taker_fee,
        taker.flags,
    )


def is_fill(data: object) -> bool:
    """Tell whether decoded JSON is a fill, and no action of the rules."""
    return isinstance(data, dict) and data.get("type") == TYPE


def encode_fill(fill: Fill) -> dict[str, Any]:
    """Return a fill as JSON (CF-11)."""
    return {"type": TYPE, **encode_record(fill)}


def decode_fill(data: object) -> Fill:
    """Return a fill from decoded JSON; raise WireError naming a wrong field (CF-11)."""
    fill: Fill = record_of(Fill, validated(ADAPTER, data, "action"), "type")
    return fill


FILL: Final = model_of(Fill, TYPE)
"""The model of a fill on the wire."""

ADAPTER: Final = TypeAdapter(FILL)
