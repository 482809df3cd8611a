"""Cases of dust: which prices a conversion needs (SM-12)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    AdvanceTime,
    Borrow,
    ConvertDust,
    Deposit,
    ListAsset,
    ListMarket,
    SetAccountSettings,
    SetPrice,
    Transfer,
)
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import SPOT, Case, Group, Why, settings
from ibperp_authoring.cases.setups import COIN, LOT, MARKET, SOL, USD

_HALF: Final = Transfer(3, 2, "SOL", 10 * COIN - LOT // 2)
_OWES: Final = (
    ListAsset("BTC", SOL),
    SetPrice("BTC", 100 * USD),
    Deposit(3, "BTC", "solana", 9, COIN),
    Deposit(0, "USDC", "solana", 10, USD),
    _HALF,
    Borrow(3, "USDC", USD // 4),
    Transfer(3, 2, "USDC", 1000 * USD + USD // 4),
)
"""Account 3 has half a lot of SOL, owes a quarter of a USDC, and holds BTC."""

_AGED: Final = (AdvanceTime(11), SetPrice("SOL", 100 * USD), SetPrice("USDC", USD))
_CONVERT: Final = ConvertDust(3, SPOT)


def _repays(*, repay: bool) -> SetAccountSettings:
    return settings(3, auto_repay_borrows=repay)


_UNPRICED: Final = (ListAsset("BTC", SOL), ListMarket("BTC_USDC", replace(MARKET, base="BTC")))

_DUST: Final[tuple[Case, ...]] = (
    Group("dated", (*_OWES, _repays(repay=True), *_AGED), clauses=("PF-9", "MM-15")).accept(
        "SM-12-260", "the sweep repays all, and no price of what is held is needed", _CONVERT
    ),
    Group("dated", (*_OWES, _repays(repay=False), *_AGED), clauses=("PF-9", "MM-15")).accept(
        "SM-12-261",
        "without the sweep a debt is left that the rest carries, and BTC may be old",
        _CONVERT,
    ),
    Group("spot", _UNPRICED, Why.PRECEDENCE).reject(
        "SM-12-262",
        "without a price, an amount of zero is no dust, and its value is not looked at",
        ConvertDust(3, "BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-12-264",
    ),
    Group("spot", (*_UNPRICED, Deposit(3, "BTC", "solana", 9, LOT // 2)), Why.PRECEDENCE).reject(
        "SM-12-263",
        "without a price, the fees account is not checked",
        ConvertDust(3, "BTC_USDC"),
        code=R.PRICE_UNKNOWN,
        twin="SM-12-264",
    ),
    Group(
        "spot",
        (
            *_UNPRICED,
            Deposit(3, "BTC", "solana", 9, LOT // 2),
            Deposit(0, "USDC", "solana", 10, USD),
            SetPrice("BTC", 100 * USD),
        ),
    ).accept("SM-12-264", "with a price it is sold", ConvertDust(3, "BTC_USDC")),
    Group(
        "spot",
        (*_UNPRICED, Deposit(0, "USDC", "solana", 9, USD), SetPrice("BTC", 100 * USD)),
        Why.PRECEDENCE,
    ).reject(
        "SM-12-265",
        "with a price, an amount of zero is no dust and too small",
        ConvertDust(3, "BTC_USDC"),
        code=R.NOT_DUST,
        twin="SM-12-264",
    ),
)


CASES: Final[tuple[Case, ...]] = (*_DUST,)
