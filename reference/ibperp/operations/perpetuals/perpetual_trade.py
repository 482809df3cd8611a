"""A trade in a perpetual market: two positions change, and nothing is delivered (PP-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import position
from ibperp.events import SettlementSource, Unsettled
from ibperp.operations.effect import MakerFails, rejection
from ibperp.operations.spot_margin.resting import resized_orders
from ibperp.orders import Side
from ibperp.outcomes import RejectionCode
from ibperp.position import placed
from ibperp.records import replace
from ibperp.state import FEES, Perpetual, position_of, with_account, with_market, with_position

if TYPE_CHECKING:
    from ibperp.operations.effect import Effect
    from ibperp.operations.spot_margin.trade import Trade, Trader
    from ibperp.outcomes import Rejected
    from ibperp.position import Position


def exchanged_positions(
    effect: Effect, market: Perpetual, trade: Trade
) -> Effect | MakerFails | Rejected:
    """Fill both positions of a trade within their limits, and book the fees (PP-4, PP-5)."""
    maker, taker = trade.maker, trade.taker
    signed = trade.lots if maker.side is Side.BID else -trade.lots
    limits, opened = market.parameters, market.open_interest
    fits = [True, True]
    for party, (account, lots) in enumerate(((maker.account, signed), (taker.account, -signed))):
        before = position_of(effect.state.accounts[account], trade.market).lots
        after = before + lots
        fits[party] = abs(after) <= limits.position_limit or abs(after) <= abs(before)
        opened += max(after, 0) - max(before, 0)
    within = opened <= max(limits.open_interest_limit, market.open_interest)
    refused = rejection((fits[0], RejectionCode.POSITION_LIMIT))
    if refused:
        return MakerFails(refused)
    refused = rejection(
        (within, RejectionCode.OPEN_INTEREST_LIMIT), (fits[1], RejectionCode.POSITION_LIMIT)
    )
    if refused:
        return refused
    effect = filled_position(filled_position(effect, trade, maker, signed), trade, taker, -signed)
    fees = maker.fee + taker.fee
    effect = credited_unsettled(effect, FEES, trade.market, fees, SettlementSource.TRADING_FEES)
    market_state = effect.state.markets[trade.market]
    assert isinstance(market_state, Perpetual)
    changed = replace(market_state, open_interest=opened)
    effect = effect.noted(with_market(effect.state, trade.market, changed))
    return resized_orders(
        resized_orders(effect, maker.account, trade.market), taker.account, trade.market
    )


def filled_position(effect: Effect, trade: Trade, party: Trader, lots: int) -> Effect:
    """Settle a position's funding, fill it, and book what that realizes and the fee (PP-4)."""
    account, fee = party.account, party.fee
    effect, held = funded_position(effect, account, trade.market)
    after, gain = position.filled(held, lots, trade.price)
    realized = (gain, SettlementSource.REALIZE_PNL), (-fee, SettlementSource.TRADING_FEES)
    return booked_position(effect, account, replace(after, fees=after.fees + fee), *realized)


def funded_position(effect: Effect, account: int, market: int) -> tuple[Effect, Position]:
    """Book the funding of a position up to the market's index; return it as it is then (PP-8)."""
    market_state = effect.state.markets[market]
    assert isinstance(market_state, Perpetual)
    held = position_of(effect.state.accounts[account], market)
    due = position.funding_due(held, market_state.funding_index)
    effect = credited_unsettled(effect, account, market, -due, SettlementSource.FUNDING_PAYMENT)
    return effect, position.funded(held, market_state.funding_index)


def placed_position(effect: Effect, account: int, held: Position) -> Effect:
    """Replace a position of an account."""
    changed = with_position(effect.state.accounts[account], held)
    return effect.noted(with_account(effect.state, account, changed))


def booked_position(
    effect: Effect, account: int, held: Position, *realized: tuple[int, SettlementSource]
) -> Effect:
    """Replace a position of an account, and book the signed atoms that this realizes (ST-1)."""
    holder = effect.state.accounts[account]
    unsettled = holder.unsettled + sum([amount for amount, _ in realized])
    positions = placed(holder.positions, held)
    changed = replace(holder, positions=positions, unsettled=unsettled)
    booked = [Unsettled(account, held.market, *each) for each in realized if each[0]]
    return effect.noted(with_account(effect.state, account, changed), *booked)


def credited_unsettled(
    effect: Effect, account: int, market: int | None, amount: int, source: SettlementSource
) -> Effect:
    """Add signed atoms to what is unsettled of an account; zero adds nothing (ST-1)."""
    if amount == 0:
        return effect
    holder = effect.state.accounts[account]
    changed = replace(holder, unsettled=holder.unsettled + amount)
    state = with_account(effect.state, account, changed)
    return effect.noted(state, Unsettled(account, market, amount, source))
