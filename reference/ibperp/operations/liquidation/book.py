"""The rung on the book: system orders that reduce an exposure, down to its zero price (LQ-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.events import (
    LiquidationStage,
    LiquidationStep,
    Reason,
    SettlementSource,
    Traded,
)
from ibperp.liquidation import bounded_fee, step_size
from ibperp.numbers import RATIO, div_down, div_up, in_range, mul_div_down, mul_div_up
from ibperp.operations.liquidation.handover import holdings
from ibperp.operations.money_market.moves import claim_of, free_of, redeemed
from ibperp.operations.perpetuals.perpetual_trade import credited_unsettled
from ibperp.operations.programs.block_trade import ADMITTING
from ibperp.operations.programs.quotes import is_open, opened_request
from ibperp.operations.spot_margin.checks import limit_price, mark_price
from ibperp.operations.spot_margin.matching import worked_order
from ibperp.orders import OrderFlags, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Rejected
from ibperp.parameters import OrderBookState
from ibperp.portfolio import solvency
from ibperp.programs import QuoteRequest, QuoteStatus, RequestKind
from ibperp.records import record, replace
from ibperp.risk import urgency
from ibperp.state import INSURANCE, Market, Order, Perpetual, find_asset, with_account
from ibperp.valuation import freed_by, settlement_asset, worth_of

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.risk import Exposure, Failing
    from ibperp.state import Account, State

TRADABLE: Final = {OrderBookState.OPEN, OrderBookState.LIMIT_ONLY, OrderBookState.REDUCE_ONLY}
"""The states of a book that the system's own orders are admitted to (LQ-4)."""

FLAGS: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=True
)
"""What a system order does besides trading: what it receives repays (LQ-4)."""


@record
class Deal:
    """What an order of the system is to trade, and as what stage (LQ-4, LQ-5)."""

    market: int
    side: Side
    lots: int
    stage: LiquidationStage


@record
class Sale:
    """Lots of an asset that could be sold in a market for the settlement asset (LQ-5)."""

    asset: int
    market: int
    lots: int


