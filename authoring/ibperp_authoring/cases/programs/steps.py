"""Steps that the cases of programs share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.actions import RequestQuote, SubmitQuote
from ibperp.orders import OrderFlags, Side
from ibperp_authoring.cases.builder import PERP
from ibperp_authoring.cases.setups import USD

_NONE: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=False
)


def asked(account: int = 3, market: str = PERP, **changes: Any) -> RequestQuote:
    """Return a request to buy 100 lots at any price, for 300 seconds, from anybody."""
    plain = RequestQuote(
        account,
        market,
        Side.BID,
        lots=100,
        price=0,
        counterparty=0,
        immediate=False,
        expires=300,
        flags=_NONE,
    )
    return replace(plain, **changes)


def quoted(account: int, at: int = USD, request: int = 0, flags: OrderFlags = _NONE) -> SubmitQuote:
    """Return a quote for a request."""
    return SubmitQuote(account, request, at, flags)
