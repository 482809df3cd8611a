"""Which records the words of the frame rule mean in a step."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ibperp.actions import ConvertCollateral, PlaceOrder, RunRisk
from ibperp.book import opposite
from ibperp.events import LiquidationStage
from ibperp.parameters import OrderBookState
from ibperp.programs import RequestKind
from ibperp.state import FEES, INSURANCE, RequestStatus
from ibperp_invariants.frame.allowed import ALLOWED
from ibperp_invariants.frame.touches import Accounts, Assets, Markets, Orders, Others
from ibperp_invariants.step.inflows import block_parties
from ibperp_invariants.step.liquidation_facts import MoveFact
from ibperp_invariants.step.step import OF_QUOTES, is_settled, owner_of
from ibperp_invariants.view.observed import NotObserved
from ibperp_invariants.view.view import changed, limits_of, perpetual_of, settlement_asset

if TYPE_CHECKING:
    from enum import StrEnum

    from ibperp_invariants.step.step import Step
    from ibperp_invariants.view.view import OrderView

Which: TypeAlias = Callable[["Step"], Container[Any]]


class _Everything(Container[object]):
    def __contains__(self, _: object) -> bool:
        return True


EVERYTHING: Final = _Everything()


class _Unknown(Container[object]):
    """What is not observed; so is whether something is among it."""

    def __init__(self, missing: NotObserved) -> None:
        self._missing = missing

    def __contains__(self, _: object) -> bool:
        raise self._missing


def meant(word: StrEnum, step: Step) -> Container[Any]:
    """Return the records that a word means in a step."""
    try:
        return WHICH[word](step)
    except NotObserved as error:
        return _Unknown(error)


def is_in_one(key: object, containers: list[Container[Any]]) -> bool:
    """Tell whether one of several containers has a key; raise NotObserved if none is known to."""
    missing: NotObserved | None = None
    for container in containers:
        try:
            if key in container:
                return True
        except NotObserved as error:
            missing = missing or error
    if missing is not None:
        raise missing
    return False


def market_of(step: Step) -> str | None:
    """Return the market that an action names, itself or by an order or a request for quotes."""
    action = step.action
    order = step.before.orders.get(getattr(action, "order", -1))
    if order is not None:
        return order.market
    if isinstance(action, OF_QUOTES):
        request = step.before.requests.get(action.request)
        return request.market if request else None
    return getattr(action, "market", None)


def _named(name: str) -> Which:
    """Return what an action names by a field of its own."""

    def named(step: Step) -> Container[Any]:
        return (getattr(step.action, name, None),)

    return named


# Accounts


def _requester(step: Step) -> Container[int]:
    asked = step.before.withdrawals.get(getattr(step.action, "withdrawal", -1))
    return (asked.account,) if asked else ()


def _fees_of_trades(step: Step) -> Container[int]:
    return (FEES,) if any(step.trades()) or block_parties(step) else ()


def _traders(step: Step) -> Container[int]:
    return {account for _, *both in step.trades() for account in both}


def _order_owners(step: Step) -> Container[int]:
    touched = [meant(word, step) for word in ALLOWED[type(step.action)].orders]
    orders = step.before.orders
    return {
        orders[index].account
        for index in step.changed_orders()
        if index in orders and is_in_one(index, touched)
    }


def _holders(step: Step) -> Container[int]:
    market, accounts = market_of(step), step.before.accounts
    return {
        index
        for index in step.changed_accounts()
        if index in accounts and market in accounts[index].positions
    }


def _told(step: Step) -> Container[int]:
    facts = step.facts.liquidation.all
    others = {fact.counterparty for fact in facts if isinstance(fact, MoveFact)}
    return others | {fact.account for fact in facts}


def _lenders(step: Step) -> Container[int]:
    liquidation = step.facts.liquidation
    is_closed = any(fact.stage is LiquidationStage.LENDING_ADL for fact in liquidation.steps())
    if not is_closed and not any(fact.insurance for fact in liquidation.resolved()):
        return ()
    return {
        index
        for index in step.changed_accounts()
        if index in step.before.accounts
        and max(step.before.accounts[index].shares.values(), default=0) > 0
    }


def _providers(step: Step) -> Container[int]:
    steps = step.facts.liquidation.steps()
    is_taken = any(fact.stage is LiquidationStage.ON_BACKSTOP for fact in steps)
    return step.before.backstops if is_taken else ()


def _credited(step: Step) -> Container[int]:
    is_resolved = bool(step.facts.liquidation.resolved())
    return {account for account, market, _ in step.facts.credited if is_resolved and not market}


# Assets and markets


def _asset_of_request(step: Step) -> Container[str]:
    before, action = step.before, step.action
    asked = before.withdrawals.get(getattr(action, "withdrawal", -1))
    moved = before.rebalances.get(getattr(action, "rebalance", -1))
    return {request.asset for request in (asked, moved) if request}


def _assets_of_market(step: Step) -> Container[str]:
    market = market_of(step)
    if market is None or perpetual_of(step.before, market):
        return ()
    limits = limits_of(step.before, market)
    return (limits.base, limits.quote) if limits else ()


def _ramped(step: Step) -> Container[str]:
    return {symbol for symbol, asset in step.before.assets.items() if asset.ramp}


def _ramped_markets(step: Step) -> Container[str]:
    markets = step.before.markets
    return {symbol for symbol in markets if (own := perpetual_of(step.before, symbol)) and own.ramp}


def _market(*, is_perpetual: bool) -> Which:
    def market(step: Step) -> Container[str]:
        symbol = market_of(step) or ""
        is_one = perpetual_of(step.before, symbol) is not None
        return (symbol,) if is_one is is_perpetual else ()

    return market


def _closed(step: Step) -> Container[Any]:
    parameters = getattr(step.action, "parameters", None)
    state = getattr(parameters, "order_book_state", None)
    return (market_of(step),) if state is OrderBookState.CLOSED else ()


# Orders


def _orders(is_meant: Callable[[Step, OrderView], bool]) -> Which:
    """Return the changed orders that were open and of which something holds."""

    def orders(step: Step) -> Container[int]:
        opened = step.before.orders
        found = (index for index in step.changed_orders() if index in opened)
        return {index for index in found if is_meant(step, opened[index])}

    return orders


def _new_orders(step: Step) -> Container[int]:
    action, after = step.action, step.after.orders
    if not isinstance(action, PlaceOrder):
        return ()
    own = action.account, action.market, action.side
    return {
        index
        for index in step.changed_orders()
        if index in after and (after[index].account, after[index].market, after[index].side) == own
    }


def _is_of_account(step: Step, order: OrderView) -> bool:
    return (order.account, order.market) == (owner_of(step.action), market_of(step))


def _is_opposite(step: Step, resting: OrderView) -> bool:
    order = step.before.orders.get(getattr(step.action, "order", -1))
    side = order.side if order else getattr(step.action, "side", None)
    is_opposite = side is not None and resting.side is opposite(side)
    return is_opposite and resting.market == market_of(step)


def _is_reduced(step: Step, order: OrderView) -> bool:
    """Tell whether its own account traded, and may have left a reduce-only order less (PP-5)."""
    if not order.reduce_only or perpetual_of(step.before, order.market) is None:
        return False
    return (order.market, order.account) in set(_positions_traded(step))


def _positions_traded(step: Step) -> Iterator[tuple[str, int]]:
    market = market_of(step)
    for trade, *both in step.trades():
        yield from ((trade.market, account) for account in both if trade.market == market)
    if market is not None:
        yield from ((market, account) for account in block_parties(step))
    yield from ((fact.market, fact.counterparty) for fact in step.facts.liquidation.moved())


def _is_of_liquidated(step: Step, order: OrderView) -> bool:
    return order.account in {fact.account for fact in step.facts.liquidation.steps()}


def _is_of_traded(step: Step, order: OrderView) -> bool:
    return order.market in {trade.market for trade in step.facts.trades}


# Chains, requests and backstops


def _new(name: str) -> Which:
    """Return the id that comes next, ids being dense."""

    def new(step: Step) -> Container[int]:
        return (len(getattr(step.before, name)),)

    return new


def _pending(name: str, field: str) -> Which:
    def pending(step: Step) -> Container[int]:
        index = getattr(step.action, field, -1)
        asked = getattr(step.before, name).get(index)
        return (index,) if asked and asked.status is RequestStatus.PENDING else ()

    return pending


def _request(*, is_immediate: bool) -> Which:
    def request(step: Step) -> Container[int]:
        index = getattr(step.action, "request", -1)
        found = step.before.requests.get(index)
        return (index,) if found and found.immediate is is_immediate else ()

    return request


def _requests(step: Step, asked: Container[tuple[int, RequestKind]]) -> Container[int]:
    """Return the requests that are of one of these accounts and kinds after the step."""
    after = step.after.requests
    found = (index for index in changed(step.before.requests, after) if index in after)
    return {index for index in found if (after[index].account, after[index].kind) in asked}


def _new_request(step: Step) -> Container[int]:
    return _requests(step, ((getattr(step.action, "account", -1), RequestKind.USER),))


def _conversions(step: Step) -> Container[int]:
    steps = step.facts.liquidation.steps()
    asked = {fact.account for fact in steps if fact.stage is LiquidationStage.CONVERSION_REQUEST}
    if isinstance(step.action, ConvertCollateral):
        asked = {step.action.account}
    elif isinstance(step.action, RunRisk):
        new = changed(step.before.requests, step.after.requests)
        owners = {
            step.after.requests[index].account for index in new if index in step.after.requests
        }
        asked |= {own for own in owners if step.after.accounts[own].unsettled < 0}
    return _requests(step, {(account, RequestKind.CONVERSION) for account in asked})


WHICH: Final[dict[StrEnum, Which]] = {
    Accounts.NEW: _named("account"),
    Accounts.OWNER: lambda step: (owner_of(step.action),),
    Accounts.RECEIVER: _named("receiver"),
    Accounts.REQUESTER: _requester,
    Accounts.FEES: lambda _: (FEES,),
    Accounts.INSURANCE: lambda _: (INSURANCE,),
    Accounts.FEES_OF_TRADES: _fees_of_trades,
    Accounts.TRADERS: _traders,
    Accounts.ORDER_OWNERS: _order_owners,
    Accounts.HOLDERS: _holders,
    Accounts.UNSETTLED: lambda step: {
        index for index in step.changed_accounts() if is_settled(step.before, index)
    },
    Accounts.PREPAID: lambda step: {
        index
        for index in step.changed_accounts()
        if index in step.before.accounts and step.before.accounts[index].prepaid
    },
    Accounts.PARTIES: block_parties,
    Accounts.TOLD: _told,
    Accounts.LENDERS: _lenders,
    Accounts.PROVIDERS: _providers,
    Accounts.CREDITED: _credited,
    Assets.NAMED: _named("asset"),
    Assets.OF_REQUEST: _asset_of_request,
    Assets.OF_MARKET: _assets_of_market,
    Assets.SETTLEMENT: lambda step: (settlement_asset(step.before),),
    Assets.RAMPED: _ramped,
    Assets.ALL: lambda _: EVERYTHING,
    Markets.NAMED: lambda step: (market_of(step),),
    Markets.SPOT: _market(is_perpetual=False),
    Markets.PERPETUAL: _market(is_perpetual=True),
    Markets.CLOSED: _closed,
    Markets.RAMPED: _ramped_markets,
    Markets.ALL: lambda _: EVERYTHING,
    Orders.NEW: _new_orders,
    Orders.NAMED: _named("order"),
    Orders.OF_ACCOUNT: _orders(_is_of_account),
    Orders.OF_CLOSED: _orders(lambda step, order: order.market in _closed(step)),
    Orders.OPPOSITE: _orders(_is_opposite),
    Orders.REDUCED: _orders(_is_reduced),
    Orders.OF_LIQUIDATED: _orders(_is_of_liquidated),
    Orders.OF_TRADED: _orders(_is_of_traded),
    Others.CHAIN: _named("chain"),
    Others.NEW_CHAINS: lambda _: EVERYTHING,
    Others.WITHDRAWAL: _pending("withdrawals", "withdrawal"),
    Others.NEW_WITHDRAWAL: _new("withdrawals"),
    Others.REBALANCE: _pending("rebalances", "rebalance"),
    Others.NEW_REBALANCE: _new("rebalances"),
    Others.REQUEST: _named("request"),
    Others.IMMEDIATE: _request(is_immediate=True),
    Others.LASTING: _request(is_immediate=False),
    Others.NEW_REQUEST: _new_request,
    Others.CONVERSIONS: _conversions,
    Others.BACKSTOP: _named("account"),
    Others.BACKSTOPS: _providers,
}
"""The records that each word means in a step; those of accounts and orders may be changed ones."""
