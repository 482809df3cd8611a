"""Reads a state of the reference into a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from ibperp.portfolio import health
from ibperp.programs import QuoteStatus
from ibperp.ramps import margins_of
from ibperp.state import OrderStatus, Perpetual, RequestStatus
from ibperp_invariants.view.queue import Queue
from ibperp_invariants.view.view import (
    AccountView,
    AssetView,
    Entries,
    MarketView,
    OrderView,
    PerpetualView,
    PositionView,
    QuoteRequestView,
    QuoteView,
    RampView,
    RebalanceView,
    View,
    WithdrawalView,
)

if TYPE_CHECKING:
    from ibperp.margin import Health
    from ibperp.parameters import AssetParameters, PerpetualParameters
    from ibperp.position import Position
    from ibperp.programs import QuoteRequest
    from ibperp.state import Account, Asset, Market, Order, Ramp, Rebalance, State, Withdrawal


POSITION_FIELDS: Final = tuple(part.name for part in fields(PositionView))


class Portfolios(Mapping[int, "Health"]):
    """The health of each account with an exposure, an order, or something to settle.

    A state that breaks other invariants may have none.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._seen: dict[int, Health | None] = {}

    def __getitem__(self, key: int) -> Health:
        found: Health | None = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def _health(self, key: int) -> Health | None:
        accounts = self._state.accounts
        account = accounts[key] if 0 <= key < len(accounts) else None
        if account is None:
            return None
        is_shown = bool(account.orders or account.positions or account.unsettled)
        if not (is_shown or min(account.shares, default=0) < 0):
            return None
        try:
            found = health(self._state, account)
        except (ArithmeticError, LookupError, ValueError):
            return None
        return found if is_shown or found.exposure else None

    def __iter__(self) -> Iterator[int]:
        return (index for index in range(len(self._state.accounts)) if index in self)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int) and self.get(key) is not None

    def get(self, key: int, default: Any = None) -> Any:
        """Return the health of an account, or the default if it has none to show."""
        if key not in self._seen:
            self._seen[key] = self._health(key)
        found = self._seen[key]
        return default if found is None else found

    def __len__(self) -> int:
        return sum(1 for _ in self)


def view_of_state(state: State) -> View:
    """Return the view of a state of the reference."""
    symbols = [asset.symbol for asset in state.assets]
    markets = [market.symbol for market in state.markets]
    chains = [[token.chain for token in asset.parameters.tokens] for asset in state.assets]

    def named(values: tuple[int, ...]) -> dict[str, int]:
        return {symbols[index]: value for index, value in enumerate(values) if value}

    def account(item: Account) -> AccountView:
        free, shares, reserved = map(named, (item.free, item.shares, item.reserved))
        return AccountView(
            item.user,
            free,
            shares,
            item.settings,
            reserved,
            item.orders,
            item.unsettled,
            {markets[own.market]: _position(own) for own in item.positions},
            named(item.prepaid if item.prepaid_until > state.time else ()),
            item.unpaid,
        )

    def order(item: Order) -> OrderView | None:
        return _order(item, markets[item.market]) if item.status is OrderStatus.OPEN else None

    def withdrawal(item: Withdrawal) -> WithdrawalView:
        symbol, chain = symbols[item.asset], chains[item.asset][item.token]
        return WithdrawalView(
            item.account, symbol, chain, item.amount, item.fee, RequestStatus(item.status)
        )

    def rebalance(item: Rebalance) -> RebalanceView:
        source, destination = (chains[item.asset][n] for n in (item.source, item.destination))
        status = RequestStatus(item.status)
        return RebalanceView(symbols[item.asset], source, destination, item.amount, status)

    def request(item: QuoteRequest) -> QuoteRequestView | None:
        is_open = item.status is QuoteStatus.OPEN
        return _request(item, markets[item.market]) if is_open else None

    return View(
        state.time,
        {chain.name: chain.next_sequence for chain in state.chains},
        {asset.symbol: _asset(asset) for asset in state.assets},
        Entries(state.accounts, account),
        Entries(state.withdrawals, withdrawal),
        Entries(state.rebalances, rebalance),
        {market.symbol: _market(market) for market in state.markets},
        Entries(state.orders, order),
        Portfolios(state),
        state.system,
        len(state.orders),
        state.settlement_time,
        state.active,
        state.is_halted,
        state.liquidation_time,
        {own.account: own.capacity for own in state.backstops},
        Entries(state.requests, request),
        state.exposed,
        state.unpaid_rate_time,
    )


def _asset(asset: Asset) -> AssetView:
    chains = (token.chain for token in asset.parameters.tokens)
    return AssetView(
        asset.price,
        asset.price_time,
        asset.in_transit,
        dict(zip(chains, asset.tokens, strict=True)),
        asset.pool,
        asset.parameters,
        asset.is_limited,
        _ramp(asset.ramp, asset.parameters),
    )


def _ramp(ramp: Ramp | None, parameters: AssetParameters | PerpetualParameters) -> RampView | None:
    if ramp is None:
        return None
    return RampView(ramp.start, ramp.end, ramp.origin, margins_of(parameters), ramp.target)


def _market(market: Market | Perpetual) -> MarketView:
    book, reference = market.book, market.reference
    shared = (
        reference.mean_mark_price,
        reference.mean_premium,
        Queue(book.bids, book.next_sequence),
        Queue(book.asks, book.next_sequence),
        market.parameters,
    )
    if not isinstance(market, Perpetual):
        return MarketView(book.last_price, reference.index_price, *shared)
    return PerpetualView(
        book.last_price,
        market.index_price,
        *shared,
        reference.index_price,
        market.mark_price,
        market.mark_time,
        market.funding_index,
        market.funding_time,
        market.open_interest,
        market.is_limited,
        _ramp(market.ramp, market.parameters),
        market.funding_parts,
    )


def _position(position: Position) -> PositionView:
    return PositionView(**{name: getattr(position, name) for name in POSITION_FIELDS})


def _order(order: Order, market: str) -> OrderView:
    return OrderView(
        order.account,
        market,
        order.side,
        order.price,
        order.lots,
        order.reserved,
        order.post_only,
        order.reduce_only,
        order.self_trade_prevention,
        order.flags,
    )


def _request(request: QuoteRequest, market: str) -> QuoteRequestView:
    return QuoteRequestView(
        request.account,
        market,
        request.side,
        request.lots,
        request.price,
        request.counterparty,
        request.immediate,
        request.expires,
        request.kind,
        request.flags,
        {quote.account: QuoteView(quote.price, quote.flags) for quote in request.quotes},
    )
