"""Pools so old that a share is worth many atoms, so that debts are rounded by as many (ST-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ibperp.actions import (
    Action,
    AdvanceTime,
    ApplyFunding,
    Borrow,
    Lend,
    Redeem,
    SetPoolParameters,
    SetPrice,
)
from ibperp.numbers import RATIO
from ibperp_authoring.cases.builder import PERP, Case, Group, Why, settings
from ibperp_authoring.cases.liquidation.setups import (
    FREE_POOL,
    deposit,
    lent_out,
    price,
    system_with,
)
from ibperp_authoring.cases.settlement.setups import OTHER, mark, opened, settled, virtual
from ibperp_authoring.cases.setups import COIN, PERCENT, USD, YEAR

_AGE: Final = 10**8 * YEAR


def _rate(rate: int) -> SetPoolParameters:
    return SetPoolParameters("USDC", replace(FREE_POOL, base_rate=rate, reserve_fee=0))


def _aged(debtor: int, age: int = _AGE) -> tuple[Action, ...]:
    """Let an account with 200 SOL owe an atom for so long that it owes 10,000 USDC.

    A share of that debt is a cent.
    """
    return (
        Redeem(5, "USDC", None),
        Redeem(9, "USDC", None),
        Lend(9, "USDC", 1),
        deposit(debtor, 200 * COIN, "SOL", 0),
        _rate(100 * RATIO),
        Borrow(debtor, "USDC", 1),
        AdvanceTime(age),
        _rate(0),
        price(100),
        SetPrice("USDC", USD),
        deposit(7, 2000 * USD),
        Lend(7, "USDC", 2000 * USD),
    )


_FUNDING: Final = Group(
    "liquidation",
    (
        *_aged(6),
        system_with(unrealized_weight=50 * PERCENT),
        deposit(2, 10 * COIN, "SOL", 2),
        settings(2, auto_realize=False, auto_borrow_settlements=True),
        *opened(2, 3, 1000),
        *opened(2, 4, 1000, USD, OTHER),
        mark(1_500_000),
        mark(700_001, OTHER),
        *settled(_AGE + 10),
        AdvanceTime(_AGE + 3600),
        ApplyFunding(PERP, 7 * PERCENT),
        mark(1_500_000),
    ),
    Why.BOUNDARY,
)

_LATER: Final = 15_400 * YEAR
_WORN: Final = Group(
    "liquidation", (*_aged(6, _LATER), deposit(2, 10 * COIN, "SOL", 2)), Why.ROUNDING, ("MM-12",)
)
"""Thirteen shares of a lend are ten atoms: of some lends the last atom would claim nothing."""

CASES: Final[tuple[Case, ...]] = (
    Group("liquidation", _aged(2)).accept(
        "ST-3-480",
        "the only debtor borrows, and what it owes grows by no more: no riskier than before",
        settings(2, auto_borrow_settlements=True),
        *opened(2, 3, 1000),
        mark(929_993),
        price(62),
        *settled(_AGE + 12),
    ),
    _FUNDING.accept(
        "ST-3-481",
        "a gain counts by half at what its shares were worth before the borrow: enough to the atom",
        SetPrice("SOL", 14_938_360),
        *settled(_AGE + 3620),
    ),
    _FUNDING.accept(
        "ST-3-482",
        "a quote atom less for each SOL, and nothing is borrowed",
        SetPrice("SOL", 14_938_359),
        *settled(_AGE + 3620),
    ),
    _WORN.accept(
        "ST-3-483",
        "eleven of twelve lent atoms are redeemed, and all shares: the rest would claim nothing",
        deposit(2, 13, after=3),
        Lend(2, "USDC", 13),
        *opened(2, 3, 11),
        mark(USD - 1),
        *settled(_LATER + 10),
    ),
    _WORN.accept(
        "ST-4-232",
        "a virtual lend that ends repays eleven of its twelve atoms: all its shares end at once",
        *virtual(2),
        *opened(2, 3, 13),
        mark(USD + 1),
        *settled(_LATER + 10),
        *lent_out(2, "USDC", 10),
        settings(2),
        *settled(_LATER + 20),
    ),
)
