"""A whole state as the protocol carries it: what `load` brings to an engine, and back (CF-10).

An observation and what it does not show: parameters, and of orders and requests that are over what
a later action may still ask about.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from ibperp.book import rank
from ibperp.operations.money_market.moves import interval_end
from ibperp.ordered import Ordered
from ibperp.orders import OrderFlags, SelfTradePrevention, Side
from ibperp.parameters import (
    AssetParameters,
    FundingPart,
    Margins,
    MarketParameters,
    PerpetualParameters,
    SystemParameters,
)
from ibperp.persistent import Vector
from ibperp.position import Position
from ibperp.programs import Backstop, Quote, QuoteRequest, QuoteStatus, RequestKind
from ibperp.state import (
    Account,
    Asset,
    Book,
    Chain,
    Market,
    Order,
    OrderStatus,
    Perpetual,
    Pool,
    Ramp,
    Rebalance,
    Reference,
    RequestStatus,
    Settings,
    Token,
    Withdrawal,
    find_asset,
    find_market,
    find_token,
    genesis,
    put,
    with_account,
)
from ibperp.unpaid import NOTHING_UNPAID, Unpaid, debts_left
from ibperp_conformance.protocol.message_schema import state_model
from ibperp_conformance.protocol.observation import (
    PERPETUAL_FIELDS,
    POOL_FIELDS,
    POSITION_FIELDS,
    SETTINGS_FIELDS,
    observe,
)
from ibperp_conformance.protocol.wire import WireError, encode_record, explain, record_of
from ibperp_conformance.snapshot.checks import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibperp.state import State

T = TypeVar("T")

NO_FLAGS: Final = OrderFlags(*[False] * 4)


def dump(state: State) -> dict[str, Any]:
    """Return the JSON object that `load` reads a state from that answers like this one."""
    observation = observe(state)
    for account in observation["accounts"].values():
        account.pop("portfolio", None)
    return {
        "system": encode_record(state.system),
        "assets": _listed(state.assets),
        "markets": _listed(state.markets),
        "ended_orders": {
            str(index): str(order.account)
            for index, order in enumerate(state.orders)
            if order.status is not OrderStatus.OPEN
        },
        "ended_requests": {
            str(index): {
                "account": str(request.account),
                "kind": request.kind.value,
                "counterparty": str(request.counterparty),
            }
            for index, request in enumerate(state.requests)
            if request.status is not QuoteStatus.OPEN
        },
        "observation": observation,
    }


def load(data: object) -> State:
    """Return the state that `dump` describes; raise WireError with the place and the problem."""
    try:
        model = _adapter().validate_python(data)
    except ValidationError as error:
        raise WireError(explain(error.errors(), "state")) from None
    except RecursionError:
        raise WireError("state: nested too deeply") from None
    try:
        state = _built(model)
        fault = next(faults(state), None)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise WireError(f"state: a name or an id refers to nothing ({error})") from None
    if fault:
        raise WireError(f"{fault}; load a state that actions lead to")
    return state


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(state_model())


def _listed(entries: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [{"symbol": own.symbol, "parameters": encode_record(own.parameters)} for own in entries]


def _built(model: Any) -> State:
    """Build the state part by part: each part names things of those before it."""
    shown, system = model.observation, record_of(SystemParameters, model.system)
    state = replace(
        genesis(system, shown.time),
        chains=tuple(Chain(name, number) for name, number in shown.chains.items()),
        assets=tuple(_asset(own, shown.assets[own.symbol]) for own in model.assets),
        settlement_time=shown.settlement_time,
        is_halted=shown.halted,
        liquidation_time=shown.liquidation_time,
    )
    markets = tuple(_market(state, own, shown) for own in model.markets)
    state = replace(state, markets=markets)
    backstops = sorted((int(account), value) for account, value in shown.backstops.items())
    state = replace(
        state,
        withdrawals=_by_id(shown.withdrawals, partial(_withdrawal, state)),
        rebalances=_by_id(shown.rebalances, partial(_rebalance, state)),
        orders=_by_id(
            {**shown.orders, **model.ended_orders},
            partial(_order, state, _places(shown)),
        ),
        requests=_by_id({**shown.requests, **model.ended_requests}, partial(_request, state)),
        backstops=tuple(Backstop(*entry) for entry in backstops),
        accounts=_by_id(shown.accounts, lambda _, own: Account(own.user)),
    )
    for index in range(len(state.accounts)):
        own = _account(state, index, shown.accounts[str(index)])
        state = with_account(state, index, own)
    return replace(
        state,
        unpaid=debts_left(own.unpaid for own in state.accounts),
        unpaid_rate_time=shown.unpaid_rate_time or 0,
    )


def _by_id(shown: dict[str, Any], made: Callable[[int, Any], T]) -> Vector[T]:
    """Return a vector of the entries, whose ids are 0, 1, 2 and so on."""
    return Vector(made(index, shown[str(index)]) for index in range(len(shown)))


def _asset(own: Any, shown: Any) -> Asset:
    parameters = record_of(AssetParameters, own.parameters)
    tokens = tuple(
        Token(shown.tokens[token.chain].custody, shown.tokens[token.chain].pending)
        for token in parameters.tokens
    )
    return Asset(
        symbol=own.symbol,
        parameters=parameters,
        price=shown.price,
        price_time=shown.price_time,
        in_transit=shown.in_transit,
        tokens=tokens,
        pool=Pool(**_named(shown.pool, POOL_FIELDS)),
        is_limited=shown.is_limited,
        ramp=_ramp(shown.ramp),
    )


def _ramp(shown: Any) -> Ramp | None:
    if shown is None:
        return None
    origin, target = (Margins(**dict(ends)) for ends in (shown.origin, shown.target))
    return Ramp(origin, target, shown.start, shown.end)


def _market(state: State, own: Any, observation: Any) -> Market | Perpetual:
    shown = observation.markets[own.symbol]
    bids, asks = (
        Ordered(
            (rank(side, observation.orders[str(order)].price), place, order)
            for place, order in enumerate(queue)
        )
        for side, queue in ((Side.BID, shown.bids), (Side.ASK, shown.asks))
    )
    book = Book(bids, asks, max(len(bids), len(asks)), shown.last_price)
    means = (shown.mean_mark_price, shown.mean_premium)
    if not hasattr(shown, "mark_price"):
        parameters = record_of(MarketParameters, own.parameters)
        base, quote = (find_asset(state, name) for name in (parameters.base, parameters.quote))
        if base is None or quote is None:
            raise KeyError(own.symbol)
        reference = Reference(shown.index_price, *means)
        return Market(own.symbol, parameters, base, quote, book, reference)
    return Perpetual(
        symbol=own.symbol,
        parameters=record_of(PerpetualParameters, own.parameters),
        book=book,
        reference=Reference(shown.reference_index_price, *means),
        **_named(shown, PERPETUAL_FIELDS),
        funding_parts=tuple(FundingPart(**dict(part)) for part in shown.funding_parts or ()),
        is_limited=shown.is_limited,
        ramp=_ramp(shown.ramp),
    )


def _places(observation: Any) -> dict[int, int]:
    """Return the place of every open order in its side of its book."""
    return {
        order: place
        for market in observation.markets.values()
        for queue in (market.bids, market.asks)
        for place, order in enumerate(queue)
    }


def _withdrawal(state: State, _: int, shown: Any) -> Withdrawal:
    asset = _found(find_asset(state, shown.asset), shown.asset)
    token = _found(find_token(state.assets[asset], shown.chain), shown.chain)
    status = RequestStatus(shown.status)
    return Withdrawal(shown.account, asset, token, shown.amount, shown.fee, status)


def _rebalance(state: State, _: int, shown: Any) -> Rebalance:
    asset = _found(find_asset(state, shown.asset), shown.asset)
    source, destination = (
        _found(find_token(state.assets[asset], chain), chain)
        for chain in (shown.source, shown.destination)
    )
    return Rebalance(asset, source, destination, shown.amount, RequestStatus(shown.status))


def _order(state: State, places: dict[int, int], index: int, shown: Any) -> Order:
    """Return an open order, or of one that is over the account, for which `shown` stands."""
    is_open = not isinstance(shown, int)
    return Order(
        account=shown.account if is_open else shown,
        market=_found(find_market(state, shown.market), shown.market) if is_open else 0,
        side=Side(shown.side) if is_open else Side.BID,
        price=shown.price if is_open else 0,
        lots=shown.lots if is_open else 0,
        reserved=shown.reserved if is_open else 0,
        sequence=places[index] if is_open else 0,
        post_only=is_open and shown.post_only,
        reduce_only=is_open and shown.reduce_only,
        self_trade_prevention=SelfTradePrevention(shown.self_trade_prevention)
        if is_open
        else SelfTradePrevention.REJECT_TAKER,
        flags=record_of(OrderFlags, shown.flags) if is_open else NO_FLAGS,
        status=OrderStatus.OPEN if is_open else OrderStatus.CANCELLED,
    )


def _request(state: State, _: int, shown: Any) -> QuoteRequest:
    """Return an open request, or of an ended one the parts that rules still read."""
    is_open = hasattr(shown, "market")
    quotes = sorted(shown.quotes.items(), key=lambda item: int(item[0])) if is_open else []
    return QuoteRequest(
        account=shown.account,
        market=_found(find_market(state, shown.market), shown.market) if is_open else 0,
        side=Side(shown.side) if is_open else Side.BID,
        lots=shown.lots if is_open else 1,
        price=shown.price if is_open else 0,
        counterparty=shown.counterparty,
        immediate=is_open and shown.immediate,
        expires=shown.expires if is_open else 0,
        flags=record_of(OrderFlags, shown.flags) if is_open else NO_FLAGS,
        kind=RequestKind(shown.kind),
        status=QuoteStatus.OPEN if is_open else QuoteStatus.CANCELLED,
        quotes=tuple(
            Quote(int(account), own.price, record_of(OrderFlags, own.flags))
            for account, own in quotes
        ),
    )


def _account(state: State, index: int, shown: Any) -> Account:
    held: dict[str, tuple[int, ...]] = {}
    for name in ("free", "shares", "reserved", "prepaid"):
        values: tuple[int, ...] = ()
        for symbol, amount in (getattr(shown, name) or {}).items():
            values = put(values, _found(find_asset(state, symbol), symbol), amount)
        held[name] = values
    positions = [
        Position(_found(find_market(state, symbol), symbol), **_named(own, POSITION_FIELDS))
        for symbol, own in (shown.positions or {}).items()
    ]
    orders = (
        place
        for place, order in enumerate(state.orders)
        if order.account == index and order.status is OrderStatus.OPEN
    )
    conversions = (
        place
        for place, request in enumerate(state.requests)
        if request.account == index and request.kind is RequestKind.CONVERSION
    )
    return Account(
        user=shown.user,
        settings=Settings(**_named(shown.settings, SETTINGS_FIELDS)),
        orders=tuple(orders),
        unsettled=shown.unsettled or 0,
        unpaid=Unpaid(**dict(shown.unpaid)) if shown.unpaid else NOTHING_UNPAID,
        positions=tuple(sorted(positions, key=lambda own: own.market)),
        conversion=max(conversions, default=None),
        free=held["free"],
        shares=held["shares"],
        reserved=held["reserved"],
        prepaid=held["prepaid"],
        prepaid_until=interval_end(state) if held["prepaid"] else 0,
    )


def _named(shown: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(shown, name) for name in names}


def _found(index: int | None, name: str) -> int:
    if index is None:
        raise KeyError(name)
    return index