def reduce_on_book(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Reduce an exposure by a fraction on its book, while equity is above auto-close (LQ-4)."""
    if failing.health.equity <= failing.health.auto_close:
        return None
    if exposure.is_position:
        return _reduced(effect, failing, exposure)
    return _bought_back(effect, failing, exposure) or _converted(effect, failing, exposure)


def _reduced(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Sell or buy a fraction of a position."""
    market = effect.state.markets[exposure.index]
    assert isinstance(market, Perpetual)
    limits, size = market.parameters, abs(exposure.size)
    lots = step_size(size, effect.state.system.liquidation_fraction, limits.minimum_lots)
    side = Side.ASK if exposure.size > 0 else Side.BID
    deal = Deal(exposure.index, side, min(lots, size), LiquidationStage.ON_BOOK)
    return _worked_deal(effect, failing, deal)


def _bought_back(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Buy a fraction of what is owed with the settlement asset that the account holds (LQ-5)."""
    index = market_of(effect.state, exposure.index)
    if index is None:
        return None
    market, system = effect.state.markets[index], effect.state.system
    assert isinstance(market, Market)
    limits, quote = market.parameters, market.quote
    lots = div_up(exposure.size, limits.lot_atoms)
    lots = min(step_size(lots, system.liquidation_fraction, limits.minimum_lots), lots)
    limit = limit_price(effect.state, failing.health, index, Side.BID)
    cost = limit + mul_div_up(limit, limits.taker_fee, RATIO)
    lots = min(lots, div_down(_reachable(effect.state, failing.account, quote), cost))
    if lots == 0:
        return None
    raised = _raised(effect, failing.account, quote, lots * cost)
    return _worked_deal(raised, failing, Deal(index, Side.BID, lots, LiquidationStage.ON_BOOK))


def _converted(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Sell collateral for the settlement asset on the book: what leaves the best health (LQ-5)."""
    best, most = None, 0
    for sale in conversions(effect.state, failing, exposure):
        market = effect.state.markets[sale.market]
        assert isinstance(market, Market)
        amount = sale.lots * market.parameters.lot_atoms
        raised = _raised(effect, failing.account, sale.asset, amount)
        deal = Deal(sale.market, Side.ASK, sale.lots, LiquidationStage.CONVERSION)
        done = _worked_deal(raised, failing, deal)
        if done is None:
            continue
        reached = urgency(solvency(done.state, done.state.accounts[failing.account]))
        if best is None or reached > most:
            best, most = done, reached
    return best


def request_conversion(effect: Effect, failing: Failing, exposure: Exposure) -> Effect | None:
    """Ask for quotes for collateral that the book did not take, once at a time (LQ-5, PG-6).

    No request is made for what no quote could trade.
    """
    state, lifetime = effect.state, effect.state.system.request_lifetime
    last = state.accounts[failing.account].conversion
    is_asked = last is not None and is_open(state, state.requests[last])
    is_late = failing.health.equity <= failing.health.auto_close
    is_possible = lifetime > 0 and in_range(state.time + lifetime)
    if exposure.is_position or is_late or is_asked or not is_possible:
        return None
    for sale in conversions(state, failing, exposure):
        limits = state.markets[sale.market].parameters
        if limits.order_book_state not in ADMITTING or sale.lots < limits.minimum_lots:
            continue
        request = QuoteRequest(
            account=failing.account,
            market=sale.market,
            side=Side.ASK,
            lots=sale.lots,
            price=limit_price(state, failing.health, sale.market, Side.ASK),
            counterparty=0,
            immediate=True,
            expires=state.time + lifetime,
            flags=replace(FLAGS, auto_lend_redeem=True),
            kind=RequestKind.CONVERSION,
            status=QuoteStatus.OPEN,
            quotes=(),
        )
        step = LiquidationStep(failing.account, LiquidationStage.CONVERSION_REQUEST)
        asked = replace(state.accounts[failing.account], conversion=len(state.requests))
        return opened_request(
            effect.noted(with_account(state, failing.account, asked), step), request
        )
    return None


def conversions(state: State, failing: Failing, exposure: Exposure) -> list[Sale]:
    """Return what could be sold for an exposure: what frees most of each dollar first (LQ-5).

    The lots are worth a fraction of the exposure, at least the minimum of an order, or all.
    """
    holder, found = state.accounts[failing.account], list[tuple[int, Sale]]()
    settlement = find_asset(state, state.system.settlement_asset)
    value = mul_div_up(exposure.notional, state.system.liquidation_fraction, RATIO)
    for asset in holdings(state, holder):
        index = market_of(state, asset)
        if index is None or settlement is None:
            continue
        market, quote = state.markets[index], state.assets[settlement]
        assert isinstance(market, Market)
        least, price = market.parameters.minimum_lots, mark_price(state, market)
        held = div_down(_reachable(state, failing.account, asset), market.parameters.lot_atoms)
        if held == 0 or not price or not is_tradable(market):
            continue
        atoms = mul_div_up(value, quote.parameters.lot_atoms, quote.price)
        lots = max(div_up(atoms, price), least)
        lots = held if held - lots < least else lots
        amount = lots * market.parameters.lot_atoms
        found.append((-freed_share(state, holder, asset, amount), Sale(asset, index, lots)))
    return [sale for _, sale in sorted(found, key=lambda each: (each[0], each[1].asset))]


def freed_share(state: State, holder: Account, asset: int, amount: int) -> int:
    """Return what equity gains of each dollar of a sale at its price, a ratio of 10^18 (LQ-5)."""
    freed = freed_by(state, holder, asset, amount)
    return mul_div_down(freed, RATIO, max(worth_of(state, asset, amount), 1))


def is_tradable(market: Market | Perpetual) -> bool:
    """Tell whether a market's book takes orders of the system (LQ-4)."""
    return market.parameters.order_book_state in TRADABLE


def _worked_deal(effect: Effect, failing: Failing, deal: Deal) -> Effect | None:
    """Trade lots at once as an order of the system, and take the fee; None if nothing trades."""
    state, lots = effect.state, deal.lots
    market = state.markets[deal.market]
    if not is_tradable(market) or mark_price(state, market) is None:
        return None
    index, price = len(state.orders), limit_price(state, failing.health, deal.market, deal.side)
    order = Order(
        account=failing.account,
        market=deal.market,
        side=deal.side,
        price=price,
        lots=lots,
        self_trade_prevention=SelfTradePrevention.REJECT_MAKER,
        flags=FLAGS,
    )
    begun = replace(effect, events=(LiquidationStep(failing.account, deal.stage), *effect.events))
    done = worked_order(begun, index, order, TimeInForce.IOC)
    if isinstance(done, Rejected) or done.state.orders[index].lots == lots:
        return None
    value = sum(
        event.lots * event.price
        for event in done.events
        if isinstance(event, Traded) and event.taker_order == index
    )
    return _charged(done, failing.account, deal.market, value)


def _charged(effect: Effect, account: int, market: int, value: int) -> Effect:
    """Take the liquidation fee on a traded value for the insurance, from equity alone (LQ-4)."""
    state, asset_state = effect.state, effect.state.assets[settlement_asset(effect.state)]
    equity = solvency(state, state.accounts[account]).equity
    left = mul_div_down(equity, asset_state.parameters.lot_atoms, asset_state.price)
    fee = bounded_fee(value, state.system.liquidation_fee, left)
    source = SettlementSource.TRADING_FEES_SYSTEM
    effect = credited_unsettled(effect, account, market, -fee, source)
    return credited_unsettled(effect, INSURANCE, market, fee, source)


def market_of(state: State, base: int) -> int | None:
    """Return the first spot market of an asset against the settlement asset (LQ-5)."""
    settlement = find_asset(state, state.system.settlement_asset)
    for index, market in enumerate(state.markets):
        if isinstance(market, Market) and (market.base, market.quote) == (base, settlement):
            return index
    return None


def _reachable(state: State, account: int, asset: int) -> int:
    """Return what an account has of an asset, its lend as far as the pool has cash (LQ-5)."""
    lent = min(claim_of(state, account, asset), state.assets[asset].pool.cash)
    return free_of(state, account, asset) + lent


def _raised(effect: Effect, account: int, asset: int, amount: int) -> Effect:
    """Redeem what is missing to `amount`; the utilization never refuses it (LQ-5)."""
    missing = amount - free_of(effect.state, account, asset)
    cash = effect.state.assets[asset].pool.cash
    part = min(missing, claim_of(effect.state, account, asset), cash)
    if part <= 0:
        return effect
    return redeemed(effect, account, asset, part, Reason.LIQUIDATION_REDEEM)
