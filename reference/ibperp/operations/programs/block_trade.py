"""A trade off the book, between a requester and a quoter, at the quote's price (PG-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp import book
from ibperp.events import BlockTraded, RequestEnd, RequestEnded
from ibperp.feeds import ActionClass
from ibperp.margin import is_liquidatable
from ibperp.operations.effect import MakerFails, margin_checks, rejection
from ibperp.operations.perpetuals import perpetual_trade
from ibperp.operations.spot_margin import spot_trade
from ibperp.operations.spot_margin.checks import term_checks
from ibperp.operations.spot_margin.trade import Trade, Trader
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.parameters import OrderBookState
from ibperp.portfolio import health
from ibperp.programs import QuoteStatus, RequestKind
from ibperp.records import replace
from ibperp.state import Market

if TYPE_CHECKING:
    from ibperp.operations.effect import Check, Effect
    from ibperp.parameters import TradingParameters
    from ibperp.programs import Quote, QuoteRequest
    from ibperp.state import State

ADMITTING: Final = frozenset(
    {OrderBookState.OPEN, OrderBookState.LIMIT_ONLY, OrderBookState.POST_ONLY}
)
"""The book states of a market in which it is traded off the book (PG-4)."""


def trade_checks(state: State, market: int, price: int, lots: int) -> tuple[Check, ...]:
    """Check that a market is traded off the book on these terms; price 0: any price (PG-4)."""
    book_state = state.markets[market].parameters.order_book_state
    return (
        (book_state in ADMITTING, RejectionCode.TRADING_PAUSED),
        *term_checks(state, market, price, lots),
    )


def block_traded(effect: Effect, index: int, quote: Quote) -> Effect | Rejected:
    """Trade all lots of a request with a quote, judge both accounts, and end it (PG-4, PG-6).

    The price stays out of the market's last price, so that no two accounts can set one.
    """
    before = effect.state
    request = before.requests[index]
    market = before.markets[request.market]
    trade = _agreed(market.parameters, request, quote)
    fees = trade.maker.fee, trade.taker.fee
    done = _exchanged(
        effect.noted(
            before,
            BlockTraded(index, trade.market, quote.account, trade.price, trade.lots, *fees),
        ),
        trade,
    )
    if isinstance(done, Rejected):
        return done
    judged = [quote.account]
    if request.kind is RequestKind.USER or not _is_due(before, request.account):
        judged.append(request.account)
    checks = (
        check
        for account in judged
        for check in margin_checks(before, done.state, account, ActionClass.ORDER)
    )
    refused = rejection(*checks)
    return refused or ended_request(done, index, QuoteStatus.FILLED, RequestEnd.FILLED)


def ended_request(effect: Effect, index: int, status: QuoteStatus, reason: RequestEnd) -> Effect:
    """End a request for quotes; its quotes go with it (PG-2)."""
    over = replace(effect.state.requests[index], status=status, quotes=())
    return effect.noted(with_request(effect.state, index, over), RequestEnded(index, reason))


def with_request(state: State, index: int, request: QuoteRequest) -> State:
    """Return the state with one request replaced."""
    return replace(state, requests=state.requests.set(index, request))


def _is_due(state: State, account: int) -> bool:
    return is_liquidatable(health(state, state.accounts[account]))


def _agreed(limits: TradingParameters, request: QuoteRequest, quote: Quote) -> Trade:
    """Return the trade: the quoter is its maker. A conversion pays no fee, and no rebate (PG-6)."""
    paid = request.lots * quote.price
    fees = book.fee(paid, limits.maker_fee), book.fee(paid, limits.taker_fee)
    if request.kind is RequestKind.CONVERSION:
        fees = max(fees[0], 0), 0
    maker = Trader(quote.account, book.opposite(request.side), quote.flags, fees[0])
    taker = Trader(request.account, request.side, request.flags, fees[1])
    return Trade(request.market, quote.price, request.lots, maker, taker)


def _exchanged(effect: Effect, trade: Trade) -> Effect | Rejected:
    market = effect.state.markets[trade.market]
    if isinstance(market, Market):
        done = spot_trade.exchanged_assets(effect, market, trade)
    else:
        done = perpetual_trade.exchanged_positions(effect, market, trade)
    return done.refused if isinstance(done, MakerFails) else done
