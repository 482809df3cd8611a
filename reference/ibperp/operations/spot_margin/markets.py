"""What governance does to spot markets: list them, change them, set their reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.events import OrderEnd
from ibperp.numbers import in_range
from ibperp.operations.effect import Effect, rejection
from ibperp.operations.spot_margin.resting import ended_order
from ibperp.outcomes import RejectionCode
from ibperp.parameter_laws import is_name, market_violations
from ibperp.parameters import OrderBookState
from ibperp.records import replace
from ibperp.state import Book, Market, Reference, find_asset, find_market, with_market

if TYPE_CHECKING:
    from ibperp.actions import ListMarket, SetMarketParameters, SetMarketReference
    from ibperp.outcomes import Outcome
    from ibperp.parameters import MarketParameters
    from ibperp.state import State


def list_market(state: State, action: ListMarket) -> Outcome:
    """List a market with an empty book and no reference (SM-1)."""
    # PRECONDITIONS
    parameters = action.parameters
    base, quote = find_asset(state, parameters.base), find_asset(state, parameters.quote)
    refused = rejection(
        (is_name(action.market), RejectionCode.MARKET_NAME_INVALID),
        (not market_violations(parameters), RejectionCode.PARAMETER_INVALID),
        (base is not None and quote is not None, RejectionCode.ASSET_UNKNOWN),
        (find_market(state, action.market) is None, RejectionCode.MARKET_EXISTS),
    )
    if refused:
        return refused
    assert base is not None
    assert quote is not None

    # EFFECT
    market = Market(action.market, parameters, base, quote, Book(), Reference())
    after = replace(state, markets=(*state.markets, market))

    # POSTCONDITIONS
    assert find_market(after, action.market) == len(state.markets)
    return Effect(after).accepted()


def set_market_parameters(state: State, action: SetMarketParameters) -> Outcome:
    """Replace a market's parameters; closing it cancels every resting order (SM-2)."""
    # PRECONDITIONS
    parameters = action.parameters
    index = find_market(state, action.market)
    listed = None if index is None else state.markets[index]
    is_same = not isinstance(listed, Market) or _identity(listed.parameters) == _identity(
        parameters
    )
    refused = rejection(
        (is_same and not market_violations(parameters), RejectionCode.PARAMETER_INVALID),
        (index is not None, RejectionCode.MARKET_UNKNOWN),
        (listed is None or isinstance(listed, Market), RejectionCode.MARKET_KIND),
    )
    if refused:
        return refused
    assert index is not None
    assert isinstance(listed, Market)

    # EFFECT
    changed = replace(listed, parameters=parameters)
    effect = Effect(with_market(state, index, changed))
    if parameters.order_book_state is OrderBookState.CLOSED:
        for _, _, order in (*changed.book.bids, *changed.book.asks):
            effect = ended_order(effect, order, OrderEnd.MARKET_CLOSED)

    # POSTCONDITIONS
    assert effect.state.markets[index].parameters == parameters
    return effect.accepted()


def set_market_reference(state: State, action: SetMarketReference) -> Outcome:
    """Set the index, the mean mark and the mean premium that bound takers (SM-3)."""
    # PRECONDITIONS
    index = find_market(state, action.market)
    prices = (action.index_price, action.mean_mark_price)
    refused = rejection(
        (min(prices) > 0, RejectionCode.AMOUNT_NOT_POSITIVE),
        (all(map(in_range, (*prices, action.mean_premium))), RejectionCode.OUT_OF_RANGE),
        (index is not None, RejectionCode.MARKET_UNKNOWN),
    )
    if refused:
        return refused
    assert index is not None

    # EFFECT
    reference = Reference(*prices, action.mean_premium)
    changed = replace(state.markets[index], reference=reference)

    # POSTCONDITIONS
    assert changed.reference.index_price > 0
    return Effect(with_market(state, index, changed)).accepted()


def _identity(parameters: MarketParameters) -> tuple[str, str, int]:
    return parameters.base, parameters.quote, parameters.lot_atoms
