"""Reads a state of the reference into a view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from operator import is_
from typing import TYPE_CHECKING, Any, Final, TypeVar

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


T = TypeVar("T")

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


def view_of_state(state: State, former: tuple[State, View] | None = None) -> View:
    """Return the view of a state of the reference.

    `former`: a state before it, with its view, of which what did not change is taken over.
    """
    read = _Reading(state, former)
    return View(
        state.time,
        read.kept("chains") or {chain.name: chain.next_sequence for chain in state.chains},
        read.named("assets", _asset),
        read.entries("accounts", read.account, lambda account: not account.prepaid),
        read.entries("withdrawals", read.withdrawal),
        read.entries("rebalances", read.rebalance),
        read.named("markets", _market),
        read.entries("orders", read.order),
        Portfolios(state),
        state.system,
        len(state.orders),
        state.settlement_time,
        state.active,
        state.is_halted,
        state.liquidation_time,
        read.kept("backstops") or {own.account: own.capacity for own in state.backstops},
        read.entries("requests", read.request),
        state.exposed,
        state.unpaid_rate_time,
    )


class _Reading:
    """Reads the parts of a state, and takes over what is the same in the state before it."""

    def __init__(self, state: State, former: tuple[State, View] | None) -> None:
        self._state, self._former = state, former
        self._symbols = [asset.symbol for asset in state.assets]
        self._markets = [market.symbol for market in state.markets]

    def kept(self, part: str) -> Mapping[Any, Any] | None:
        """Return what was read of a part before, None if it is not the same now."""
        if self._former is None:
            return None
        old, new = getattr(self._former[0], part), getattr(self._state, part)
        is_same = old is new or (len(old) == len(new) and all(map(is_, old, new)))
        return getattr(self._former[1], part) if is_same else None

    def named(self, part: str, read: Callable[[Any], T]) -> Mapping[str, T]:
        """Return the assets or the markets by name."""
        items = getattr(self._state, part)
        if self._former is None:
            return {item.symbol: read(item) for item in items}
        view = self.kept(part)
        if view is not None:
            return view
        olds, view = getattr(self._former[0], part), getattr(self._former[1], part)
        kept = {id(item) for item in olds}
        return {
            item.symbol: view[item.symbol] if id(item) in kept else read(item) for item in items
        }

    def entries(
        self,
        part: str,
        read: Callable[[Any], T | None],
        is_lasting: Callable[[Any], bool] = lambda _: True,
    ) -> Entries[Any, T]:
        """Return entries by id; `is_lasting`: whether one is read alike at any time."""
        former = getattr(self._former[1], part).read_already if self._former else None
        return Entries(getattr(self._state, part), read, former, is_lasting)

    def _by_name(self, values: tuple[int, ...]) -> dict[str, int]:
        return {self._symbols[index]: value for index, value in enumerate(values) if value}

    def account(self, item: Account) -> AccountView:
        """Return an account."""
        free, shares, reserved = map(self._by_name, (item.free, item.shares, item.reserved))
        return AccountView(
            item.user,
            free,
            shares,
            item.settings,
            reserved,
            item.orders,
            item.unsettled,
            {self._markets[own.market]: _position(own) for own in item.positions},
            self._by_name(item.prepaid if item.prepaid_until > self._state.time else ()),
            item.unpaid,
        )

    def order(self, item: Order) -> OrderView | None:
        """Return an order, None if it is not open."""
        is_open = item.status is OrderStatus.OPEN
        return _order(item, self._markets[item.market]) if is_open else None

    def _chain(self, asset: int, token: int) -> str:
        return self._state.assets[asset].parameters.tokens[token].chain

    def withdrawal(self, item: Withdrawal) -> WithdrawalView:
        """Return a withdrawal."""
        symbol, chain = self._symbols[item.asset], self._chain(item.asset, item.token)
        return WithdrawalView(
            item.account, symbol, chain, item.amount, item.fee, RequestStatus(item.status)
        )

    def rebalance(self, item: Rebalance) -> RebalanceView:
        """Return a rebalance."""
        source, destination = (self._chain(item.asset, n) for n in (item.source, item.destination))
        status = RequestStatus(item.status)
        return RebalanceView(self._symbols[item.asset], source, destination, item.amount, status)

    def request(self, item: QuoteRequest) -> QuoteRequestView | None:
        """Return a request for quotes, None if it is not open."""
        is_open = item.status is QuoteStatus.OPEN
        return _request(item, self._markets[item.market]) if is_open else None


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
