"""The steps of a scenario about spot markets and about orders in any market."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    ConvertDust,
    ListMarket,
    PlaceOrder,
    SetMarketReference,
)
from ibperp.orders import OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp_conformance.presets.markets import market_of
from ibperp_conformance.presets.reading import suggestion
from ibperp_conformance.scenario.fields import ORDER_FLAGS, RefusedError
from ibperp_conformance.scenario.readers.plain import plain

if TYPE_CHECKING:
    from ibperp_conformance.scenario.fields import StepFields
    from ibperp_conformance.scenario.readers.plain import Reader

ORDER: Final = (
    "account",
    "market",
    "side",
    "amount",
    "price",
    "kind",
    "time_in_force",
    "post_only",
    "reduce_only",
    "self_trade_prevention",
    *ORDER_FLAGS,
)


def _order(step: StepFields, name: str = "order") -> int:
    """Return the order that was given a name, or that has an id."""
    written, named = step.text(name), step.cast.orders
    if written in named:
        return named[written]
    if written.isdecimal():
        return step.count(name)
    hint = suggestion(written, named) if named else "write as: and a name beside a place step"
    raise RefusedError((*step.path, name), f"no order has this name; {hint}")


def _place(step: StepFields) -> PlaceOrder:
    step.only(ORDER)
    account, market = step.account(), step.market()
    kind = step.choice("kind", OrderKind, OrderKind.LIMIT)
    is_limit = kind is OrderKind.LIMIT
    if is_limit and "price" not in step.written:
        advice = "missing; write price: and its value, or kind: market"
        raise RefusedError((*step.path, "price"), advice)
    stands = TimeInForce.GTC if is_limit else TimeInForce.IOC
    prevention = SelfTradePrevention.REJECT_TAKER
    return PlaceOrder(
        account=account,
        market=market.symbol,
        side=step.choice("side", Side),
        kind=kind,
        lots=step.lots(market),
        price=step.market_price(market) if is_limit or "price" in step.written else 0,
        time_in_force=step.choice("time_in_force", TimeInForce, stands),
        post_only=step.flag("post_only"),
        reduce_only=step.flag("reduce_only"),
        self_trade_prevention=step.choice("self_trade_prevention", SelfTradePrevention, prevention),
        flags=step.order_flags(),
    )


def _amend(step: StepFields) -> AmendOrder:
    step.only(("account", "order", "amount", "price"))
    account, index = step.account(), _order(step)
    if not index < len(step.state.orders):
        raise RefusedError((*step.path, "order"), "no such order was placed")
    order = step.state.orders[index]
    market = step.state.markets[order.market]
    lots = step.lots(market) if "amount" in step.written else order.lots
    price = step.market_price(market) if "price" in step.written else order.price
    return AmendOrder(account, index, lots, price)


def _list_market(step: StepFields) -> ListMarket | None:
    step.only(("market", "parameters"))
    where, written = (*step.path, "parameters"), step.written.get("parameters")
    return market_of(step.reading, where, step.text("market"), written, step.listed_assets())


def _set_reference(step: StepFields) -> SetMarketReference:
    step.only(("market", "index_price", "mean_mark_price", "mean_premium"))
    market = step.market()
    premium = step.ratio("mean_premium") if "mean_premium" in step.written else 0
    index, mark = (step.market_price(market, name) for name in ("index_price", "mean_mark_price"))
    return SetMarketReference(market.symbol, index, mark, premium)


READERS: Final[dict[type, Reader]] = {
    ListMarket: _list_market,
    SetMarketReference: _set_reference,
    PlaceOrder: _place,
    CancelOrder: plain(CancelOrder, order=_order),
    CancelAllOrders: plain(CancelAllOrders),
    AmendOrder: _amend,
    ConvertDust: plain(ConvertDust),
}
