"""What ends something that is open: all that a state has of it, so that none is a rare chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ibperp.actions import (
    AcceptQuote,
    Action,
    CancelRequest,
    CompleteRebalance,
    ConfirmWithdrawal,
    FailWithdrawal,
    Liquidate,
    Redeem,
    RefreshRequest,
    Repay,
    ResolveBankruptcy,
    Resume,
    SettleMarket,
    WithdrawQuote,
)
from ibperp.outcomes import Rejected
from ibperp.parameters import OrderBookState
from ibperp.programs import QuoteStatus, RequestKind
from ibperp.risk import due_accounts
from ibperp.state import Perpetual, RequestStatus, at
from ibperp.transition import transition
from walks.walk import dusted
from worlds.tiny import SYMBOLS

if TYPE_CHECKING:
    from ibperp.state import State
    from walks.walk import Draw


def ended(draw: Draw) -> Action:
    """End one thing, of a kind of which there are some."""
    kinds = [[*of(draw.state)] for of in (custody, pools, requests, quotes, risk)]
    found = [actions for actions in kinds if actions]
    return draw.random.choice(draw.random.choice([*found, [dusted(draw)]]))


def custody(state: State) -> Iterator[Action]:
    """Confirm or refund a withdrawal; complete a rebalance."""
    for index, withdrawal in enumerate(state.withdrawals):
        if withdrawal.status is RequestStatus.PENDING:
            yield from (ConfirmWithdrawal(index), FailWithdrawal(index))
    for index, rebalance in enumerate(state.rebalances):
        if rebalance.status is RequestStatus.PENDING:
            yield CompleteRebalance(index, rebalance.amount)


def pools(state: State) -> Iterator[Action]:
    """Repay a debt from what is free; redeem a lend."""
    for account, holder in enumerate(state.accounts):
        for index, symbol in enumerate(SYMBOLS):
            shares = at(holder.shares, index)
            if shares < 0 < at(holder.free, index):
                yield from (Repay(account, symbol, None), Repay(account, symbol, 1))
            if shares > 0:
                yield Redeem(account, symbol, None)


def requests(state: State) -> Iterator[Action]:
    """Take a request for quotes back, or leave it open until another time."""
    for index, request in enumerate(state.requests):
        if request.status is QuoteStatus.OPEN and request.kind is RequestKind.USER:
            yield CancelRequest(request.account, index)
            yield RefreshRequest(request.account, index, state.time + state.system.request_lifetime)


def quotes(state: State) -> Iterator[Action]:
    """Take or take back a quote."""
    for index, request in enumerate(state.requests):
        for quote in request.quotes:
            yield AcceptQuote(request.account, index, quote.account)
            yield WithdrawQuote(quote.account, index)


def risk(state: State) -> Iterator[Action]:
    """End a halt, a closed market, or what an account owes that nothing else can be done for."""
    if state.is_halted:
        yield Resume()
    for market in state.markets:
        is_closed = market.parameters.order_book_state is OrderBookState.CLOSED
        if isinstance(market, Perpetual) and is_closed and market.mark_price:
            yield SettleMarket(market.symbol, market.mark_price)
    for account in due_accounts(state):
        is_done = isinstance(transition(state, Liquidate(account)), Rejected)
        yield ResolveBankruptcy(account) if is_done else Liquidate(account)
