"""Perpetual markets: listing, parameters, mark, funding, final settlement (chapter perpetuals)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp import book, funding
from ibperp.events import FundingApplied, MarkUpdated, OrderEnd, SettlementSource
from ibperp.margin import limited_price
from ibperp.numbers import in_range, remainder
from ibperp.operations.effect import Effect, rejection
from ibperp.operations.perpetuals.perpetual_trade import (
    booked_position,
    funded_position,
)
from ibperp.operations.spot_margin.resting import ended_order
from ibperp.orders import Side
from ibperp.outcomes import Rejected, RejectionCode
from ibperp.parameter_laws import is_name, perpetual_violations
from ibperp.parameters import OrderBookState
from ibperp.position import filled
from ibperp.ramps import margins_of, on_ramp
from ibperp.records import replace
from ibperp.state import (
    Book,
    Perpetual,
    Reference,
    find_asset,
    find_market,
    position_of,
    with_market,
)

if TYPE_CHECKING:
    from ibperp.actions import (
        ApplyFunding,
        ListPerpetual,
        SetPerpetualParameters,
        SettleMarket,
        UpdateMark,
    )
    from ibperp.outcomes import Outcome
    from ibperp.parameters import FundingPart, PerpetualParameters
from ibperp.state import State


def list_perpetual(state: State, action: ListPerpetual) -> Outcome:
    """List a perpetual market with an empty book, no price, and no open interest (PP-1)."""
    # PRECONDITIONS
    refused = rejection(
        (is_name(action.market), RejectionCode.MARKET_NAME_INVALID),
        (not perpetual_violations(action.parameters), RejectionCode.PARAMETER_INVALID),
        (
            find_asset(state, state.system.settlement_asset) is not None,
            RejectionCode.ASSET_UNKNOWN,
        ),
        (find_market(state, action.market) is None, RejectionCode.MARKET_EXISTS),
    )
    if refused:
        return refused

    # EFFECT
    listed = Perpetual(
        symbol=action.market,
        parameters=action.parameters,
        book=Book(),
        reference=Reference(),
        mark_time=state.time,
        funding_time=state.time,
    )
    after = replace(state, markets=(*state.markets, listed))

    # POSTCONDITIONS
    assert find_market(after, action.market) == len(state.markets)
    return Effect(after).accepted()


def set_perpetual_parameters(state: State, action: SetPerpetualParameters) -> Outcome:
    """Replace a market's parameters; closing it cancels every resting order (PP-2).

    Its margins move there over the ramp (GV-2). What has passed of the running funding interval
    keeps the terms that it passed under (PP-8).
    """
    # PRECONDITIONS
    refused = rejection(
        (not perpetual_violations(action.parameters), RejectionCode.PARAMETER_INVALID),
        (find_market(state, action.market) is not None, RejectionCode.MARKET_UNKNOWN),
    )
    found = refused or _perpetual(state, action.market)
    if isinstance(found, Rejected):
        return found
    index, market = found

    # EFFECT
    interval = state.system.ramp_interval
    origin = margins_of(market.parameters)
    now, ramp = on_ramp(origin, action.parameters, state.time, interval)
    noted = _with_terms(market, action.parameters, state.time)
    changed = replace(noted, parameters=now, ramp=ramp)
    effect = Effect(with_market(state, index, changed))
    if action.parameters.order_book_state is OrderBookState.CLOSED:
        for _, _, order in (*market.book.bids, *market.book.asks):
            effect = ended_order(effect, order, OrderEnd.MARKET_CLOSED)

    # POSTCONDITIONS
    assert not perpetual_violations(now)
    assert effect.state.markets[index].parameters == now
    return effect.accepted()


def update_mark(state: State, action: UpdateMark) -> Outcome:
    """Set index and mark from the inputs, within threshold and update limits (PP-6).

    A market whose index or mark was cut by these limits is marked: it deviates (GV-3).
    """
    # PRECONDITIONS
    refused = rejection(
        (action.index_price >= 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.index_price) and in_range(action.basis), RejectionCode.OUT_OF_RANGE),
    )
    found = refused or _perpetual(state, action.market)
    if isinstance(found, Rejected):
        return found
    market_id, market = found
    limits = market.parameters
    low, high = limits.price_update_min, limits.price_update_max
    index = action.index_price
    if index:
        index = limited_price(market.index_price, index, low, high)
    mark = funding.mark_of(
        index,
        action.basis if action.has_basis else None,
        book.best_price(market.book, Side.BID),
        book.best_price(market.book, Side.ASK),
        market.book.last_price,
        post_only=limits.order_book_state is OrderBookState.POST_ONLY,
    )
    refused = rejection((mark is not None, RejectionCode.PRICE_UNKNOWN))
    if refused:
        return refused
    assert mark is not None
    bounded = funding.bounded_mark(mark, index, limits.mark_threshold)
    limited = limited_price(market.mark_price, bounded, low, high)
    refused = rejection((in_range(index) and in_range(limited), RejectionCode.OUT_OF_RANGE))
    if refused:
        return refused

    # EFFECT
    changed = replace(
        market,
        index_price=index or market.index_price,
        mark_price=limited,
        mark_time=state.time,
        is_limited=index != action.index_price or limited != bounded,
    )
    updated = MarkUpdated(market_id, changed.index_price, limited)
    effect = Effect(state).noted(with_market(state, market_id, changed), updated)

    # POSTCONDITIONS
    assert changed.mark_price > 0
    return effect.accepted()


def apply_funding(state: State, action: ApplyFunding) -> Outcome:
    """End a funding interval: move the index by what a lot long pays; touch no account (PP-8)."""
    # PRECONDITIONS
    refused = rejection((in_range(action.premium), RejectionCode.OUT_OF_RANGE))
    found = refused or _perpetual(state, action.market)
    if isinstance(found, Rejected):
        return found
    market_id, market = found
    interval = market.parameters.funding_interval
    end = funding.interval_end(market.funding_time, interval, market.funding_parts)
    refused = rejection(
        (market.mark_price > 0, RejectionCode.PRICE_UNKNOWN),
        (state.time >= end, RejectionCode.TOO_EARLY),
    )
    if refused:
        return refused

    # EFFECT
    began = state.time - remainder(state.time, interval)
    rate = funding.funding_rate(action.premium, _parts(market, end - market.funding_time))
    effect = _charged(Effect(state), market_id, rate, began)

    # POSTCONDITIONS
    after = effect.state.markets[market_id]
    assert isinstance(after, Perpetual)
    assert state.time - interval < after.funding_time <= state.time
    return effect.accepted()


def settle_market(state: State, action: SettleMarket) -> Outcome:
    """Realize every position of a closed market at one price, and close it (PP-9).

    Before, the funding of the running interval is charged up to now, at the premium of the moment.
    """
    # PRECONDITIONS
    refused = rejection(
        (action.price > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (in_range(action.price), RejectionCode.OUT_OF_RANGE),
    )
    found = refused or _perpetual(state, action.market)
    if isinstance(found, Rejected):
        return found
    market_id, market = found
    is_closed = market.parameters.order_book_state is OrderBookState.CLOSED
    refused = rejection((is_closed, RejectionCode.MARKET_NOT_CLOSED))
    if refused:
        return refused

    # EFFECT
    effect = _last_funding(Effect(state), market_id)
    for (account,) in state.active:
        if position_of(state.accounts[account], market_id).lots:
            effect = _closed(effect, account, market_id, action.price)
    market_state = effect.state.markets[market_id]
    assert isinstance(market_state, Perpetual)
    effect = effect.noted(
        with_market(effect.state, market_id, replace(market_state, open_interest=0))
    )

    # POSTCONDITIONS
    assert not any(position_of(effect.state.accounts[n], market_id).lots for (n,) in state.active)
    return effect.accepted()


def _last_funding(effect: Effect, market_id: int) -> Effect:
    """Charge what has passed of the running interval while there are positions (PP-9)."""
    market, time = effect.state.markets[market_id], effect.state.time
    assert isinstance(market, Perpetual)
    index, parts = market.index_price, _parts(market, _uncharged(market, time))
    if market.open_interest == 0 or not parts:
        return effect
    premium = funding.premium_of(market.mark_price, index) if index else 0
    return _charged(effect, market_id, funding.funding_rate(premium, parts), time)


def _parts(market: Perpetual, seconds: int) -> tuple[FundingPart, ...]:
    """Return what is not charged of the running interval, `seconds` of it at the terms in force."""
    return funding.with_part(market.funding_parts, funding.part_of(market.parameters, seconds))


def _uncharged(market: Perpetual, time: int) -> int:
    """Return the seconds up to a time that wait for funding under the terms in force (PP-8)."""
    start, interval = market.funding_time, market.parameters.funding_interval
    end = funding.interval_end(start, interval, market.funding_parts)
    return funding.seconds_to_charge(start, end, time, interval)


def _charged(effect: Effect, market_id: int, rate: int, time: int) -> Effect:
    """Move the funding index by what a lot long pays; funding is charged up to `time` (PP-8)."""
    market = effect.state.markets[market_id]
    assert isinstance(market, Perpetual)
    step = funding.index_step(market.mark_price, rate) if market.open_interest else 0
    index = market.funding_index + step
    changed = replace(market, funding_index=index, funding_time=time, funding_parts=())
    applied = FundingApplied(market_id, rate, step)
    return effect.noted(with_market(effect.state, market_id, changed), applied)


def _with_terms(market: Perpetual, asked: PerpetualParameters, time: int) -> Perpetual:
    """Return the market with the time under the old terms of its rate set aside (PP-8)."""
    old = market.parameters
    if funding.part_of(old, 0) == funding.part_of(asked, 0):
        return market
    parts = _parts(market, _uncharged(market, time))
    return replace(market, funding_time=time, funding_parts=parts)


def _closed(effect: Effect, account: int, market: int, price: int) -> Effect:
    """Realize a position at a final price; its virtual shares wait for the next settlement."""
    effect, position = funded_position(effect, account, market)
    flat, gain = filled(position, -position.lots, price)
    return booked_position(effect, account, flat, (gain, SettlementSource.REALIZE_PNL))


def _perpetual(state: State, symbol: str) -> tuple[int, Perpetual] | Rejected:
    """Return a perpetual market and its id, or the rejection."""
    index = find_market(state, symbol)
    market = None if index is None else state.markets[index]
    refused = rejection(
        (index is not None, RejectionCode.MARKET_UNKNOWN),
        (market is None or isinstance(market, Perpetual), RejectionCode.MARKET_KIND),
    )
    if refused:
        return refused
    assert index is not None
    assert isinstance(market, Perpetual)
    return index, market
