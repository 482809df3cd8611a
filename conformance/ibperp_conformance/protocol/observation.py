"""The full projection of a state: nested as the protocol sends it, flat as vectors compare it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ibperp.margin import Health
from ibperp.parameters import FundingPart
from ibperp.portfolio import health
from ibperp.position import Position
from ibperp.programs import QuoteStatus
from ibperp.ramps import margins_of
from ibperp.state import OrderStatus, Perpetual, Settings
from ibperp.unpaid import NOTHING_UNPAID, Unpaid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ibperp.ordered import Ordered
    from ibperp.orders import OrderFlags
    from ibperp.parameters import AssetParameters, PerpetualParameters
    from ibperp.programs import QuoteRequest
    from ibperp.state import Account, Asset, Market, Order, Pool, Ramp, State

Leaf: TypeAlias = str | bool
"""A value of an observation: integers are decimal strings."""

POOL_FIELDS: Final = (
    "cash",
    "lent",
    "lend_shares",
    "borrowed",
    "borrow_shares",
    "reserve",
    "unearned",
    "interest_carry",
    "rate_time",
    "throttle_bound",
)
PORTFOLIO_FIELDS: Final = tuple(item.name for item in fields(Health))
SETTINGS_FIELDS: Final = tuple(item.name for item in fields(Settings))
UNPAID_FIELDS: Final = tuple(item.name for item in fields(Unpaid))
POSITION_FIELDS: Final = tuple(item.name for item in fields(Position) if item.name != "market")
PERPETUAL_FIELDS: Final = (
    "index_price",
    "mark_price",
    "mark_time",
    "funding_index",
    "funding_time",
    "open_interest",
)
FUNDING_PART_FIELDS: Final = tuple(item.name for item in fields(FundingPart))
MARGIN_FIELDS: Final = ("imf_base", "imf_factor", "mmf_base", "mmf_factor")
HAIRCUT_FIELDS: Final = ("weight", "base", "penalty")
"""What a ramp moves: margins, and the haircut of an asset (GV-2)."""


def observe(state: State) -> dict[str, Any]:
    """Return all that actions may change, by symbol, chain and id, without balances of zero."""
    symbols = [asset.symbol for asset in state.assets]
    return {
        "time": str(state.time),
        "settlement_time": str(state.settlement_time),
        "unpaid_rate_time": str(state.unpaid_rate_time),
        "halted": state.is_halted,
        "liquidation_time": str(state.liquidation_time),
        "chains": {chain.name: str(chain.next_sequence) for chain in state.chains},
        "assets": {asset.symbol: _asset(asset) for asset in state.assets},
        "markets": {market.symbol: _market(market) for market in state.markets},
        "accounts": {
            str(index): _account(state, account, symbols)
            for index, account in enumerate(state.accounts)
        },
        "orders": {
            str(index): _order(state, order)
            for index, order in enumerate(state.orders)
            if order.status is OrderStatus.OPEN
        },
        "withdrawals": _withdrawals(state),
        "rebalances": _rebalances(state),
        "backstops": {str(own.account): str(own.capacity) for own in state.backstops},
        "requests": {
            str(index): _request(state, request)
            for index, request in enumerate(state.requests)
            if request.status is QuoteStatus.OPEN
        },
    }


def flatten(observation: Mapping[str, Any]) -> dict[str, Leaf]:
    """Return the leaves of a nested observation by path, such as `accounts/2/free/USDC`.

    An entry of an array has its place for a name. A slash inside a name is written `~1`.
    """
    leaves: dict[str, Leaf] = {}
    _gather(leaves, "", observation.items())
    return leaves


def difference(before: Mapping[str, Leaf], after: Mapping[str, Leaf]) -> dict[str, Leaf | None]:
    """Return the leaves of two flat observations that differ, as they are after; None is gone."""
    changed: dict[str, Leaf | None] = {
        path: value for path, value in after.items() if before.get(path) != value
    }
    return changed | {path: None for path in before if path not in after}


def apply_difference(
    before: Mapping[str, Leaf], changed: Mapping[str, Leaf | None]
) -> dict[str, Leaf]:
    """Return the flat observation that `difference` was taken with."""
    merged = {**before, **changed}
    return {path: value for path, value in merged.items() if value is not None}


def _gather(leaves: dict[str, Leaf], prefix: str, members: Iterable[tuple[str, Any]]) -> None:
    """Add the leaves of the members of an object, each under its path; a prefix ends in a slash."""
    for name, item in members:
        path = prefix + (name.replace("/", "~1") if "/" in name else name)
        if isinstance(item, dict):
            _gather(leaves, f"{path}/", item.items())
        elif isinstance(item, list):
            _gather(leaves, f"{path}/", ((str(place), each) for place, each in enumerate(item)))
        else:
            leaves[path] = item


def _asset(asset: Asset) -> dict[str, Any]:
    tokens = zip(asset.parameters.tokens, asset.tokens, strict=True)
    return {
        "price": str(asset.price),
        "price_time": str(asset.price_time),
        "in_transit": str(asset.in_transit),
        "tokens": {
            named.chain: {"custody": str(token.custody), "pending": str(token.pending)}
            for named, token in tokens
        },
        "pool": _pool(asset.pool),
        "is_limited": asset.is_limited,
        **_ramp(asset.ramp, asset.parameters, (*MARGIN_FIELDS, *HAIRCUT_FIELDS)),
    }


def _pool(pool: Pool) -> dict[str, str]:
    return {name: str(getattr(pool, name)) for name in POOL_FIELDS}


def _market(market: Market | Perpetual) -> dict[str, Any]:
    """Return a market; a perpetual's index is its own, that of the taker bands stands beside it."""
    book, reference = market.book, market.reference
    described: dict[str, Any] = {
        "last_price": str(book.last_price),
        "index_price": str(reference.index_price),
        "mean_mark_price": str(reference.mean_mark_price),
        "mean_premium": str(reference.mean_premium),
        "bids": _queue(book.bids),
        "asks": _queue(book.asks),
    }
    if isinstance(market, Perpetual):
        described["reference_index_price"] = described["index_price"]
        described |= {name: str(getattr(market, name)) for name in PERPETUAL_FIELDS}
        described["is_limited"] = market.is_limited
        described |= _ramp(market.ramp, market.parameters, MARGIN_FIELDS)
        if market.funding_parts:
            described["funding_parts"] = [_record(part) for part in market.funding_parts]
    return described


