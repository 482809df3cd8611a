"""Conversion of a solvent account's collateral, to pay its debt to the fund (ST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.margin import is_admissible
from ibperp.numbers import div_down, in_range
from ibperp.operations.effect import (
    Effect,
    account_exists,
    due_checks,
    not_reserved,
    rejection,
)
from ibperp.operations.liquidation.book import TRADABLE, freed_share, market_of
from ibperp.operations.liquidation.handover import holdings
from ibperp.operations.money_market.moves import available_of, claim_of
from ibperp.operations.programs.block_trade import ADMITTING
from ibperp.operations.programs.conversion_terms import (
    conversion_limit,
    conversion_lots,
    owed_beyond_dollars,
)
from ibperp.operations.programs.quotes import is_open, opened_request
from ibperp.operations.spot_margin.checks import price_checks
from ibperp.operations.spot_margin.matching import worked_order
from ibperp.orders import OrderFlags, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.portfolio import health
from ibperp.programs import QuoteRequest, QuoteStatus, RequestKind
from ibperp.records import record, replace
from ibperp.state import Market, Order, with_account

if TYPE_CHECKING:
    from ibperp.actions import ConvertCollateral
    from ibperp.outcomes import Outcome
    from ibperp.state import State

FLAGS: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=True, auto_borrow=False, auto_borrow_repay=False
)
"""Collateral may be redeemed; what is received stays free, for the next settlement (ST-9)."""


@record
class Offer:
    """Lots of a spot market that pay what is owed, and the worst price of a lot (ST-9)."""

    market: int
    lots: int
    price: int


def convert_collateral(state: State, action: ConvertCollateral) -> Outcome:
    """Sell collateral for an account's debt to the fund beyond its dollars, or request quotes."""
    # PRECONDITIONS
    account = action.account
    refused = rejection(account_exists(state, account), not_reserved(account))
    if refused:
        return refused
    refused = conversion_rejection(state, account)
    if refused:
        return refused
    effect = converted(state, account)
    if effect is None:
        return Rejected(RejectionCode.NOTHING_TO_CONVERT, (RejectionCode.NOTHING_TO_CONVERT,))

    # POSTCONDITIONS
    assert effect.events
    return effect.accepted()


def conversion_rejection(state: State, account: int) -> Rejected | None:
    """Return which price or grace keeps an account's collateral from being converted, or None."""
    *told, _ = due_checks(state, account)
    return rejection(*told)


def converted(state: State, account: int) -> Effect | None:
    """Return the next step of a conversion: a sale, else a request for quotes; None if none."""
    owed, begun = owed_beyond_dollars(state, account), Effect(state)
    return (_sold(begun, account, owed) or _asked(begun, account, owed)) if owed else None


def _sold(effect: Effect, account: int, owed: int) -> Effect | None:
    """Sell on the first book that takes a lot and leaves the account no riskier."""
    state = effect.state
    before = health(state, state.accounts[account])
    for offer in _offers(state, account, owed, is_on_book=True):
        if state.markets[offer.market].parameters.order_book_state not in TRADABLE:
            continue
        index = len(state.orders)
        order = Order(
            account=account,
            market=offer.market,
            side=Side.ASK,
            price=offer.price,
            lots=offer.lots,
            self_trade_prevention=SelfTradePrevention.REJECT_MAKER,
            flags=FLAGS,
        )
        done = worked_order(effect, index, order, TimeInForce.IOC)
        if isinstance(done, Rejected) or done.state.orders[index].lots == offer.lots:
            continue
        if is_admissible(before, health(done.state, done.state.accounts[account])):
            return done
    return None


def _asked(effect: Effect, account: int, owed: int) -> Effect | None:
    """Ask for quotes for what no book took, once at a time (PG-6)."""
    state, lifetime = effect.state, effect.state.system.request_lifetime
    holder = state.accounts[account]
    is_asked = holder.conversion is not None and is_open(state, state.requests[holder.conversion])
    if is_asked or lifetime == 0 or not in_range(state.time + lifetime):
        return None
    for offer in _offers(state, account, owed, is_on_book=False):
        limits = state.markets[offer.market].parameters
        if limits.order_book_state not in ADMITTING or offer.lots < limits.minimum_lots:
            continue
        request = QuoteRequest(
            account=account,
            market=offer.market,
            side=Side.ASK,
            lots=offer.lots,
            price=offer.price,
            counterparty=0,
            immediate=True,
            expires=state.time + lifetime,
            flags=FLAGS,
            kind=RequestKind.CONVERSION,
            status=QuoteStatus.OPEN,
            quotes=(),
        )
        asked = replace(holder, conversion=len(state.requests))
        return opened_request(effect.noted(with_account(state, account, asked)), request)
    return None


def _offers(state: State, account: int, owed: int, *, is_on_book: bool) -> list[Offer]:
    """Return what could be sold: what frees most of each dollar first, ties by asset (LQ-5)."""
    found: list[tuple[int, int, Offer]] = []
    for asset in holdings(state, state.accounts[account]):
        index = market_of(state, asset)
        if index is None:
            continue
        market = state.markets[index]
        assert isinstance(market, Market)
        if not all(is_good for is_good, _ in price_checks(state, index)):
            continue
        limits = market.parameters
        wanted = conversion_lots(state, market, owed, limits.taker_fee if is_on_book else 0)
        lent = min(claim_of(state, account, asset), state.assets[asset].pool.cash)
        held = div_down(available_of(state, account, asset) + lent, limits.lot_atoms)
        lots = min(wanted, held)
        if lots > 0:
            share = freed_share(state, state.accounts[account], asset, lots * limits.lot_atoms)
            found.append((-share, asset, Offer(index, lots, conversion_limit(state, market))))
    return [offer for *_, offer in sorted(found, key=lambda each: each[:2])]
