"""Cases of the levels of prices, one after the other (GV-3)."""

from __future__ import annotations

from typing import Final

from ibperp.actions import Action, Borrow, FundInsurance, Repay, Transfer
from ibperp.numbers import RATIO
from ibperp.outcomes import RejectionCode as R
from ibperp_authoring.cases.builder import Case, Group, Refused, Why, withdraw
from ibperp_authoring.cases.governance.steps import coin_with
from ibperp_authoring.cases.liquidation.setups import STEP, deposit, price
from ibperp_authoring.cases.setups import COIN, PERCENT, USD

_OWING: Final = Group("liquidation", (Borrow(6, "USDC", 100 * USD),))
_BARE: Final = Group(
    "liquidation", (Borrow(6, "USDC", 100 * USD), withdraw(6, "USDC", "solana", 1100 * USD))
)
_FLOORED: Final[tuple[Action, ...]] = (coin_with(price_floor=100 * USD),)
_OUT: Final = Transfer(2, 8, "USDC", USD)
_HELD: Final = Group(
    "liquidation_borrowed", (deposit(2, 50 * USD), coin_with(price_update_max=2 * RATIO))
)
_CUT: Final[tuple[Action, ...]] = (price(1000),)
"""An update that asks for more than its limits let it."""

_LEVELS: Final[tuple[Case, ...]] = (
    _HELD.accept("GV-3-001", "a valid price: a transfer by a debtor", price(101), _OUT),
    _HELD.reject(
        "GV-3-002",
        "a price that its limits hold lets nothing out",
        *_CUT,
        _OUT,
        code=R.PRICE_DEVIATING,
        twin="GV-3-001",
    ),
    _HELD.accept(
        "GV-3-003",
        "the next update that is taken as it comes frees it",
        *_CUT,
        price(200),
        _OUT,
    ),
    _HELD.reject(
        "GV-3-004",
        "incident 11, Venus: a price at its floor does not count: nothing leaves; failing pays "
        "out what backs a debt",
        *_FLOORED,
        _OUT,
        code=R.PRICE_AT_FLOOR,
        twin="GV-3-005",
        why=Why.ATTACK,
    ),
    _HELD.accept(
        "GV-3-005",
        "an atom above its floor it is one",
        coin_with(price_floor=100 * USD - 1),
        _OUT,
        why=Why.BOUNDARY,
    ),
    _HELD.reject(
        "GV-3-006",
        "nobody is liquidated at a floor",
        coin_with(price_floor=94 * USD),
        Transfer(2, 8, "USDC", 50 * USD),
        price(94),
        STEP,
        code=R.PRICE_AT_FLOOR,
        twin="GV-3-007",
    ),
    _HELD.accept(
        "GV-3-007",
        "a price that its limits hold does not stop a liquidation",
        Transfer(2, 8, "USDC", 50 * USD),
        coin_with(price_update_min=94 * PERCENT),
        price(50),
        STEP,
    ),
    _HELD.trace(
        "GV-3-008",
        "borrowing needs a valid price, depositing and repaying none",
        *_CUT,
        Refused(Borrow(2, "SOL", COIN), R.PRICE_DEVIATING),
        Refused(FundInsurance(2, "USDC", USD), R.PRICE_DEVIATING),
        Repay(2, "USDC", 10 * USD),
        deposit(2, USD, after=2),
    ),
    _BARE.reject(
        "GV-3-009",
        "a borrow at the floor of the only collateral",
        *_FLOORED,
        Borrow(6, "USDC", USD),
        code=R.PRICE_AT_FLOOR,
        twin="GV-3-010",
    ),
    _BARE.accept("GV-3-010", "a borrow above the floor", Borrow(6, "USDC", USD)),
    _OWING.accept(
        "GV-3-011",
        "a borrow that dollars alone carry, at the floor of a coin beside them",
        *_FLOORED,
        Borrow(6, "USDC", USD),
    ),
)


CASES: Final[tuple[Case, ...]] = (*_LEVELS,)