def _record(part: FundingPart) -> dict[str, str]:
    return {name: str(getattr(part, name)) for name in FUNDING_PART_FIELDS}


def _ramp(
    ramp: Ramp | None, limits: AssetParameters | PerpetualParameters, names: tuple[str, ...]
) -> dict[str, Any]:
    """Return where margins come from, stand now and go to while they are on their way (GV-2)."""
    if ramp is None:
        return {}
    points = {"origin": ramp.origin, "current": margins_of(limits), "target": ramp.target}
    margins = {
        point: {name: str(getattr(of, name)) for name in names} for point, of in points.items()
    }
    return {"ramp": {"start": str(ramp.start), "end": str(ramp.end), **margins}}


def _queue(side: Ordered) -> list[str]:
    """Return the ids of the orders of one side of a book, best first."""
    return [str(order) for _, _, order in side]


def _account(state: State, account: Account, symbols: list[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "user": str(account.user),
        "free": _nonzero(account.free, symbols),
        "shares": _nonzero(account.shares, symbols),
        "reserved": _nonzero(account.reserved, symbols),
        "positions": {
            state.markets[position.market].symbol: _position(position)
            for position in account.positions
        },
        "settings": {name: _leaf(getattr(account.settings, name)) for name in SETTINGS_FIELDS},
    }
    if account.prepaid_until > state.time:
        described["prepaid"] = _nonzero(account.prepaid, symbols)
    if account.unsettled:
        described["unsettled"] = str(account.unsettled)
    if account.unpaid != NOTHING_UNPAID:
        described["unpaid"] = {name: str(getattr(account.unpaid, name)) for name in UNPAID_FIELDS}
    return described | _portfolio(state, account)


def _position(position: Position) -> dict[str, str]:
    return {name: str(getattr(position, name)) for name in POSITION_FIELDS}


def _leaf(value: bool | int) -> Leaf:  # noqa: FBT001
    return value if isinstance(value, bool) else str(value)


def _portfolio(state: State, account: Account) -> dict[str, Any]:
    """Return the health of an account with exposure, an open order, or something to settle."""
    is_shown = bool(account.orders or account.positions or account.unsettled)
    if not is_shown and not any(shares < 0 for shares in account.shares):
        return {}
    found = health(state, account)
    if not is_shown and not found.exposure:
        return {}
    return {"portfolio": {name: str(getattr(found, name)) for name in PORTFOLIO_FIELDS}}


def _request(state: State, request: QuoteRequest) -> dict[str, Any]:
    """Return a request for quotes with its quotes by the account that gave them (PG-2, PG-3)."""
    return {
        "account": str(request.account),
        "market": state.markets[request.market].symbol,
        "side": request.side.value,
        "lots": str(request.lots),
        "price": str(request.price),
        "counterparty": str(request.counterparty),
        "immediate": request.immediate,
        "expires": str(request.expires),
        "kind": request.kind.value,
        "flags": _flags(request.flags),
        "quotes": {
            str(quote.account): {"price": str(quote.price), "flags": _flags(quote.flags)}
            for quote in request.quotes
        },
    }


def _flags(flags: OrderFlags) -> dict[str, bool]:
    return {item.name: getattr(flags, item.name) for item in fields(flags)}


def _order(state: State, order: Order) -> dict[str, Any]:
    return {
        "account": str(order.account),
        "market": state.markets[order.market].symbol,
        "side": order.side.value,
        "price": str(order.price),
        "lots": str(order.lots),
        "reserved": str(order.reserved),
        "post_only": order.post_only,
        "reduce_only": order.reduce_only,
        "self_trade_prevention": order.self_trade_prevention.value,
        "flags": _flags(order.flags),
    }


def _nonzero(values: tuple[int, ...], symbols: list[str]) -> dict[str, str]:
    return {symbols[index]: str(value) for index, value in enumerate(values) if value}


def _withdrawals(state: State) -> dict[str, Any]:
    return {
        str(index): {
            "account": str(withdrawal.account),
            "asset": state.assets[withdrawal.asset].symbol,
            "chain": state.assets[withdrawal.asset].parameters.tokens[withdrawal.token].chain,
            "amount": str(withdrawal.amount),
            "fee": str(withdrawal.fee),
            "status": withdrawal.status.value,
        }
        for index, withdrawal in enumerate(state.withdrawals)
    }


def _rebalances(state: State) -> dict[str, Any]:
    described = {}
    for index, rebalance in enumerate(state.rebalances):
        asset = state.assets[rebalance.asset]
        tokens = asset.parameters.tokens
        described[str(index)] = {
            "asset": asset.symbol,
            "source": tokens[rebalance.source].chain,
            "destination": tokens[rebalance.destination].chain,
            "amount": str(rebalance.amount),
            "status": rebalance.status.value,
        }
    return described
