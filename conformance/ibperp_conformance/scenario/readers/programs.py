"""The steps of a scenario about backstops, requests for quotes and quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ibperp.actions import (
    AcceptQuote,
    CancelRequest,
    RefreshRequest,
    RegisterBackstop,
    RequestQuote,
    SubmitQuote,
    WithdrawQuote,
)
from ibperp.orders import Side
from ibperp_conformance.presets.units import integer_of, seconds_of
from ibperp_conformance.scenario.fields import ORDER_FLAGS, RefusedError
from ibperp_conformance.scenario.readers.plain import plain

if TYPE_CHECKING:
    from ibperp_conformance.scenario.fields import StepFields
    from ibperp_conformance.scenario.readers.plain import Reader

REQUEST: Final = ("account", "market", "side", "amount", "price", "counterparty", "immediate")


def _capacity(step: StepFields, name: str) -> int:
    scale = step.state.system.quote_unit
    return step.exact(name, lambda: integer_of(step.text(name), scale, unit="USD"))


def _request(step: StepFields, name: str = "request") -> int:
    return step.newest(name, step.state.requests)


def _expires(step: StepFields, name: str = "expires") -> int:
    """Return a time that is written as a duration from now, the longest if it is not."""
    if name not in step.written:
        return step.state.time + step.state.system.request_lifetime
    return step.state.time + step.exact(name, lambda: seconds_of(step.text(name)))


def _request_quote(step: StepFields) -> RequestQuote:
    step.only((*REQUEST, "expires", *ORDER_FLAGS))
    market = step.market()
    return RequestQuote(
        account=step.account(),
        market=market.symbol,
        side=step.choice("side", Side),
        lots=step.lots(market),
        price=step.market_price(market) if "price" in step.written else 0,
        counterparty=step.account("counterparty") if "counterparty" in step.written else 0,
        immediate=step.flag("immediate"),
        expires=_expires(step),
        flags=step.order_flags(),
    )


def _submit_quote(step: StepFields) -> SubmitQuote:
    step.only(("account", "request", "price", *ORDER_FLAGS))
    index, requests = _request(step), step.state.requests
    if not 0 <= index < len(requests):
        raise RefusedError((*step.path, "request"), "no such request was made")
    price = step.market_price(step.state.markets[requests[index].market])
    return SubmitQuote(step.account(), index, price, step.order_flags())


READERS: Final[dict[type, Reader]] = {
    RegisterBackstop: plain(RegisterBackstop, capacity=_capacity),
    RequestQuote: _request_quote,
    SubmitQuote: _submit_quote,
    WithdrawQuote: plain(WithdrawQuote, request=_request),
    AcceptQuote: plain(AcceptQuote, request=_request),
    RefreshRequest: plain(RefreshRequest, request=_request, expires=_expires),
    CancelRequest: plain(CancelRequest, request=_request),
}
